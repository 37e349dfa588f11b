import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import type { Coding } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { codeIn, Ref } from './codes.ts';
import { interviewIn } from './interviews.ts';
import { Id, listOf, operation, pageQuery, Time } from './operation.ts';

const Direction = z.enum(['for', 'against']);
const CodingAnswer = z
  .strictObject({
    id: Id,
    code: Id,
    source: Id,
    version: z.number().int(),
    start: z.number().int().meta({ description: 'In code points of the words that are kept' }),
    end: z.number().int(),
    words: z.string().nullable().meta({
      description: 'Checked letter by letter, with personal data masked; null where they are gone or changed',
    }),
    direction: Direction.nullable(),
    isExample: z.boolean(),
    isImportant: z.boolean(),
    layer: z.string().meta({ description: 'Who coded: people, or a run' }),
    createdAt: Time,
  })
  .meta({ id: 'Coding' });

const CHAPTER = 'Codings';
const ALL = '/studies/:study/codings';
const ONE = `${ALL}/:coding`;

/** Which words carry which code. */
export const codingResource = (house: House) => {
  const { store, codings, codingDesk, evidence } = house.verbatim;
  type Row = Coding & { codePublicId: string };

  async function shown(study: EnteredStudy, rows: readonly Row[]): Promise<z.input<typeof CodingAnswer>[]> {
    const quotes = await evidence.readQuotes(study.id, rows);
    return rows.map((coding, index) => {
      const quote = quotes[index];
      return {
        id: coding.publicId,
        code: coding.codePublicId,
        source: coding.sourceId,
        version: Number(coding.sourceVersion),
        start: Number(coding.spanStart),
        end: Number(coding.spanEnd),
        words: quote?.isVerbatim ? quote.marked : null,
        direction: (coding.direction ?? null) as 'for' | 'against' | null,
        isExample: Number(coding.isExample) === 1,
        isImportant: Number(coding.isImportant) === 1,
        layer: coding.layer,
        createdAt: coding.createdAt,
      };
    });
  }
  /** A coding as whoever made the key may see it. */
  async function find(study: EnteredStudy, id: string, viewer: number): Promise<Row> {
    const coding = await store.notes.findCoding(study.id, id);
    const own = coding ? await store.notes.codings(study.id, { codeId: coding.codeId, viewer, withOwn: true }) : [];
    const found = own.find(({ publicId }) => publicId === id);
    if (!found) throw new Problem('not-found', 'There is no such coding in this study');
    return found;
  }
  const one = async (study: EnteredStudy, id: string, viewer: number) => {
    const [first] = await shown(study, [await find(study, id, viewer)]);
    if (!first) throw new Error('A coding was found and not shown');
    return first;
  };

  return {
    listCodings: operation({
      method: 'GET',
      path: ALL,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'List codings of a code or of an interview',
      text: 'Of both, those of the code in the interview. What others code while you code it blind is not told.',
      query: z
        .strictObject({ ...pageQuery, code: Ref.optional(), interview: Ref.optional() })
        .meta({ description: 'A code, an interview, or both' }),
      answer: listOf(CodingAnswer),
      example: { query: { limit: 20 } },
      handle: async ({ study, query, actor, part }) => {
        const code = query.code === undefined ? null : await codeIn(house, study, query.code);
        const interview = query.interview === undefined ? null : await interviewIn(house, study, query.interview);
        const texts = interview && (await store.notes.sourcesOf(study.id, interview.publicId));
        const all = await store.notes.codings(study.id, {
          viewer: actor.userId,
          ...(code ? { codeId: code.id } : {}),
          ...(texts ? { sourceIds: [...new Set(texts.map(({ publicId }) => publicId))] } : {}),
        });
        const { rows, next } = part(all, ({ id }) => Number(id));
        return { items: await shown(study, rows), next };
      },
    }),
    addCoding: operation({
      method: 'POST',
      path: ALL,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Put a code on words',
      text: 'On a whole turn, on the words that are given as they stand there, or from start to end in code points.',
      body: z.strictObject({
        source: Ref.meta({ description: 'The text that the words stand in, such as a turn' }),
        version: z.number().int().min(1).default(1),
        words: z.string().max(20_000).optional(),
        start: z.number().int().min(0).optional(),
        end: z.number().int().min(0).optional(),
        code: Ref.optional().meta({
          description: 'The id of a code; or name one, which is made where it is not there',
        }),
        name: z.string().max(200).optional(),
        direction: Direction.optional().meta({ description: 'Whether the words speak for it or against it' }),
      }),
      answer: CodingAnswer,
      status: 201,
      example: { body: { source: '{source}', words: 'too dear', code: '{code}' } },
      handle: async ({ study, body, actor, created }) => {
        if ((body.start === undefined) !== (body.end === undefined))
          throw new Problem('invalid', 'The words have no place in the text', {
            errors: [{ pointer: '#/body/end', detail: 'Give start and end, or neither' }],
          });
        const code = body.code === undefined ? null : await codeIn(house, study, body.code);
        const text = await store.notes.findSource(study.id, body.source, body.version);
        const interview = text && (await store.notes.findInterview(study.id, text.subjectId));
        const coding = await codings.code(
          study,
          {
            sourceId: body.source,
            version: body.version,
            start: body.start ?? null,
            end: body.end ?? null,
            words: body.words ?? '',
          },
          {
            publicId: code?.publicId ?? null,
            name: body.name ?? '',
            definition: '',
            direction: body.direction ?? '',
          },
          actor,
          interview ? { counts: await codingDesk.counts(study, interview, actor.userId) } : {},
        );
        created(`/codings/${coding.publicId}`);
        return one(study, coding.publicId, actor.userId);
      },
    }),
    readCoding: operation({
      method: 'GET',
      path: ONE,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'Read a coding',
      answer: CodingAnswer,
      handle: ({ study, params, actor }) => one(study, params.coding, actor.userId),
    }),
    markCoding: operation({
      method: 'PATCH',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Mark a coding',
      body: z.strictObject({
        isExample: z.boolean().optional().meta({ description: 'It shows how the code is meant' }),
        isImportant: z.boolean().optional(),
        direction: z.enum(['for', 'against', '']).optional(),
      }),
      answer: CodingAnswer,
      example: { body: { isExample: true } },
      handle: async ({ study, params, body, actor }) => {
        await find(study, params.coding, actor.userId);
        const { direction, isExample, isImportant } = body;
        if (direction !== undefined) await codings.direct(study, params.coding, direction, actor);
        const marks = {
          ...(isExample === undefined ? {} : { isExample }),
          ...(isImportant === undefined ? {} : { isImportant }),
        };
        if (Object.keys(marks).length > 0) await codings.mark(study, params.coding, marks, actor);
        return one(study, params.coding, actor.userId);
      },
    }),
    removeCoding: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Take a code off words',
      handle: async ({ study, params, actor }) => {
        await find(study, params.coding, actor.userId);
        await codings.uncode(study, params.coding, actor);
        return null;
      },
    }),
  };
};
