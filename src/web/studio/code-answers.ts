import type { Request, Response } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import { codeTree, flatTree, withBeneath } from '../../coding/code-tree.ts';
import { NUMBER_KEYS, numberKeys } from '../../coding/number-keys.ts';
import { findSpan } from '../../coding/spans.ts';
import type { Form } from '../../model/answers.ts';
import { isSpoken } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import type { AnswerChange } from '../../services/answer-coding.ts';
import type { GridFilter, GridRow } from '../../store/answer-grid.ts';
import type { Code, SourceText } from '../../store/notes.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { frameView, gridRow } from './code-answers-view.ts';
import { codebookAddress, codebookCrumbs, codeOptions, isLive, plural, turnBack } from './codebook-place.ts';
import {
  answerRefused,
  buttons,
  fieldMaker,
  head,
  isForForm,
  PAGE_WAIT_MS,
  showForm,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import { itemsOfSurvey } from './response-conditions.ts';
import { readFilter } from './response-filters.ts';
import { surveyNames } from './surveys.ts';

const PAGE_ROWS = 50;
const BESIDE_MAX = 3;
const OPTION_LETTERS = 90;

type Question = { survey: SurveyRow; title: string; address: string; label: string };
type Items = Awaited<ReturnType<typeof itemsOfSurvey>>;

/** The answers to an open question in rows, coded with one key each. */
export function codeAnswersDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, answerCoding, coder } = verbatim;
  const GRID = '/studio/:study/codebook/answers';
  const gridAddress = (study: EnteredStudy) => `${codebookAddress(study)}/answers`;

  /** Every open question of the study that was published, survey by survey. */
  async function questionsOf(study: EnteredStudy): Promise<Question[]> {
    const found: Question[] = [];
    const surveys = await store.surveys.list(study.id);
    const titles = surveyNames(surveys);
    for (const survey of surveys) {
      const items = await itemsOfSurvey(house, survey);
      for (const [address, { item, label }] of items)
        if (isSpoken(item))
          found.push({ survey, title: titles.get(survey.id) ?? '', address, label: trimLabel(label, OPTION_LETTERS) });
    }
    return found;
  }

  /** The question and the filter that an address asks for. */
  async function asked({ study, user }: StudyVisit, req: Request, codes: readonly Code[]) {
    const questions = await questionsOf(study);
    const wanted = `${queryOf(req, 'survey')} ${queryOf(req, 'question')}`;
    const question =
      questions.find(({ survey, address }) => `${survey.publicId} ${address}` === wanted) ??
      questions.find(({ survey }) => survey.publicId === queryOf(req, 'survey')) ??
      questions[0];
    if (!question) return null;
    const read = await readFilter(house, study, question.survey, req);
    const codedAs = queryOf(req, 'coded');
    const code = codes.find(({ publicId }) => publicId === codedAs);
    const filter: GridFilter = {
      responses: read.filter,
      words: queryOf(req, 'words').trim().slice(0, 200),
      coded: code ? { codeId: code.id } : codedAs === 'uncoded' || codedAs === 'coded' ? codedAs : 'any',
      viewer: user.id,
    };
    const query = new URLSearchParams(read.query);
    query.set('survey', question.survey.publicId);
    query.set('question', question.address);
    if (filter.words !== '') query.set('words', filter.words);
    if (filter.coded !== 'any') query.set('coded', codedAs);
    const beside = fieldList(req.query as Form, 'beside').slice(0, BESIDE_MAX);
    for (const one of beside) query.append('beside', one);
    return { questions, question, read, filter, query, codedAs: filter.coded === 'any' ? '' : codedAs, beside };
  }

  /** What stands beside each answer: the segments of who gave it, and what they answered elsewhere. */
  async function besideRows(rows: readonly GridRow[], items: Items, beside: readonly string[]) {
    const ids = rows.map(({ responseId }) => responseId);
    const answers = await store.answerGrid.answers(ids, beside);
    const segments = await store.answerGrid.segmentsOf(ids);
    return (row: GridRow) => [
      ...beside.flatMap((address) => {
        const item = items.get(address);
        const answer = answers.find((one) => Number(one.responseId) === row.responseId && one.item === address);
        return item && answer
          ? [{ label: trimLabel(item.label, 40), value: valueWords(item.item.options, answer.value ?? 'null') }]
          : [];
      }),
      ...segments
        .filter(({ responseId }) => Number(responseId) === row.responseId)
        .slice(0, BESIDE_MAX)
        .map(({ name }) => ({ label: 'Segment', value: trimLabel(name, 40) })),
    ];
  }

  async function showGrid(
    visit: StudyVisit,
    req: Request,
    res: Response,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study, user } = visit;
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const at = gridAddress(study);
    const codes = (await store.codebook.all(study.id)).filter(isLive);
    const found = await asked(visit, req, codes);
    if (!found)
      return showPage(house, visit, res, 'codebook', 'studio/list', {
        head: head(codebookCrumbs(study), 'Code answers'),
        isEmpty: true,
        empty: {
          title: 'No open question yet',
          text: 'Publish a survey that asks something in words; its answers are coded here.',
          action: { label: 'Surveys', href: `${studyAddress(study)}/surveys` },
        },
        more: [],
      });
    const { questions, question, read, filter, query, codedAs, beside } = found;
    const { survey, address } = question;
    const after = Number(queryOf(req, 'after')) || 0;
    const { rows, next } = await answerCoding.page(study, survey.id, address, filter, after, PAGE_ROWS);
    const gathering = new Map(
      codes.filter(({ isCodable }) => isCodable === 0).map(({ id }) => [id, withBeneath(codes, id)]),
    );
    const frame = await answerCoding.frame(survey.id, address, filter, gathering);
    const pinned = numberKeys(codes, await store.codingDesk.pinned(user.id, study.id));
    const items = await itemsOfSurvey(house, survey);
    const facts = await besideRows(rows, items, beside);
    const byId = new Map(codes.map((code) => [code.id, code]));
    const tree = flatTree(codeTree(codes));
    const make = fieldMaker(
      { question: `${survey.publicId} ${address}`, coded: codedAs, words: filter.words, beside },
      [],
    );
    const paged = (id: number) => `${at}?${new URLSearchParams([...query, ['after', String(id)]])}`;
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/code-answers', {
      head: head(codebookCrumbs(study), 'Code answers', question.label),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, []) : null,
      at,
      query: query.toString(),
      back: after > 0 ? `${query}&after=${after}` : query.toString(),
      turn: await turnBack(house, visit),
      questions: questions.map((one) => ({
        label: `${one.title}: ${one.label}`,
        href: `${at}?survey=${one.survey.publicId}&question=${encodeURIComponent(one.address)}`,
        isCurrent: one === question,
      })),
      hasQuestions: questions.length > 1,
      hidden: [
        { name: 'survey', value: survey.publicId },
        { name: 'question', value: address },
      ],
      filters: {
        coded: make.select('coded', 'Codes', [
          { value: '', label: 'With and without' },
          { value: 'uncoded', label: 'Without any' },
          { value: 'coded', label: 'With any' },
          ...codeOptions(codes),
        ]),
        words: make.text('words', 'With the words'),
        beside: make.boxes(
          'beside',
          'Beside each answer',
          [...items]
            .filter(([, { item }]) => !isSpoken(item) && item.isAsked && !item.isIdentifying)
            .slice(0, 40)
            .map(([value, { label }]) => ({ value, label: trimLabel(label, OPTION_LETTERS) })),
          {
            hint: `What else they answered, ${BESIDE_MAX} at most; segments and what is known of them stand there anyway`,
          },
        ),
        fields: read.fields,
        conditions: read.conditions,
      },
      active: [
        ...read.active.map(({ text, without }) => {
          const left = new URLSearchParams(
            [...query].filter(([name]) => ['survey', 'question', 'words', 'coded', 'beside'].includes(name)),
          );
          for (const [name, value] of new URLSearchParams(without)) left.append(name, value);
          return { text, href: `${at}?${left}` };
        }),
        ...(['words', 'coded'] as const).flatMap((name) =>
          query.has(name)
            ? [
                {
                  text:
                    name === 'words'
                      ? `Words: ${filter.words}`
                      : `Codes: ${codes.find(({ publicId }) => publicId === codedAs)?.name ?? (codedAs === 'coded' ? 'with any' : 'without any')}`,
                  href: `${at}?${new URLSearchParams([...query].filter(([one]) => one !== name))}`,
                },
              ]
            : [],
        ),
      ],
      faults: read.faults,
      frame: frameView(tree, pinned, frame),
      hasCodes: codes.length > 0,
      codebook: codebookAddress(study),
      names: codes.filter(({ isCodable }) => isCodable === 1).map(({ publicId, name }) => ({ id: publicId, name })),
      rows: rows.map((row, index) => gridRow(study, row, index + 1, { codes: byId, pinned, facts: facts(row) })),
      isEmpty: rows.length === 0,
      empty: {
        title:
          after > 0 || query.has('coded') || read.active.length > 0 || filter.words !== ''
            ? 'No answer is left here'
            : 'Nobody has answered yet',
        text: 'Take a filter away, or choose another question.',
        action: {
          label: 'All answers to this question',
          href: `${at}?survey=${survey.publicId}&question=${encodeURIComponent(address)}`,
        },
      },
      shown: plural(rows.length, 'answer', 'answers'),
      pages: [
        ...(after > 0 ? [{ label: 'From the beginning', href: `${at}?${query}` }] : []),
        ...(next === null ? [] : [{ label: `Next ${PAGE_ROWS}`, href: paged(next) }]),
      ],
    });
  }
  door.get(GRID, 'researcher', (visit, req, res) => showGrid(visit, req, res));

  /** The list that a form was posted from. */
  const listOf = (req: Request): Request =>
    ({
      ...req,
      query: Object.fromEntries(manyOf(new URLSearchParams(field(formOf(req), 'back')))),
    }) as unknown as Request;

  door.post(GRID, 'researcher', async (visit, req, res) => {
    const { study, user } = visit;
    const form = formOf(req);
    const isProgram = req.accepts(['html', 'json']) === 'json';
    const actor = { userId: user.id };
    try {
      const codes = (await store.codebook.all(study.id)).filter(isLive);
      const made = await answerCoding.mark(study, changesOf(form, codes), actor);
      const decisions = (['accept', 'reject'] as const).flatMap((name) =>
        fieldList(form, name).map((proposal) => ({
          proposal,
          verdict: name === 'accept' ? ('accepted' as const) : ('rejected' as const),
          direction: null,
        })),
      );
      const { decided } = decisions.length > 0 ? await coder.decide(study, decisions, actor) : { decided: 0 };
      if (isProgram) res.json({ ...made, decided });
      else res.redirect(303, `${gridAddress(study)}?${field(form, 'back')}`);
    } catch (error) {
      if (isProgram || !isForForm(error)) throw error;
      await showGrid(visit, listOf(req), res, error);
    }
  });

  door.post(`${GRID}/pin`, 'researcher', async (visit, req, res) => {
    const { study, user } = visit;
    const form = formOf(req);
    const code = field(form, 'code');
    const codes = (await store.codebook.all(study.id)).filter(isLive);
    const before = numberKeys(codes, await store.codingDesk.pinned(user.id, study.id)).map(
      (one) => one?.publicId ?? null,
    );
    const without = before.map((one) => (one === code ? null : one));
    const free = without.indexOf(null);
    const after = before.includes(code)
      ? without
      : free === -1
        ? before.length < NUMBER_KEYS
          ? [...before, code]
          : [...before.slice(0, -1), code]
        : without.with(free, code);
    await verbatim.codingDesk.pin(study, user.id, after);
    res.redirect(303, `${gridAddress(study)}?${field(form, 'back')}`);
  });

  async function sourceOf(study: EnteredStudy, req: Request): Promise<SourceText> {
    const source = await store.notes.findSource(study.id, String(req.params['source']), Number(req.params['version']));
    if (source?.kind !== 'answer' || source.erasedAt !== null)
      throw new Problem('not-found', 'There is no such answer', { detail: 'It may have been withdrawn' });
    return source;
  }
  async function wordsPage({ study, user }: StudyVisit, source: SourceText) {
    const codes = (await store.codebook.all(study.id)).filter(isLive);
    const answer = {
      responseId: 0,
      response: source.subjectId,
      sourceId: source.publicId,
      version: source.version,
      text: source.text,
      textHash: source.textHash,
      language: '',
      attributes: null,
    };
    const [row] = await answerCoding.withCodes(study, [answer], user.id);
    const at = `${gridAddress(study)}/words/${source.publicId}/${source.version}`;
    return {
      view: 'studio/code-words',
      head: head(
        codebookCrumbs(study, { label: 'Code answers', href: gridAddress(study) }),
        'Code some words of an answer',
      ),
      action: at,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('words', 'Words', { isRequired: true, hint: 'Exactly as they stand above' }),
        make.select(
          'code',
          'Code',
          [{ value: '', label: 'Choose one' }, ...codeOptions(codes, ({ isCodable }) => isCodable === 1)],
          {
            isRequired: true,
          },
        ),
      ],
      buttons: buttons('Code these words', { label: 'Back to the answers', href: gridAddress(study) }),
      more: {
        words: (row?.pieces ?? []).map(({ text }) => text).join(''),
        remove: at,
        codings: (row?.codings ?? []).map(({ publicId, codeId, words }) => ({
          id: publicId,
          name: codes.find(({ id }) => id === codeId)?.name ?? '',
          words: words ?? 'the whole answer',
        })),
      },
    };
  }
  door.get(`${GRID}/words/:source/:version`, 'researcher', async (visit, req, res) => {
    const source = await sourceOf(visit.study, req);
    await showForm(house, visit, res, 'codebook', await wordsPage(visit, source));
  });
  door.post(`${GRID}/words/:source/:version`, 'researcher', async (visit, req, res) => {
    const { study, user } = visit;
    const form = formOf(req);
    const source = await sourceOf(study, req);
    try {
      const remove = field(form, 'remove');
      if (remove !== '') await verbatim.codings.uncode(study, remove, { userId: user.id });
      else {
        const words = field(form, 'words').trim();
        const span = words === '' ? null : findSpan(source.text, words);
        const errors = [
          ...(span === null
            ? [{ pointer: '#/words', detail: 'Copy the words exactly as they stand in the answer' }]
            : []),
          ...(field(form, 'code') === '' ? [{ pointer: '#/code', detail: 'Choose a code' }] : []),
        ];
        if (errors.length > 0) throw new Problem('invalid', 'Nothing was coded yet', { errors });
        await answerCoding.mark(
          study,
          [{ sourceId: source.publicId, version: source.version, code: field(form, 'code'), isOn: true, span }],
          { userId: user.id },
        );
      }
      res.redirect(303, `${gridAddress(study)}/words/${source.publicId}/${source.version}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', await wordsPage(visit, source), form, error);
    }
  });
}

/** An option's wording, or the value as it is kept. */
function valueWords(options: readonly { code: string; text: Record<string, string> }[], json: string): string {
  const value = JSON.parse(json) as unknown;
  const word = (one: unknown) => Object.values(options.find(({ code }) => code === one)?.text ?? {})[0] ?? String(one);
  const words = Array.isArray(value) ? value.map(word).join(', ') : word(value);
  return trimLabel(words, 60);
}

/** Parameters of which some may be given several times. */
function manyOf(params: URLSearchParams): [string, string | string[]][] {
  return [...new Set(params.keys())].map((name) => {
    const all = params.getAll(name);
    return [name, all.length === 1 ? all[0]! : all];
  });
}

/**
 * What a posted page changes: a code that is ticked and was not, one that was and is not, and one that is named beside. What
 * somebody else changed meanwhile is not touched, since only the difference to what the page showed counts.
 */
function changesOf(form: Form, codes: readonly Code[]): AnswerChange[] {
  return Object.keys(form).flatMap((name) => {
    const [, key, sourceId, version] = /^had-(([\w-]{1,64})\.(\d{1,9}))$/.exec(name) ?? [];
    if (key === undefined || sourceId === undefined) return [];
    const had = new Set(field(form, name).split(' ').filter(Boolean));
    const on = new Set(fieldList(form, `on-${key}`));
    const [, start, end] = /^(\d{1,9})-(\d{1,9})$/.exec(field(form, `span-${key}`)) ?? [];
    const span = start === undefined ? null : { start: Number(start), end: Number(end) };
    const more = field(form, `more-${key}`).trim();
    const named = more === '' ? null : codes.find((code) => code.name.toLowerCase() === more.toLowerCase());
    if (named === undefined)
      throw new Problem('invalid', `There is no code “${trimLabel(more, 60)}”`, {
        errors: [{ pointer: `#/more-${key}`, detail: 'Choose one of the codebook, or make the code first' }],
      });
    if (named) on.add(named.publicId);
    const place = { sourceId, version: Number(version), span };
    return [
      ...[...on].filter((code) => !had.has(code)).map((code) => ({ ...place, code, isOn: true })),
      ...[...had].filter((code) => !on.has(code)).map((code) => ({ ...place, code, isOn: false })),
    ];
  });
}
