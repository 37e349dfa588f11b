import { z } from 'zod';
import { compileSurvey } from '../../logic/compile-survey.ts';
import { isTrue } from '../../logic/evaluate.ts';
import { answerWords, pipeText } from '../../logic/pipe.ts';
import { type ShownScreen, type Walk, walkSurvey } from '../../logic/walk.ts';
import { type AnswerError, type Answers, type Form, readAnswers } from '../../model/answers.ts';
import { itemsOf } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import type { SurveyDefinition, Wording } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { Texts } from '../../render/respondent-texts.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { filledWithAnswers, filledWithForm, problemText, questionView, type Showing } from '../question-view.ts';
import { builderAddress } from './builder-frame.ts';
import { pageName } from './builder-names.ts';
import { languageName } from './builder-view.ts';
import { surveyOf } from './surveys.ts';

const Carried = z.record(
  z.string().max(140),
  z.union([
    z.strictObject({
      state: z.literal('answered'),
      value: z.union([z.string().max(20_000), z.number(), z.array(z.string().max(140)).max(1000)]),
    }),
    z.strictObject({ state: z.enum(['refused', 'skipped']) }),
  ]),
);

/** Names no question can have. */
const FIELD = {
  answers: 'preview~answers',
  screen: 'preview~screen',
  language: 'preview~language',
  draw: 'preview~draw',
};

/** Any way through the draft, as a respondent would go it. All there is of the answers travels in the form itself. */
export function walkDoor(door: Doorway, house: House): void {
  const path = '/studio/:study/surveys/:survey/build/preview' as const;
  const languageOf = ({ languages }: SurveyDefinition, asked: string) =>
    languages.includes(asked) ? asked : (languages[0] ?? 'en');

  const walkWith = (definition: SurveyDefinition, answers: Answers, draw: string): Walk => {
    try {
      return walkSurvey(definition, {
        id: `preview ${draw}`,
        answers,
        attributes: null,
        today: house.verbatim.now().toISOString().slice(0, 10),
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Problem('invalid', 'This survey cannot be walked through yet', {
        detail: 'Mend what the check list names first',
        cause: error,
      });
    }
  };

  const render = (data: Record<string, unknown>): string =>
    house.renderer.render('studio/builder-walk', data, { layout: 'respond' });

  door.get(path, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { draft } = survey;
    const language = languageOf(draft, queryOf(req, 'language'));
    const draw = queryOf(req, 'draw') || '1';
    const walk = walkWith(draft, {}, draw);
    const from = draft.pages.findIndex((page) => page.code === queryOf(req, 'page'));
    const shown = walk.screens.find(({ screen }) => screen.pageIndex >= from) ?? walk.screens[0];
    const at = builderAddress(visit.study, survey);
    res
      .type('html')
      .send(
        render(
          walkView(
            { draft, walk, shown, language, draw, answers: {}, at, sent: null },
            house.verbatim.texts.in(language),
          ),
        ),
      );
  });

  door.post(path, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { draft } = survey;
    const form = formOf(req);
    const language = languageOf(draft, field(form, FIELD.language));
    const draw = field(form, FIELD.draw) || '1';
    const texts = house.verbatim.texts.in(language);
    const at = builderAddress(visit.study, survey);
    const carried = carriedIn(field(form, FIELD.answers));
    const before = walkWith(draft, carried, draw);
    const number = Number(field(form, FIELD.screen));
    const show = (
      answers: Answers,
      walk: Walk,
      shown: ShownScreen | undefined,
      sent: { form: Form; errors: AnswerError[] } | null,
    ) => {
      if (sent) res.status(422);
      res.type('html').send(render(walkView({ draft, walk, shown, language, draw, answers, at, sent }, texts)));
    };
    const index = before.screens.findIndex(({ screen }) => screen.number === number);
    if (field(form, 'preview~go') === 'back')
      return show(carried, before, before.screens[Math.max(0, index - 1)], null);
    const here = before.screens[index];
    if (!here) return show(carried, before, before.screens[0], null);
    // A file goes nowhere from here, so none is asked for.
    const read = readAnswers(
      here.questions.filter((question) => question.kind !== 'file'),
      form,
    );
    const answers: Answers = { ...carried, ...read.answers };
    const after = walkWith(draft, answers, draw);
    const errors = read.errors.length > 0 ? read.errors : failedChecks(draft, here, after);
    if (errors.length > 0) return show(carried, before, here, { form, errors });
    const done = after.screens.findIndex(({ screen }) => screen.number === number);
    show(answers, after, after.screens[done + 1], null);
  });
}

/** What earlier pages of the preview brought along; anything else is as if nothing had been answered. */
function carriedIn(json: string): Answers {
  try {
    const parsed = Carried.safeParse(JSON.parse(json || '{}'));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

function failedChecks(definition: SurveyDefinition, { questions }: ShownScreen, walk: Walk): AnswerError[] {
  const { expression } = compileSurvey(definition);
  return questions.flatMap((question) => {
    const isAnswered = itemsOf(question).some(({ address }) => walk.live.get(address)?.state === 'answered');
    const failed = question.checks?.find((check) => {
      const tree = expression(check.holds);
      return isTrue({ op: 'not', operand: tree, at: 0 }, walk.facts);
    });
    if (!isAnswered || !failed) return [];
    const at = itemsOf(question)[0]?.address ?? question.code;
    return [
      { question: question.code, field: at, problem: { key: 'check' as const, values: {}, wording: failed.message } },
    ];
  });
}

type Showable = {
  draft: SurveyDefinition;
  walk: Walk;
  shown: ShownScreen | undefined;
  language: string;
  draw: string;
  answers: Answers;
  at: string;
  sent: { form: Form; errors: readonly AnswerError[] } | null;
};

function walkView({ draft, walk, shown, language, draw, answers, at, sent }: Showable, texts: Texts) {
  const say = answerWords(draft, walk.live, walk.facts, language);
  const word = (wording: Wording) => pipeText(wordingIn(wording, language, draft.languages), say) || '…';
  const showing: Showing = {
    texts,
    word,
    filling: sent ? filledWithForm(sent.form) : filledWithAnswers(answers, {}, shown?.questions ?? []),
    errors: sent?.errors ?? [],
  };
  const end = draft.ends?.find((one) => one.code === walk.end.code);
  const place = walk.screens.findIndex((one) => one.screen.number === shown?.screen.number);
  const page = shown?.screen.page;
  const isFirst = shown?.screen.isFirstOfPage ?? false;
  return {
    title: word(draft.title),
    lang: language,
    dir: texts.direction,
    isError: showing.errors.length > 0,
    errorPrefix: texts.text('errorTitlePrefix'),
    isWide: shown?.questions.some(({ kind }) => ['battery', 'matrix', 'differential'].includes(kind)) ?? false,
    at,
    action: `${at}/preview`,
    languages: draft.languages.map((code) => ({ code, name: languageName(code), isChosen: code === language })),
    startPages: draft.pages.map((one, index) => ({
      code: one.code,
      label: pageName(draft, index, null, language),
      isChosen: one.code === page?.code,
    })),
    draw,
    nextDraw: String((Number(draw) || 1) + 1),
    edit: page ? `${at}?page=${encodeURIComponent(page.code)}` : at,
    here: shown ? pageName(draft, shown.screen.pageIndex, shown.questions[0]?.code ?? null, language) : '',
    isEnd: shown === undefined,
    where: shown
      ? texts.text(compileSurvey(draft).isStraight ? 'pageOf' : 'pageOfAbout', {
          page: place + 1,
          total: walk.screens.length,
        })
      : '',
    heading: page?.title && isFirst ? word(page.title) : '',
    introduction: page?.introduction && isFirst ? word(page.introduction) : '',
    summary:
      showing.errors.length > 0
        ? {
            title: texts.text('errorSummaryTitle'),
            errors: showing.errors.map((error) => {
              const question = shown?.questions.find(({ code }) => code === error.question);
              return { href: `#${error.field}`, text: question ? problemText(showing, error.problem, question) : '' };
            }),
          }
        : null,
    questions: (shown?.questions ?? []).map((question) => questionView(question, showing)),
    hidden: [
      { name: FIELD.answers, value: JSON.stringify(answers) },
      { name: FIELD.screen, value: String(shown?.screen.number ?? 0) },
      { name: FIELD.language, value: language },
      { name: FIELD.draw, value: draw },
    ],
    hasBack: place > 0,
    words: { back: texts.text('back'), continue: texts.text('continue') },
    end: {
      outcome: { complete: 'complete', 'screened-out': 'screened out', 'quota-full': 'quota full' }[walk.end.outcome],
      code: walk.end.code ?? '',
      title: end?.title ? word(end.title) : '',
      text: end?.text ? word(end.text) : draft.end ? word(draft.end) : '',
      link: end?.link ?? '',
    },
  };
}
