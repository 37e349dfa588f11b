import { z } from 'zod';
import { InterviewChoice } from '../../model/interview-choice.ts';
import { Problem } from '../../model/problem.ts';
import { healthFor } from '../../services/persona-health.ts';
import { wordsOf } from '../../services/personas.ts';
import type { ToldVersion } from '../../services/told-personas.ts';
import type { WholePersona } from '../../store/personas.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { readSpans } from '../studio/persona-quotes.ts';
import { madeBy } from '../studio/persona-sheet.ts';
import { Ref } from './codes.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { ListedPersona, PersonaAnswer, portraitView } from './persona-view.ts';
import { Begun } from './runs.ts';

const StandsFor = {
  kind: z.enum(['quantified', 'qualitative']),
  segments: z.array(Ref).max(20).default([]).meta({ description: 'Of a quantified one' }),
  combine: z.enum(['any', 'all']).default('any').meta({ description: 'With several segments' }),
  interviews: InterviewChoice.optional().meta({ description: 'Of a qualitative one: which interviews' }),
};

const CHAPTER = 'Personas';
const ALL = '/studies/:study/personas';
const ONE = `${ALL}/:persona`;

/** The faces that groups of people were given, as viewers of the study are told of them. */
export const personaResource = (house: House) => {
  const { verbatim } = house;
  const { store, personas, toldPersonas } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<WholePersona> {
    const persona = (await store.personas.list(study.id)).find(({ publicId }) => publicId === id);
    if (!persona) throw new Problem('not-found', 'There is no such persona in this study');
    return persona;
  }
  async function listed(
    study: EnteredStudy,
    persona: WholePersona,
    { version, portrait }: ToldVersion,
  ): Promise<z.input<typeof ListedPersona>> {
    const policy = verbatim.cells.policyOf(study, study.role);
    return {
      id: persona.publicId,
      kind: portrait.kind,
      name: version.name,
      lede: version.lede || portrait.lede,
      version: Number(version.number),
      drawnAt: version.createdAt,
      state: healthFor(await verbatim.personaHealth.healthOf(study, persona), policy).state,
      segments: persona.segments.map(({ name }) => name),
    };
  }
  async function told(study: EnteredStudy, persona: WholePersona, number: number | undefined): Promise<ToldVersion> {
    const asked = persona.versions.find((version) => Number(version.number) === number);
    const found =
      number === undefined
        ? await toldPersonas.of(study, persona.versions, study.role)
        : asked && { version: asked, portrait: await toldPersonas.portraitOf(study, asked, study.role) };
    if (!found) throw new Problem('not-found', 'There is no such version of this persona');
    return found;
  }

  return {
    listPersonas: operation({
      method: 'GET',
      path: ALL,
      scope: 'report:read',
      chapter: CHAPTER,
      title: 'List personas',
      query: PageQuery,
      answer: listOf(ListedPersona),
      example: { query: { limit: 20 } },
      handle: async ({ study, part }) => {
        const { rows, next } = part(await store.personas.list(study.id), ({ id }) => Number(id));
        const items = [];
        for (const persona of rows) {
          const found = await toldPersonas.of(study, persona.versions, study.role);
          if (found) items.push(await listed(study, persona, found));
        }
        return { items, next };
      },
    }),
    drawPersona: operation({
      method: 'POST',
      path: ALL,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Draw a persona of segments or of interviews',
      body: z.strictObject({
        ...StandsFor,
        name: z.string().max(200).default('').meta({ description: 'One of segments may take theirs' }),
      }),
      answer: Begun,
      status: 202,
      example: { body: { kind: 'quantified', segments: ['{segment}'] } },
      handle: async ({ study, body, actor }) => ({
        run: (await personas.ask.drawFrom(study, { ...body, interviews: body.interviews }, actor)).publicId,
      }),
    }),
    assumePersona: operation({
      method: 'POST',
      path: `${ALL}/assumed`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Begin a persona with what you assume',
      text: 'It rests on nothing yet, and says so.',
      body: z.strictObject({ name: z.string().min(1).max(200) }),
      answer: z.strictObject({ id: Id }),
      status: 201,
      example: { body: { name: 'Night owl' } },
      handle: async ({ study, body, actor, created }) => {
        const form = { kind: 'assumption', segments: [], combine: 'any', interviews: null, name: body.name };
        const { publicId } = await personas.drawFrom(study, form, actor);
        created(`/personas/${publicId}`);
        return { id: publicId };
      },
    }),
    readPersona: operation({
      method: 'GET',
      path: ONE,
      scope: 'report:read',
      chapter: CHAPTER,
      title: 'Read a persona',
      text: 'As viewers of the study are told of it: the newest version whose figures may be told beside all that was told before, or the version that is asked for.',
      query: z.strictObject({ version: z.coerce.number<number>().int().min(1).optional() }),
      answer: PersonaAnswer,
      handle: async ({ study, params, query, actor }) => {
        const persona = await find(study, params.persona);
        const found = await told(study, persona, query.version);
        const { version, portrait } = found;
        const spans = portrait.quotes.map(({ span }) => span);
        const spanOf = await readSpans(house, study, spans, null, actor.userId);
        return {
          ...(await listed(study, persona, found)),
          label: (await madeBy(house, study, persona)).label,
          ...portraitView(portrait, wordsOf(version)),
          quotes: spans.flatMap((span) => {
            const { view } = spanOf(span);
            return view ? [{ words: view.marked, source: view.source }] : [];
          }),
        };
      },
    }),
    listPersonaVersions: operation({
      method: 'GET',
      path: `${ONE}/versions`,
      scope: 'report:read',
      chapter: CHAPTER,
      title: 'List the versions of a persona',
      text: 'The newest first.',
      answer: z.strictObject({
        versions: z.array(z.strictObject({ number: z.number().int(), name: z.string(), drawnAt: Time })),
      }),
      handle: async ({ study, params }) => ({
        versions: (await find(study, params.persona)).versions.map(({ number, name, createdAt }) => ({
          number: Number(number),
          name,
          drawnAt: createdAt,
        })),
      }),
    }),
    redrawPersona: operation({
      method: 'POST',
      path: `${ONE}/redraw`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Draw a persona anew, as its next version',
      text: 'What researchers said in their own words stays with the claims that are still made.',
      answer: Begun,
      status: 202,
      handle: async ({ study, params, actor }) => ({
        run: (await personas.ask.redraw(study, await find(study, params.persona), actor)).publicId,
      }),
    }),
  };
};
