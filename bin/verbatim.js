#!/usr/bin/env node
// The command line's door. The check comes first, since an old Node cannot even read what follows it.
import './check-node.js';

const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
