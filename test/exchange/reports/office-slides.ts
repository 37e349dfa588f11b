import { readParts } from '../../../src/exchange/reports/office-archive.ts';
import { textsOf, wordsIn } from './office-parts.ts';

/** The slides of a deck, in their order. */
export const slidesOf = (parts: ReadonlyMap<string, string>): string[] =>
  [...parts.keys()]
    .filter((name) => /^ppt\/slides\/slide\d+\.xml$/.test(name))
    .toSorted((a, b) => Number(/\d+/.exec(a)![0]) - Number(/\d+/.exec(b)![0]))
    .map((name) => parts.get(name)!);
/** Everything a deck says, on its slides and in their notes. */
export const deckWords = (parts: ReadonlyMap<string, string>): string =>
  [...parts]
    .filter(([name]) => /^ppt\/(?:slides|notesSlides)\/[^/]+\.xml$/.test(name))
    .map(([, xml]) => wordsIn(xml, 'a:t'))
    .join('\n');
export const titleOf = (slide: string): string =>
  wordsIn(/<p:sp>(?:(?!<\/p:sp>)[\s\S])*<p:ph type="(?:ctrT|t)itle"[\s\S]*?<\/p:sp>/.exec(slide)![0], 'a:t');

/** Ways that lead nowhere, and parts whose type nobody says. */
export function looseEnds(archive: Uint8Array): string[] {
  const parts = readParts(archive);
  const named = textsOf(archive);
  const types = named.get('[Content_Types].xml')!;
  const loose: string[] = [];
  for (const [file, xml] of named) {
    if (!file.endsWith('.rels')) continue;
    const folder = file.replace(/_rels\/[^/]+$/, '');
    const ids = new Set<string>();
    for (const [tag] of xml.matchAll(/<Relationship [^>]*>/g)) {
      const id = /\bId="([^"]+)"/.exec(tag)![1]!;
      if (ids.has(id)) loose.push(`${file}: ${id} twice`);
      ids.add(id);
      if (/TargetMode="External"/.test(tag)) continue;
      const target = new URL(/\bTarget="([^"]+)"/.exec(tag)![1]!, `file:///${folder}`).pathname.slice(1);
      if (!parts.has(target)) loose.push(`${file}: ${target}`);
    }
    const owner = named.get(file.replace('_rels/', '').replace(/\.rels$/, '')) ?? '';
    for (const [, id] of owner.matchAll(/\br:(?:id|embed)="([^"]+)"/g))
      if (!ids.has(id!)) loose.push(`${file}: no ${id}`);
  }
  for (const name of parts.keys()) {
    const ending = name.split('.').at(-1);
    if (!types.includes(`PartName="/${name}"`) && !types.includes(`Extension="${ending}"`) && !name.startsWith('['))
      loose.push(`no type: ${name}`);
  }
  return loose;
}
