#!/usr/bin/env node
// The command line's door. The check comes first, since an old Node cannot even read what follows it.
import './check-node.js';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What was compiled once is kept beside the packages, so that the next start need not read it all again. Kept in a
// folder of the project's own: one that everybody may write would let others put code there.
const cache = join(import.meta.dirname, '../node_modules/.cache/verbatim');
enableCompileCache(cache);
// Threads look for it here alone, and would otherwise compile everything again, each of them.
process.env.NODE_COMPILE_CACHE ??= cache;

const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
