// Plain JavaScript that an old Node can read: Verbatim's own files are TypeScript and need a newer one.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(
    `Verbatim needs Node 24.12 or newer, but this is ${process.version}.\n` +
      'Start it with "npm start" or "npx verbatim": after "npm ci" both use the Node that the project brings with it.\n' +
      'If that Node is missing, run "npm ci" without --omit=optional, or install Node 24 LTS.',
  );
  process.exit(1);
}
