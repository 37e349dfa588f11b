import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { receiptCode, tokenOfReceipt } from '../../model/receipt-code.ts';
import { Purpose } from '../../model/survey.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { DEFAULT_EXPORT, EXPORT_FORMATS } from '../../services/exports.ts';
import type { ListedResponse } from '../../services/response-desk.ts';
import { publicHalf } from '../../store/identifiers.ts';
import { NO_FILTER, RESPONSE_STATES } from '../../store/response-filter.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { File, Id, listOf, operation, pageQuery, Time } from './operation.ts';
import { surveyIn } from './surveys.ts';
import { answerFrom, sendWhole } from './whole-response.ts';

const Value = z.union([z.string(), z.number(), z.array(z.string())]);
const LISTED = {
  id: Id,
  survey: Id,
  state: z.enum(['started', 'completed', 'screened-out', 'quota-full', 'withdrawn']),
  isTest: z.boolean(),
  language: z.string(),
  startedAt: Time,
  updatedAt: Time,
  completedAt: Time.nullable(),
  labels: z.array(z.strictObject({ id: Id, name: z.string() })),
  flags: z
    .array(z.strictObject({ sign: z.string(), reason: z.string(), item: z.string().nullable() }))
    .meta({ description: 'What a check of quality noticed; nothing is left out for it' }),
  leftOut: z.string().nullable().meta({ description: 'Why a researcher left it out; null while it counts' }),
};
const Listed = z.strictObject(LISTED).meta({ id: 'ListedResponse' });
const Response = z
  .strictObject({
    ...LISTED,
    version: z.number().int().meta({ description: 'The published version that was answered' }),
    answers: z
      .record(
        z.string(),
        z.strictObject({
          state: z.enum(['answered', 'refused', 'skipped', 'not_shown', 'not_reached']),
          value: Value.optional(),
          words: z
            .enum(['kept', 'changed', 'gone'])
            .optional()
            .meta({ description: 'Of own words: whether they are still those that were kept' }),
        }),
      )
      .meta({ description: 'By code of question or item; personal data in own words is masked' }),
    scores: z.array(z.strictObject({ scale: z.string(), value: z.number().nullable() })),
    segments: z.array(z.string()),
    notes: z.array(z.strictObject({ id: Id, text: z.string(), author: z.string().nullable(), madeAt: Time })),
  })
  .meta({ id: 'Response' });

const Sent = z.strictObject({
  consents: z.array(Purpose).min(1).max(20).meta({ description: 'What the person agreed to; analysis is needed' }),
  language: z.string().max(20).optional().meta({ description: 'The language they answered in' }),
  country: z
    .string()
    .max(5)
    .optional()
    .meta({ description: 'Whose privacy notice they were shown, where it differs by country: DE, or other' }),
  isOfAge: z
    .boolean()
    .optional()
    .meta({ description: 'They said that they have reached the minimum age of the notice' }),
  isTest: z.boolean().optional().meta({ description: 'Marked as a test, and counted nowhere' }),
  hidden: z
    .record(z.string().max(200), z.string().max(1_000))
    .optional()
    .meta({ description: 'Values of hidden questions, which a link would bring along' }),
  answers: z
    .record(
      z.string().max(200),
      z.union([
        z.string().max(10_000),
        z.number(),
        z.array(z.string().max(200)).max(200),
        z.strictObject({ state: z.literal('refused') }),
      ]),
    )
    .meta({ description: 'By code of question or item: codes of options, numbers, own words; rankings as lists' }),
});

const CHAPTER = 'Responses';
const ONE = '/studies/:study/responses/:response';
const words = (max: number) => z.string().min(1).max(max);

export const responseResource = (house: House) => {
  const { verbatim } = house;
  const { store } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<ResponseRow> {
    // Whoever has just sent a response in finds it.
    await verbatim.logs.settle();
    const response = await store.responses.find(study.id, id);
    if (!response) throw new Problem('not-found', 'There is no such response in this study');
    return response;
  }
  const listed = (
    survey: string,
    { response, flags, leftOut }: Omit<ListedResponse, 'labels'>,
    labels: readonly { publicId: string; name: string }[],
  ): z.input<typeof Listed> => ({
    id: response.publicId,
    survey,
    state: response.state as z.input<typeof Listed>['state'],
    isTest: response.isTest === 1,
    language: response.language,
    startedAt: response.startedAt,
    updatedAt: response.updatedAt,
    completedAt: response.completedAt,
    labels: labels.map(({ publicId, name }) => ({ id: publicId, name })),
    flags: flags.map(({ sign, reason, item }) => ({ sign, reason, item })),
    leftOut: leftOut?.reason ?? null,
  });

  async function whole(study: EnteredStudy, id: string): Promise<z.input<typeof Response>> {
    const response = await find(study, id);
    const detail = await verbatim.responseDetails.read(response);
    const survey = await store.surveys.findById(study.id, response.surveyId);
    if (!detail || !survey) throw new Problem('not-found', 'There is no such response in this study');
    const { leftOut, flags, labels } = detail;
    return {
      ...listed(survey.publicId, { response, flags, leftOut }, labels),
      version: detail.version,
      answers: Object.fromEntries(
        detail.pages.flatMap(({ answers }) =>
          answers.map(({ item, state, value, words: standing, masks }) => [
            item.address,
            {
              state,
              ...(value === null ? {} : { value: typeof value === 'string' ? maskText(value, masks) : value }),
              ...(standing === null ? {} : { words: standing }),
            },
          ]),
        ),
      ),
      scores: detail.scores,
      segments: detail.segments,
      notes: detail.notes.map(({ publicId, body, author, madeAt }) => ({ id: publicId, text: body, author, madeAt })),
    };
  }

  return {
    listResponses: operation({
      method: 'GET',
      path: '/studies/:study/surveys/:survey/responses',
      scope: 'responses:read',
      chapter: CHAPTER,
      title: 'List responses of a survey',
      text: 'The newest first. Without a state, all of them.',
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(RESPONSE_STATES).optional().meta({ description: '"counted" is what results are made of' }),
        from: z.iso.datetime().optional().meta({ description: 'Begun at or after' }),
        before: z.iso.datetime().optional().meta({ description: 'Begun before' }),
        language: z.string().max(20).optional(),
        flag: z.string().max(40).optional().meta({ description: 'The sign of a check, any or none' }),
      }),
      answer: listOf(Listed),
      example: { query: { state: 'counted', limit: 20 } },
      handle: async ({ study, params, query, position, next }) => {
        await verbatim.logs.settle();
        const survey = await surveyIn(house, study, params.survey);
        const { state = null, from = null, before = null, language = null, flag = null } = query;
        const filter = { ...NO_FILTER, state, from, before, language, flag };
        const at = position();
        const found = await verbatim.responseDesk.list(survey, filter, at === null ? null : String(at), query.limit);
        const labels = await store.responseDesk.labelsOf(found.rows.map(({ response }) => response.publicId));
        return {
          items: found.rows.map((row) => listed(survey.publicId, row, labels.get(row.response.publicId) ?? [])),
          next: found.next === null ? null : next(found.next),
        };
      },
    }),
    sendResponse: operation({
      method: 'POST',
      path: '/studies/:study/surveys/:survey/responses',
      scope: 'submit',
      chapter: CHAPTER,
      title: 'Send a response in',
      text: 'Whole, for somebody who has agreed: consent, answers, completion. What the pages of the survey would refuse is refused here. Hand the receipt on to the person: with it they see, correct and withdraw their answers.',
      body: Sent,
      answer: z.strictObject({
        id: Id,
        state: z.enum(['completed', 'screened-out', 'quota-full']),
        receipt: z.string().meta({ description: 'For the person who answered, and nobody else' }),
      }),
      status: 201,
      example: { body: { consents: ['analysis'], language: 'en', answers: { again: 'yes', why: 'It was quiet.' } } },
      handle: async ({ study, params, body, created }) => {
        const survey = await surveyIn(house, study, params.survey);
        const published = await store.surveys.findPublished(survey.slug);
        if (!published)
          throw new Problem('conflict', 'This survey has not been published', {
            detail: 'Publish it first; nothing was kept',
          });
        const sent = await sendWhole(verbatim, published, {
          answers: Object.fromEntries(
            Object.entries(body.answers).map(([address, value]) => [address, answerFrom(value)]),
          ),
          hidden: body.hidden ?? {},
          consents: body.consents,
          language: body.language ?? null,
          isTest: body.isTest ?? false,
          country: body.country ?? null,
          isOfAge: body.isOfAge ?? false,
        });
        created(`/responses/${sent.responseId}`);
        return {
          id: sent.responseId,
          state: sent.state as 'completed' | 'screened-out' | 'quota-full',
          receipt: receiptCode(sent.token),
        };
      },
    }),
    readResponse: operation({
      method: 'GET',
      path: ONE,
      scope: 'responses:read',
      chapter: CHAPTER,
      title: 'Read a response',
      answer: Response,
      handle: ({ study, params }) => whole(study, params.response),
    }),
    withdrawResponse: operation({
      method: 'POST',
      path: `${ONE}/withdraw`,
      scope: 'submit',
      chapter: CHAPTER,
      title: 'Withdraw a response for the person who gave it',
      text: 'Their receipt says that they want it. The answers are taken out of everything.',
      body: z.strictObject({ receipt: z.string().max(100) }),
      example: { body: { receipt: '{receipt}' } },
      handle: async ({ study, params, body }) => {
        const { publicId } = await find(study, params.response);
        const token = tokenOfReceipt(body.receipt);
        if (token === null || publicHalf(token) !== publicId)
          throw new Problem('invalid', 'This is not the receipt of this response', {
            detail: 'Nothing was withdrawn. Compare the code letter by letter',
            errors: [{ pointer: '#/body/receipt', detail: 'Not the receipt of this response' }],
          });
        await verbatim.fieldwork.withdraw(token);
        await verbatim.files.eraseOf(publicId);
        await store.responseDesk.forget([publicId]);
        return null;
      },
    }),
    labelResponse: operation({
      method: 'POST',
      path: `${ONE}/labels`,
      scope: 'responses:write',
      chapter: CHAPTER,
      title: 'Put a label on a response',
      body: z.strictObject({ label: words(200) }),
      answer: Response,
      example: { body: { label: 'to call back' } },
      handle: async ({ study, params, body, actor }) => {
        await verbatim.responseDesk.addLabel(await find(study, params.response), body.label, actor);
        return whole(study, params.response);
      },
    }),
    unlabelResponse: operation({
      method: 'DELETE',
      path: `${ONE}/labels/:label`,
      scope: 'responses:write',
      chapter: CHAPTER,
      title: 'Take a label off a response',
      handle: async ({ study, params }) => {
        const response = await find(study, params.response);
        if (!(await store.responseDesk.findLabel(study.id, params.label)))
          throw new Problem('not-found', 'There is no such label in this study');
        await verbatim.responseDesk.removeLabel(response, params.label);
        return null;
      },
    }),
    noteResponse: operation({
      method: 'POST',
      path: `${ONE}/notes`,
      scope: 'responses:write',
      chapter: CHAPTER,
      title: 'Write a note beside a response',
      body: z.strictObject({ text: words(20_000) }),
      answer: Response,
      example: { body: { text: 'Answered on the phone.' } },
      handle: async ({ study, params, body, actor }) => {
        await verbatim.responseDesk.addNote(await find(study, params.response), body.text, actor);
        return whole(study, params.response);
      },
    }),
    leaveResponseOut: operation({
      method: 'PUT',
      path: `${ONE}/left-out`,
      scope: 'responses:write',
      chapter: CHAPTER,
      title: 'Leave a response out of what counts',
      body: z.strictObject({ reason: words(1000) }),
      answer: Response,
      example: { body: { reason: 'Answered twice' } },
      handle: async ({ study, params, body, actor }) => {
        await verbatim.responseDesk.leaveOut(await find(study, params.response), body.reason, actor);
        return whole(study, params.response);
      },
    }),
    takeResponseBack: operation({
      method: 'DELETE',
      path: `${ONE}/left-out`,
      scope: 'responses:write',
      chapter: CHAPTER,
      title: 'Let a response count again',
      handle: async ({ study, params }) => {
        await verbatim.responseDesk.takeBack(await find(study, params.response));
        return null;
      },
    }),
    exportResponses: operation({
      method: 'GET',
      path: '/studies/:study/surveys/:survey/export',
      scope: 'export',
      chapter: CHAPTER,
      title: 'Take responses as a file',
      text: 'Without what names people, and with personal data in words masked: files with either are for owners in the studio.',
      query: z.strictObject({
        format: z.enum(EXPORT_FORMATS).default('csv'),
        state: z.enum(RESPONSE_STATES).optional().meta({ description: 'Without one, responses that count' }),
        values: z.enum(['codes', 'labels']).default('codes'),
        multiple: z.enum(['joined', 'split']).default('joined'),
        headers: z.enum(['code', 'wording']).default('code'),
      }),
      answer: File,
      media: [
        'text/csv',
        'application/jsonl',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'application/x-spss-sav',
        'text/plain',
        'text/markdown',
      ],
      example: { query: { format: 'jsonl' } },
      handle: async ({ study, params, query }) => {
        const { state = null, ...shape } = query;
        return verbatim.exports.file(await surveyIn(house, study, params.survey), {
          ...DEFAULT_EXPORT,
          ...shape,
          filter: { ...NO_FILTER, state },
        });
      },
    }),
  };
};
