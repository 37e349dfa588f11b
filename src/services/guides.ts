import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Guide, readGuide } from '../model/guide.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { GuideRow } from '../store/guides.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** The guides that come with Verbatim, in the order in which they are offered. */
export const SHIPPED_GUIDES = [
  'buying-insights',
  'switch-timeline',
  'laddering',
  'values-and-lifestyle',
  'usability',
  'staying',
  'leaving',
] as const;

/** A shipped guide; its ids count through it, so that they are the same each time. */
export function shippedGuide(templatesFolder: string, code: string): Guide {
  let count = 0;
  const file: unknown = JSON.parse(readFileSync(path.join(templatesFolder, 'guides', `${code}.json`), 'utf8'));
  const read = readGuide(file, () => {
    count += 1;
    return `q${count}`;
  });
  if ('errors' in read) throw new Error(`The guide ${code} does not read: ${JSON.stringify(read.errors)}`);
  return read.guide;
}

/** A guide of a study, in one version. */
export type KeptGuide = Omit<GuideRow, 'content'> & { guide: Guide };

const opened = ({ content, ...row }: GuideRow): KeptGuide => ({ ...row, guide: JSON.parse(content) as Guide });

/** Interview guides: taken from those that come with Verbatim, from a file or anew, and changed version by version. */
export function guideService({ store, now, templatesFolder }: Context) {
  const newId = () => newPublicId().slice(0, 10);
  const shipped = (code: string): Guide => {
    if (!SHIPPED_GUIDES.some((one) => one === code)) throw new Problem('not-found', 'There is no such guide');
    return shippedGuide(templatesFolder, code);
  };
  const add = async (study: Study, guide: Guide, code: string | null, actor: Actor): Promise<KeptGuide> =>
    opened(
      await store.guides.add({
        studyId: study.id,
        publicId: newPublicId(),
        version: 1,
        code,
        title: guide.title,
        content: JSON.stringify(guide),
        createdBy: actor?.userId ?? null,
        createdAt: now().toISOString(),
      }),
    );

  /** @throws Problem `not-found` */
  async function find(study: Study, publicId: string, version: number | null = null): Promise<KeptGuide> {
    const row = await store.guides.find(study.id, publicId, version);
    if (!row) throw new Problem('not-found', 'There is no such guide in this study');
    return opened(row);
  }

  return {
    newId,
    shipped: () => SHIPPED_GUIDES.map((code) => ({ code, guide: shipped(code) })),
    list: async (study: Study) =>
      (await store.guides.list(study.id)).map(({ uses, ...row }) => ({ ...opened(row), uses })),
    find,
    /** The version that an interview follows; null for none of the study's. */
    followedBy: async ({ guideId }: { guideId: number | null }): Promise<KeptGuide | null> => {
      const row = guideId === null ? null : await store.guides.findById(guideId);
      return row ? opened(row) : null;
    },
    versions: (study: Study, publicId: string) => store.guides.versions(study.id, publicId),
    /** Makes a guide of the study from one that comes with Verbatim. @throws Problem `not-found` */
    take: (study: Study, code: string, actor: Actor): Promise<KeptGuide> => add(study, shipped(code), code, actor),
    /** Makes a guide of its own from another of the study. @throws Problem `not-found` */
    copy: async (study: Study, publicId: string, actor: Actor): Promise<KeptGuide> => {
      const { guide, code } = await find(study, publicId);
      return add(study, { ...guide, title: `${guide.title.slice(0, 190)} (copy)` }, code, actor);
    },
    /** Reads a guide from a file. @returns what does not fit, where something does not */
    bringIn: async (
      study: Study,
      json: string,
      actor: Actor,
    ): Promise<{ kept: KeptGuide } | { errors: ProblemError[] }> => {
      let raw: unknown;
      try {
        raw = JSON.parse(json);
      } catch {
        return { errors: [{ pointer: '#/file', detail: 'This is not JSON. Choose a file that was exported here' }] };
      }
      const read = readGuide(raw, newId);
      return 'errors' in read ? read : { kept: await add(study, read.guide, null, actor) };
    },
    /** Keeps a new guide, as an editor made it. @returns what does not fit, where something does not */
    make: async (
      study: Study,
      raw: unknown,
      actor: Actor,
    ): Promise<{ kept: KeptGuide } | { errors: ProblemError[] }> => {
      const read = readGuide(raw, newId);
      return 'errors' in read ? read : { kept: await add(study, read.guide, null, actor) };
    },
    /**
     * Keeps what an editor made of a guide as its next version; nothing where nothing changed. Interviews keep the version
     * they follow.
     *
     * @param base the version that was edited
     * @returns what does not fit, where something does not
     * @throws Problem `conflict` where there is a newer version
     */
    save: async (
      study: Study,
      publicId: string,
      base: number,
      raw: unknown,
      actor: Actor,
    ): Promise<{ kept: KeptGuide } | { errors: ProblemError[] }> => {
      const newest = await find(study, publicId);
      const read = readGuide(raw, newId);
      if ('errors' in read) return read;
      if (newest.version !== base) throw changedMeanwhile();
      if (JSON.stringify(read.guide) === JSON.stringify(newest.guide)) return { kept: newest };
      const row = await store.guides.addVersion({
        studyId: study.id,
        publicId,
        version: base + 1,
        code: newest.code,
        title: read.guide.title,
        content: JSON.stringify(read.guide),
        createdBy: actor?.userId ?? null,
        createdAt: now().toISOString(),
      });
      if (!row) throw changedMeanwhile();
      return { kept: opened(row) };
    },
    retire: (study: Study, publicId: string): Promise<void> =>
      store.guides.retire(study.id, publicId, now().toISOString()),
    restore: (study: Study, publicId: string): Promise<void> => store.guides.retire(study.id, publicId, null),
    /** A guide as a file that another installation reads, ending with a line feed. */
    toFile: ({ guide }: KeptGuide): string => `${JSON.stringify({ format: 1, ...guide }, null, 2)}\n`,
  };
}
export type Guides = ReturnType<typeof guideService>;

const changedMeanwhile = () =>
  new Problem('conflict', 'Somebody saved this guide meanwhile', {
    detail: 'Open it anew to see what they changed, and make your changes there',
  });
