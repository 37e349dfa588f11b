import { isOwnHue, readColor } from '../coding/code-hue.ts';
import { heightOf, inPlace, mayStandUnder, TREE_DEPTH_MAX, withBeneath } from '../coding/code-tree.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { FORCES, RINGS, STAGES } from '../personas/portrait.ts';
import { allCodes, codeFor } from '../store/codebook.ts';
import type { StepWriter } from '../store/coding-journal.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import type { Code } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Codings } from './codings.ts';
import type { Actor, Context } from './context.ts';

/** What people write of a code. What is left out stays as it is, or empty for a new one. */
export type CodeForm = {
  name: string;
  definition: string;
  inclusion?: string;
  exclusion?: string;
  /** #RRGGBB; empty for one that the house chooses. */
  color?: string;
  isCodable?: boolean;
  /** Its place in the story of a decision; empty for none. */
  storyRing?: string;
  storyStage?: string;
  storyForce?: string;
};
export type CodeFields = Partial<
  Pick<Code, 'inclusion' | 'exclusion' | 'color' | 'isCodable' | 'storyRing' | 'storyStage' | 'storyForce'>
> &
  Pick<Code, 'name' | 'definition'>;
/** Where a code is put among those under the same one. */
export type PlaceAmong = { under: string | null; after: string | 'first' | 'last' };
export type CodeReachCounts = { passages: number; people: number; passagesWith: number; peopleWith: number };

const invalid = (title: string, field: string, detail: string): Problem =>
  new Problem('invalid', title, { errors: [{ pointer: `#/${field}`, detail }] });

/** A code as it is kept. @throws Problem `invalid` naming what does not fit */
export function readCode(form: CodeForm): CodeFields {
  const name = cleanText(form.name, 'name');
  if (name.text.trim() === '' || name.isTooLong)
    throw invalid('The code needs a name', 'name', 'Enter a name of at most 200 characters');
  const note = (field: 'definition' | 'inclusion' | 'exclusion', title: string): string => {
    const cleaned = cleanText(form[field] ?? '', 'note');
    if (cleaned.isTooLong) throw invalid(title, field, 'Shorten it to 20,000 characters');
    return cleaned.text.trim();
  };
  const said = form.color?.trim() ?? '';
  const color = said === '' ? null : readColor(said);
  if (said !== '' && color === null)
    throw invalid('This is no colour', 'color', 'Choose one of the colours, or write one as #RRGGBB');
  return {
    name: name.text.trim(),
    definition: note('definition', 'The definition is too long'),
    ...(form.inclusion === undefined ? {} : { inclusion: note('inclusion', 'What says when to use it is too long') }),
    ...(form.exclusion === undefined
      ? {}
      : { exclusion: note('exclusion', 'What says when not to use it is too long') }),
    ...(form.color === undefined ? {} : { color }),
    ...(form.isCodable === undefined ? {} : { isCodable: form.isCodable ? 1 : 0 }),
    ...(form.storyRing === undefined ? {} : { storyRing: placeOf(RINGS, form.storyRing, 'storyRing') }),
    ...(form.storyStage === undefined ? {} : { storyStage: placeOf(STAGES, form.storyStage, 'storyStage') }),
    ...(form.storyForce === undefined ? {} : { storyForce: placeOf(FORCES, form.storyForce, 'storyForce') }),
  };
}

function placeOf<Place extends string>(places: readonly Place[], said: string, field: string): Place | null {
  if (said === '') return null;
  const place = places.find((one) => one === said);
  if (place === undefined) throw invalid('This is no place in the story', field, 'Choose one of those listed');
  return place;
}

/** A live code of the study's own, read anew within a step. @throws Problem when it is gone, or one of the fixed set of values */
export function ownCode(codes: readonly Code[], publicId: string): Code {
  const code = codes.find((one) => one.publicId === publicId && one.retiredAt === null);
  if (!code)
    throw new Problem('conflict', 'This code was taken out of the codebook meanwhile', {
      detail: 'Load the codebook again',
    });
  if (code.humanValue !== null)
    throw new Problem('conflict', `“${code.name}” is one of the human values, which stay as they are`, {
      detail: 'Make a code of your own for what you mean, and change that one',
    });
  return code;
}

/** The one codebook of a study, for what is said in interviews and answers alike. */
export function codebookService({ store, now }: Context, codings: Codings) {
  const at = () => now().toISOString();

  async function find(study: Pick<Study, 'id'>, publicId: string): Promise<Code> {
    const code = await store.notes.findCode(study.id, publicId);
    if (!code) throw new Problem('not-found', 'There is no such code in this study');
    return code;
  }

  /** Puts a code where it is wanted; those beside it are numbered anew. */
  async function put(
    write: StepWriter,
    codes: readonly Code[],
    code: Code,
    { under, after }: PlaceAmong,
  ): Promise<void> {
    const live = codes.filter(({ retiredAt, humanValue }) => retiredAt === null && humanValue === null);
    const parent = under === null ? null : ownCode(live, under);
    const parentId = parent?.id ?? null;
    if (!mayStandUnder(live, code.id, parentId))
      throw invalid('A code cannot stand under itself', 'under', `Choose one that does not stand under “${code.name}”`);
    if (parent !== null && depthOf(live, parent) + 1 + heightOf(live, code.id) >= TREE_DEPTH_MAX)
      throw invalid(
        'The codebook would be nested too deeply',
        'under',
        `At most ${TREE_DEPTH_MAX} levels stand under each other`,
      );
    const beside = inPlace(live.filter((one) => one.parentId === parentId && one.id !== code.id));
    const behind = beside.findIndex(({ publicId }) => publicId === after);
    const index = after === 'first' ? 0 : after === 'last' || behind === -1 ? beside.length : behind + 1;
    const order = beside.toSpliced(index, 0, code);
    for (const [place, one] of order.entries())
      await write.update('codes', one.id, { position: place + 1, ...(one.id === code.id ? { parentId } : {}) });
  }

  return {
    /** How many passages and people each code has: its own, and with all that stands under it. */
    reach: async (
      study: Pick<Study, 'id'>,
      codes: readonly Code[],
      viewer: number | null = null,
    ): Promise<Map<number, CodeReachCounts>> => {
      const byCode = Map.groupBy(await store.codebook.reach(study.id, viewer), ({ codeId }) => codeId);
      const live = codes.filter(({ retiredAt }) => retiredAt === null);
      const count = (ids: Iterable<number>) => {
        const rows = [...ids].flatMap((id) => byCode.get(id) ?? []);
        return {
          passages: rows.reduce((sum, { passages }) => sum + passages, 0),
          people: new Set(rows.map(({ person }) => person)).size,
        };
      };
      return new Map(
        codes.map(({ id }) => {
          const own = count([id]);
          const all = count(withBeneath(live, id));
          return [id, { ...own, passagesWith: all.passages, peopleWith: all.people }];
        }),
      );
    },

    /** Adds a code before anything is coded with it; one of that name is taken as it is. */
    add: (study: Pick<Study, 'id'>, form: CodeForm & { under?: string | null }, actor: Actor): Promise<Code> => {
      const { name, definition, ...fields } = readCode(form);
      return codings.step(study, actor, 'new code', `New code “${name}”`, async (write) => {
        const before = await allCodes(write.db, study.id);
        const known = before.find((one) => one.name === name && one.retiredAt === null);
        if (known) return known;
        const code = await codeFor(write, study.id, name, definition, at());
        const parent = form.under ? ownCode(before, form.under) : null;
        if (parent && depthOf(before, parent) + 1 >= TREE_DEPTH_MAX)
          throw invalid(
            'The codebook would be nested too deeply',
            'under',
            `At most ${TREE_DEPTH_MAX} levels stand under each other`,
          );
        return (await write.update('codes', code.id, { definition, ...fields, parentId: parent?.id ?? null })) ?? code;
      });
    },

    /** Gives a code another name, definition or colour. @throws Problem `conflict` when another code has the name */
    define: async (study: Pick<Study, 'id'>, codePublicId: string, form: CodeForm, actor: Actor): Promise<void> => {
      const code = await find(study, codePublicId);
      const fields = readCode(form);
      const label = code.name === fields.name ? `“${code.name}” defined` : `“${code.name}” called “${fields.name}”`;
      try {
        await codings.step(study, actor, 'define', label, (write) => write.update('codes', code.id, fields));
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const other = (await store.codebook.all(study.id)).find(({ name }) => name === fields.name);
        throw new Problem('conflict', 'Another code has this name already', {
          errors: [
            {
              pointer: '#/name',
              detail:
                other?.retiredAt == null
                  ? 'Choose another name, or merge the two'
                  : 'It was taken out of the codebook and keeps its name. Choose another name, or bring it back',
            },
          ],
        });
      }
    },

    /** Puts a code under another or at the top, and among those that stand there. */
    place: async (study: Pick<Study, 'id'>, codePublicId: string, place: PlaceAmong, actor: Actor): Promise<void> => {
      const code = await find(study, codePublicId);
      const under = place.under === null ? null : await find(study, place.under);
      await codings.step(
        study,
        actor,
        'place',
        under ? `“${code.name}” put under “${under.name}”` : `“${code.name}” put at the top`,
        async (write) => {
          const codes = await allCodes(write.db, study.id);
          await put(write, codes, ownCode(codes, codePublicId), place);
        },
      );
    },

    /** Puts a code one place up or down among those under the same one; the first stays first. */
    nudge: async (study: Pick<Study, 'id'>, codePublicId: string, way: 'up' | 'down', actor: Actor): Promise<void> => {
      const { name } = await find(study, codePublicId);
      await codings.step(study, actor, 'place', `“${name}” moved ${way}`, async (write) => {
        const codes = await allCodes(write.db, study.id);
        const code = ownCode(codes, codePublicId);
        const live = codes.filter(({ retiredAt, humanValue }) => retiredAt === null && humanValue === null);
        const beside = inPlace(live.filter(({ parentId }) => parentId === code.parentId));
        const from = beside.findIndex(({ id }) => id === code.id);
        const to = way === 'up' ? from - 1 : from + 1;
        if (to < 0 || to >= beside.length) return;
        const order = beside.toSpliced(from, 1).toSpliced(to, 0, code);
        for (const [place, { id }] of order.entries()) await write.update('codes', id, { position: place + 1 });
      });
    },

    /**
     * Takes a code out of the codebook. Its passages are kept and come back with it; until then they are neither shown nor
     * counted. Codes under it move up to where it stood.
     */
    retire: async (study: Pick<Study, 'id'>, codePublicId: string, actor: Actor): Promise<void> => {
      const { name } = await find(study, codePublicId);
      await codings.step(study, actor, 'retire', `“${name}” taken out of the codebook`, async (write) => {
        const codes = await allCodes(write.db, study.id);
        const code = codes.find((one) => one.publicId === codePublicId && one.retiredAt === null);
        if (!code) return;
        for (const child of codes)
          if (child.parentId === code.id && child.retiredAt === null)
            await write.update('codes', child.id, { parentId: code.parentId });
        await write.update('codes', code.id, { retiredAt: at() });
      });
    },

    /** Brings a retired code back, with its passages. @throws Problem `conflict` for one that was merged away */
    bringBack: async (study: Pick<Study, 'id'>, codePublicId: string, actor: Actor): Promise<void> => {
      const { name, mergedInto } = await find(study, codePublicId);
      if (mergedInto !== null)
        throw new Problem('conflict', `“${name}” was merged into another code`, {
          detail: 'Its passages belong to that one. Undo the merge, or make a new code and recode what belongs there',
        });
      await codings.step(study, actor, 'bring back', `“${name}” brought back`, async (write) => {
        const codes = await allCodes(write.db, study.id);
        const code = codes.find((one) => one.publicId === codePublicId && one.retiredAt !== null);
        if (!code) return;
        const isThere = codes.some(({ id, retiredAt }) => id === code.parentId && retiredAt === null);
        await write.update('codes', code.id, { retiredAt: null, parentId: isThere ? code.parentId : null });
      });
    },
  };
}
export type Codebook = ReturnType<typeof codebookService>;

/** Whether a code's colour came from another program. */
export const isForeignColor = (color: string | null): boolean => color !== null && !isOwnHue(color);

function depthOf(codes: readonly Code[], code: Code): number {
  const byId = new Map(codes.map((one) => [one.id, one]));
  let depth = 0;
  for (let above = code.parentId; above !== null && depth <= codes.length; depth += 1)
    above = byId.get(above)?.parentId ?? null;
  return depth;
}
