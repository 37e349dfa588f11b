import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../data/demo');

/** A file of the demonstration study, as text. */
export function readDemo(path: string): string {
  return readFileSync(resolve(folder, path), 'utf8');
}

/** A JSON file of the demonstration study, in the shape its reader expects. */
export function readDemoJson<Shape>(path: string): Shape {
  return JSON.parse(readDemo(path)) as Shape;
}
