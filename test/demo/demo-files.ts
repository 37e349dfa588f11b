import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DemoText } from '../../src/demo/moving-house.ts';

const folder = resolve(import.meta.dirname, '../../data/demo');

/** A file of the demonstration study, as text. */
export function readDemo(path: string): string {
  return readFileSync(resolve(folder, path), 'utf8');
}

/** The open answers in every language, as the demonstration is built from them. */
export const demoTexts = (): DemoText[] =>
  ['en', 'de', 'ar'].flatMap((language) =>
    readDemoJson<DemoText[]>(language === 'en' ? 'answers.json' : `answers.${language}.json`).map((text) => ({
      ...text,
      language,
    })),
  );

/** A JSON file of the demonstration study, in the shape its reader expects. */
export function readDemoJson<Shape>(path: string): Shape {
  return JSON.parse(readDemo(path)) as Shape;
}
