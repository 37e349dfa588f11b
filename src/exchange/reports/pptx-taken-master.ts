import { refuseHostileXml } from '../safe-xml.ts';
import { type OfficeParts, readParts, xmlBytes, xmlText } from './office-archive.ts';
import {
  type DeckMaster,
  LAYOUT_TYPE,
  MASTER_TYPE,
  type Place,
  type Relation,
  relationsXml,
  THEME_TYPE,
} from './pptx-master.ts';
import type { Frame } from './pptx-xml.ts';

const LIMITS = { entriesMost: 5000, entryBytesMost: 64 * 1024 * 1024, totalBytesMost: 256 * 1024 * 1024 };
const LAYOUTS_MOST = 100;
const EMU = 12_700;
const PICTURES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  emf: 'image/x-emf',
  wmf: 'image/x-wmf',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  bmp: 'image/bmp',
};
/** What a master may lead to; everything else is left behind together with what refers to it, or refused. */
const TAKEN = ['slideLayout', 'slideMaster', 'theme', 'image'];
const LEFT_BEHIND = ['tags', 'hyperlink', 'slide', 'customXml', 'themeOverride'];

/**
 * The first master of an operator's own deck or template, with its theme, its layouts and their pictures. Nothing else of
 * the file is taken: no slides, no notes, no links, no programs.
 *
 * @param bytes a .pptx or .potx
 * @throws {ArchiveFault} for what is no archive, or one that was made to do harm
 * @throws {RangeError} with a sentence for the operator, for what is no deck, for a master without a place for titles, and
 *   for one that needs embedded objects, sounds or files outside itself
 */
export function takeMaster(bytes: Uint8Array): DeckMaster {
  const parts = readParts(bytes, LIMITS);
  const presentation = xmlOf(parts, 'ppt/presentation.xml');
  const relations = relationsOf(parts, 'ppt/presentation.xml');
  const first = /<p:sldMasterId\b[^>]*\br:id="([^"]+)"/.exec(presentation)?.[1];
  const found = relations.find(({ id }) => id === first)?.target;
  if (found === undefined)
    throw new RangeError('The master file holds no slide master: save it as a .pptx or .potx anew');

  const taken: OfficeParts = new Map();
  const master = found;
  take(parts, taken, master, master);
  const layouts = relationsOf(taken, master)
    .filter(({ type }) => type === 'slideLayout')
    .map(({ target }) => target);
  const size = sizeOf(presentation);
  const look = chooseLayouts(taken, master, layouts, size);
  return {
    isOwn: false,
    parts: taken,
    overrides: [...taken.keys()].flatMap((name) => {
      const type = typeOf(name, master, layouts);
      return type === null ? [] : [{ name, type }];
    }),
    defaults: [...new Set([...taken.keys()].map(endingOf))].flatMap((extension) =>
      PICTURES[extension] === undefined ? [] : [{ extension, type: PICTURES[extension]! }],
    ),
    master,
    size,
    ...look,
  };
}

const endingOf = (name: string): string => /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';

function typeOf(name: string, master: string, layouts: readonly string[]): string | null {
  if (name === master) return MASTER_TYPE;
  if (layouts.includes(name)) return LAYOUT_TYPE;
  return name.endsWith('.xml') ? THEME_TYPE : null;
}

function xmlOf(parts: OfficeParts, name: string): string {
  const bytes = parts.get(name);
  if (!bytes) throw new RangeError('The master file is no presentation: save it as a .pptx or .potx');
  const xml = xmlText(bytes);
  refuseHostileXml(xml, 'The master file');
  return xml;
}

type Way = Relation & { isExternal: boolean };

/** Where a part leads, each target as the name of a part and each kind as its last word. */
function relationsOf(parts: OfficeParts, name: string): Way[] {
  const at = name.lastIndexOf('/');
  const file = `${name.slice(0, at)}/_rels${name.slice(at)}.rels`;
  if (!parts.has(file)) return [];
  return [...xmlOf(parts, file).matchAll(/<Relationship\b[^>]*>/g)].map(([tag]) => {
    const value = (key: string): string => new RegExp(`\\b${key}\\s*=\\s*"([^"]*)"`).exec(tag)?.[1] ?? '';
    const isExternal = value('TargetMode') === 'External';
    return {
      id: value('Id'),
      type: value('Type').split('/').at(-1)!,
      target: isExternal ? value('Target') : resolved(name.slice(0, at), value('Target')),
      isExternal,
    };
  });
}

/** The part that a target names, seen from a folder. */
function resolved(folder: string, target: string): string {
  const way = target.startsWith('/') ? [] : folder.split('/');
  for (const step of target.split('/')) {
    if (step === '..') way.pop();
    else if (step !== '' && step !== '.') way.push(step);
  }
  return way.join('/');
}

/** Takes a part over with all it needs. */
function take(parts: OfficeParts, taken: OfficeParts, name: string, master: string): void {
  if (taken.has(name)) return;
  const bytes = parts.get(name);
  if (!bytes) throw new RangeError('The master file is damaged: a part that it names is missing');
  if (!name.endsWith('.xml')) {
    if (PICTURES[endingOf(name)] === undefined)
      throw new RangeError('The master file holds a picture of a kind that is not taken over: use PNG, JPEG or SVG');
    taken.set(name, bytes);
    return;
  }
  const xml = withoutExtras(xmlOf(parts, name));
  const kept: Way[] = [];
  for (const way of relationsOf(parts, name)) {
    if (LEFT_BEHIND.includes(way.type)) continue;
    if (way.isExternal || !TAKEN.includes(way.type)) {
      if (!xml.includes(`"${way.id}"`)) continue;
      throw new RangeError(
        `The slide master needs something that is not taken over (${way.isExternal ? 'a linked file' : way.type}): remove it there and save the file anew`,
      );
    }
    if (way.type === 'slideMaster' && way.target !== master) continue;
    kept.push(way);
  }
  if (kept.filter(({ type }) => type === 'slideLayout').length > LAYOUTS_MOST)
    throw new RangeError(`The slide master has more than ${LAYOUTS_MOST} layouts: remove those that nobody uses`);
  taken.set(name, xmlBytes(xml));
  const at = name.lastIndexOf('/');
  const from = name.slice(0, at).split('/').length;
  taken.set(
    `${name.slice(0, at)}/_rels${name.slice(at)}.rels`,
    xmlBytes(relationsXml(kept.map(({ id, type, target }) => ({ id, type, target: '../'.repeat(from) + target })))),
  );
  for (const { target } of kept) take(parts, taken, target, master);
}

/** Ways out, marks of other programs and moving parts do not come along. */
const withoutExtras = (xml: string): string =>
  xml
    .replaceAll(/<p:custDataLst>[\s\S]*?<\/p:custDataLst>/g, '')
    .replaceAll(/<a:hlink(?:Click|Hover)\b[^>]*?(?:\/>|>[\s\S]*?<\/a:hlink(?:Click|Hover)>)/g, '')
    .replaceAll(/<p:(timing|transition)\b[^>]*?(?:\/>|>[\s\S]*?<\/p:\1>)/g, '');

function sizeOf(presentation: string): { width: number; height: number } {
  const tag = /<p:sldSz\b[^>]*>/.exec(presentation)?.[0] ?? '';
  const side = (key: string): number => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(tag)?.[1] ?? 0) / EMU;
  const [width, height] = [side('cx'), side('cy')];
  if (!(width >= 200 && height >= 150 && width <= 4032 && height <= 4032))
    throw new RangeError('The master file does not say how large its slides are: save it anew');
  return { width, height };
}

type Shape = { type: string; index: string | null; frame: Frame | null; size: number | null };

/** The places of a master or layout, in its order. */
function placesOf(xml: string): Shape[] {
  return [...xml.matchAll(/<p:sp>[\s\S]*?<\/p:sp>|<p:sp\s[\s\S]*?<\/p:sp>/g)].flatMap(([shape]) => {
    const tag = /<p:ph\b[^>]*>/.exec(shape)?.[0];
    if (tag === undefined) return [];
    const place = /<a:xfrm\b[^>]*>\s*<a:off x="(-?\d+)" y="(-?\d+)"\s*\/>\s*<a:ext cx="(\d+)" cy="(\d+)"/.exec(shape);
    const size = /<a:lvl1pPr\b[\s\S]*?<a:defRPr\b[^>]*\bsz="(\d+)"/.exec(shape)?.[1];
    return [
      {
        type: /\btype="([^"]+)"/.exec(tag)?.[1] ?? 'obj',
        index: /\bidx="([^"]+)"/.exec(tag)?.[1] ?? null,
        frame: place
          ? {
              x: Number(place[1]) / EMU,
              y: Number(place[2]) / EMU,
              width: Number(place[3]) / EMU,
              height: Number(place[4]) / EMU,
            }
          : null,
        size: size === undefined ? null : Number(size) / 100,
      },
    ];
  });
}

const isTitle = ({ type }: Shape): boolean => type === 'title' || type === 'ctrTitle';

/** The layout for the first slide and the one for all others, and where content goes on it. */
function chooseLayouts(
  parts: OfficeParts,
  master: string,
  names: readonly string[],
  size: { width: number; height: number },
): Pick<DeckMaster, 'cover' | 'content'> {
  const layouts = names.map((name) => {
    const xml = xmlText(parts.get(name)!);
    return { name, kind: /<p:sldLayout\b[^>]*\btype="([^"]+)"/.exec(xml)?.[1] ?? '', places: placesOf(xml) };
  });
  const masterXml = xmlText(parts.get(master)!);
  const inherited = placesOf(masterXml);
  const titled = layouts.filter(({ places }) => places.some(isTitle));
  const content =
    ['titleOnly', 'obj', 'tx'].flatMap((kind) => titled.find((one) => one.kind === kind) ?? [])[0] ?? titled[0];
  if (!content)
    throw new RangeError('No layout of the slide master has a place for a title: add one and save the file anew');
  const cover = titled.find(({ kind }) => kind === 'title') ?? content;

  const titleStyle = /<p:titleStyle>[\s\S]*?<a:defRPr\b[^>]*\bsz="(\d+)"/.exec(masterXml)?.[1];
  const own = titleStyle === undefined ? 40 : Number(titleStyle) / 100;
  const frameOf = (shape: Shape, whole: Frame): Frame =>
    shape.frame ??
    inherited.find(({ type }) => type === shape.type || (isTitle(shape) && type === 'title'))?.frame ??
    whole;
  const across = size.width * 0.075;
  const top: Frame = { x: across, y: size.height * 0.06, width: size.width - 2 * across, height: size.height * 0.16 };
  const place = (shape: Shape): Place => ({
    type: shape.type,
    index: shape.index,
    frame: frameOf(shape, top),
    size: shape.size ?? (isTitle(shape) ? own : 18),
  });
  const title = place(content.places.find(isTitle)!);
  const number = content.places.find(({ type }) => type === 'sldNum');
  const subtitle =
    cover.places.find(({ type }) => type === 'subTitle') ??
    (cover === content ? undefined : cover.places.find(({ type }) => type === 'body'));
  return {
    cover: {
      layout: cover.name,
      title: place(cover.places.find(isTitle)!),
      subtitle: subtitle ? place(subtitle) : null,
    },
    content: {
      layout: content.name,
      title,
      number: number ? place(number) : null,
      body: bodyFrame(inherited, title.frame, size),
    },
  };
}

/** Below the title and above what stands at the foot, as wide as the master's own text. */
function bodyFrame(places: readonly Shape[], title: Frame, size: { width: number; height: number }): Frame {
  const own = places.find(({ type, frame }) => type === 'body' && frame !== null)?.frame;
  const feet = places.flatMap(({ type, frame }) =>
    ['ftr', 'sldNum', 'dt'].includes(type) && frame !== null && frame.y > size.height / 2 ? [frame.y] : [],
  );
  const foot = Math.min(size.height * 0.94, ...feet) - 6;
  const under = title.y + title.height + 6;
  if (own && own.height > size.height / 3)
    return { ...own, y: Math.max(own.y, under), height: Math.min(own.y + own.height, foot) - Math.max(own.y, under) };
  const y = under < size.height / 2 ? under : size.height * 0.22;
  return { x: title.x, y, width: title.width, height: foot - y };
}
