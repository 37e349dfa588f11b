import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';

/** A file a browser fetches, at an address that changes with its content and may therefore be kept for ever. */
export type Asset = {
  readonly name: string;
  readonly address: string;
  readonly contentType: string;
  readonly content: Buffer;
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The name a style sheet calls a font by, and where its package keeps it. */
const FONTS: Readonly<Record<string, string>> = {
  'inter-latin.woff2': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'inter-latin-ext.woff2': '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
  'source-serif-latin.woff2': '@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2',
  'source-serif-latin-ext.woff2':
    '@fontsource-variable/source-serif-4/files/source-serif-4-latin-ext-wght-normal.woff2',
};

function hashOf(contents: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('hex').slice(0, 12);
}

function createAsset(name: string, content: Buffer, hash: string): Asset {
  const contentType = CONTENT_TYPES[extname(name)] ?? 'application/octet-stream';
  return { name, address: `/assets/${hash}/${name}`, contentType, content };
}

function loadFonts(): Asset[] {
  const require = createRequire(import.meta.url);
  return Object.entries(FONTS).map(([name, path]) => {
    const content = readFileSync(require.resolve(path));
    return createAsset(name, content, hashOf([content]));
  });
}

/** Scripts that stand in pages of other sites are small for their sake: comments and indentation stay here. */
export const SCRIPTS_FOR_SITES = ['widget.js', 'feedback.js'] as const;

const shrinkScript = (script: string): string =>
  script
    .replace(/\/\*[\s\S]*?\*\/ ?/g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();

/** All scripts share one hash and so one folder, because they import each other by relative address. */
function loadScripts(folder: string): Asset[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .sort();
  const contents = names.map((name) => {
    const content = readFileSync(join(folder, name));
    return SCRIPTS_FOR_SITES.some((one) => one === name) ? Buffer.from(shrinkScript(content.toString())) : content;
  });
  const hash = hashOf(contents);
  return names.map((name, index) => createAsset(name, contents[index]!, hash));
}

/** Comments and indentation are for us; browsers are sent the rest. */
function shrinkStyle(style: string): string {
  return style
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

/** `studio.json` lists, in order, the files that make up `studio.css`. */
function loadStyles(folder: string, files: readonly Asset[]): Asset[] {
  const bundles = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return bundles.sort().map((bundle) => {
    const parts = JSON.parse(readFileSync(join(folder, bundle), 'utf8')) as string[];
    const style = parts.map((part) => shrinkStyle(readFileSync(join(folder, part), 'utf8'))).join('\n');
    const linked = files.reduce(
      (text, file) => text.replaceAll(`url("${file.name}")`, `url("${file.address.replace('/assets/', '../')}")`),
      style,
    );
    const content = Buffer.from(linked);
    return createAsset(`${basename(bundle, '.json')}.css`, content, hashOf([content]));
  });
}

/** Small pictures beside the style sheets, such as the icon of the browser tab. */
function loadPictures(folder: string): Asset[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.svg'));
  return names.sort().map((name) => {
    const content = readFileSync(join(folder, name));
    return createAsset(name, content, hashOf([content]));
  });
}

/**
 * Everything pages link to: the style bundles of `views/styles`, the scripts of `src/browser`, the fonts. Read once.
 *
 * @param folders the two folders, absolute
 * @returns one entry per file; serve `content` at `address` as immutable
 */
export function loadAssets(folders: { readonly stylesFolder: string; readonly scriptsFolder: string }): Asset[] {
  const files = [...loadFonts(), ...loadPictures(folders.stylesFolder)];
  return [...files, ...loadScripts(folders.scriptsFolder), ...loadStyles(folders.stylesFolder, files)];
}
