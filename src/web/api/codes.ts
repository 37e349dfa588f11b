import { z } from 'zod';
import { codeTree, flatTree } from '../../coding/code-tree.ts';
import { Problem } from '../../model/problem.ts';
import { FORCES, RINGS, STAGES } from '../../personas/portrait.ts';
import type { Code } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, PageQuery } from './operation.ts';
import { tagOf } from './requests.ts';

/** The id of something else of the study, which may turn out to be gone. */
export const Ref = z.string().min(1).max(40);
const count = z.number().int();
const Written = {
  name: z.string().min(1).max(200),
  definition: z.string().max(20_000).default(''),
  inclusion: z.string().max(20_000).optional().meta({ description: 'When to use it' }),
  exclusion: z.string().max(20_000).optional().meta({ description: 'When not to' }),
  color: z.string().max(7).optional().meta({ description: '#RRGGBB; empty for one that the house chooses' }),
  isCodable: z.boolean().optional().meta({ description: 'False for one that only gathers others' }),
  storyRing: z.enum([...RINGS, '']).optional(),
  storyStage: z.enum([...STAGES, '']).optional(),
  storyForce: z.enum([...FORCES, '']).optional(),
};
const CodeAnswer = z
  .strictObject({
    id: Id,
    name: z.string(),
    definition: z.string(),
    inclusion: z.string(),
    exclusion: z.string(),
    color: z.string().nullable(),
    isCodable: z.boolean(),
    storyRing: z.enum(RINGS).nullable(),
    storyStage: z.enum(STAGES).nullable(),
    storyForce: z.enum(FORCES).nullable(),
    humanValue: z.string().nullable().meta({ description: 'Of the fixed set of human values; null for your own' }),
    parent: Id.nullable(),
    path: z.array(z.string()).meta({ description: 'The names from the top of the tree down to it' }),
    isRetired: z.boolean(),
    mergedInto: Id.nullable(),
    passages: count,
    people: count,
    passagesBeneath: count.meta({ description: 'With those of all codes under it' }),
    peopleBeneath: count,
  })
  .meta({ id: 'Code' });

const CHAPTER = 'Codes';
const ALL = '/studies/:study/codes';
const ONE = `${ALL}/:code`;

/** @throws Problem `not-found` */
export async function codeIn({ verbatim }: House, study: EnteredStudy, id: string): Promise<Code> {
  const code = await verbatim.store.notes.findCode(study.id, id);
  if (!code) throw new Problem('not-found', 'There is no such code in this study');
  return code;
}

/** The study's one codebook: a tree of names for what words share. */
export const codeResource = (house: House) => {
  const { store, codebook, codeChanges } = house.verbatim;
  const find = (study: EnteredStudy, id: string) => codeIn(house, study, id);

  async function views(study: EnteredStudy, userId: number) {
    const all = await store.codebook.all(study.id);
    const reach = await codebook.reach(study, all, userId);
    const ids = new Map(all.map(({ id, publicId }) => [id, publicId]));
    const paths = new Map(
      flatTree(codeTree(all.filter(({ retiredAt }) => retiredAt === null))).map(({ code, path }) => [code.id, path]),
    );
    return (code: Code): z.input<typeof CodeAnswer> => {
      const own = reach.get(code.id);
      return {
        id: code.publicId,
        name: code.name,
        definition: code.definition,
        inclusion: code.inclusion,
        exclusion: code.exclusion,
        color: code.color,
        isCodable: Number(code.isCodable) === 1,
        storyRing: code.storyRing,
        storyStage: code.storyStage,
        storyForce: code.storyForce,
        humanValue: code.humanValue,
        parent: code.parentId === null ? null : (ids.get(code.parentId) ?? null),
        path: paths.get(code.id) ?? [code.name],
        isRetired: code.retiredAt !== null,
        mergedInto: code.mergedInto === null ? null : (ids.get(code.mergedInto) ?? null),
        passages: own?.passages ?? 0,
        people: own?.people ?? 0,
        passagesBeneath: own?.passagesWith ?? 0,
        peopleBeneath: own?.peopleWith ?? 0,
      };
    };
  }
  const one = async (study: EnteredStudy, id: string, userId: number) =>
    (await views(study, userId))(await find(study, id));
  const tagOfCode = ({ name, definition, inclusion, exclusion, color, isCodable, ...code }: Code) =>
    tagOf(
      JSON.stringify([
        ...[name, definition, inclusion, exclusion, color, Number(isCodable)],
        ...[code.storyRing, code.storyStage, code.storyForce, code.retiredAt],
      ]),
    );

  return {
    listCodes: operation({
      method: 'GET',
      path: ALL,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'List codes',
      text: 'With how far each reaches. Those that were taken out are told of where they are asked for.',
      query: PageQuery.extend({ retired: z.enum(['with', 'without']).default('without') }),
      answer: listOf(CodeAnswer),
      example: { query: { limit: 100 } },
      handle: async ({ study, query, actor, part }) => {
        const all = await store.codebook.all(study.id);
        const { rows, next } = part(
          all.filter(({ retiredAt }) => query.retired === 'with' || retiredAt === null),
          ({ id }) => Number(id),
        );
        return { items: rows.map(await views(study, actor.userId)), next };
      },
    }),
    addCode: operation({
      method: 'POST',
      path: ALL,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Make a code',
      text: 'One of that name that is there already is answered as it stands.',
      body: z.strictObject({ ...Written, parent: Ref.nullable().default(null) }),
      answer: CodeAnswer,
      status: 201,
      example: { body: { name: 'Price', definition: 'What it costs, and whether it is worth it' } },
      handle: async ({ study, body, actor, created }) => {
        const { parent, ...form } = body;
        const code = await codebook.add(study, { ...told(form), under: parent }, actor);
        created(`/codes/${code.publicId}`);
        return one(study, code.publicId, actor.userId);
      },
    }),
    readCode: operation({
      method: 'GET',
      path: ONE,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'Read a code',
      answer: CodeAnswer,
      handle: async ({ study, params, actor, tag }) => {
        tag(tagOfCode(await find(study, params.code)));
        return one(study, params.code, actor.userId);
      },
    }),
    defineCode: operation({
      method: 'PUT',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Rename or define a code',
      text: 'What is left out, but for its definition, stays as it is.',
      needsMatch: true,
      body: z.strictObject(Written),
      answer: CodeAnswer,
      example: { body: { name: '{name}', definition: 'What it costs, and whether it is worth it' } },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        insistMatch(tagOfCode(await find(study, params.code)));
        await codebook.define(study, params.code, told(body), actor);
        tag(tagOfCode(await find(study, params.code)));
        return one(study, params.code, actor.userId);
      },
    }),
    moveCode: operation({
      method: 'PUT',
      path: `${ONE}/place`,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Move a code in the tree',
      text: 'What stands under it goes with it. No passage changes.',
      body: z.strictObject({
        parent: Ref.nullable().meta({ description: 'Null for the top of the codebook' }),
        after: Ref.default('last').meta({ description: 'The code to stand after, or first or last' }),
      }),
      answer: CodeAnswer,
      example: { body: { parent: null, after: 'first' } },
      handle: async ({ study, params, body, actor }) => {
        await find(study, params.code);
        await codebook.place(study, params.code, { under: body.parent, after: body.after }, actor);
        return one(study, params.code, actor.userId);
      },
    }),
    mergeCode: operation({
      method: 'POST',
      path: `${ONE}/merge`,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Merge a code into another',
      text: 'Its passages go to the other one; where the same words bear that code already, they are counted once.',
      body: z.strictObject({ into: Ref }),
      answer: z.strictObject({
        code: CodeAnswer,
        moved: count,
        joined: count.meta({ description: 'Passages that bore both' }),
      }),
      example: { body: { into: '{other}' } },
      handle: async ({ study, params, body, actor }) => {
        await find(study, params.code);
        await find(study, body.into);
        const { moved, joined } = await codeChanges.merge(study, params.code, body.into, actor);
        return { code: await one(study, body.into, actor.userId), moved, joined };
      },
    }),
    retireCode: operation({
      method: 'POST',
      path: `${ONE}/retire`,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Take a code out of the codebook',
      text: 'Its passages are kept unseen, and come back with it.',
      answer: CodeAnswer,
      handle: async ({ study, params, actor }) => {
        await find(study, params.code);
        await codebook.retire(study, params.code, actor);
        return one(study, params.code, actor.userId);
      },
    }),
    bringCodeBack: operation({
      method: 'POST',
      path: `${ONE}/bring-back`,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Bring a code back that was taken out',
      answer: CodeAnswer,
      handle: async ({ study, params, actor }) => {
        await find(study, params.code);
        await codebook.bringBack(study, params.code, actor);
        return one(study, params.code, actor.userId);
      },
    }),
  };
};

/** What was sent of a code, without what was left out. */
const told = <Form extends { name: string; definition: string }>({ name, definition, ...more }: Form) => ({
  name,
  definition,
  ...(Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)) as {
    [Key in keyof typeof more]?: Exclude<(typeof more)[Key], undefined>;
  }),
});
