import type { Request } from 'express';
import { z } from 'zod';
import type { Form } from '../../model/answers.ts';
import type { DraftBrief } from '../../model/choose-questions.ts';
import type { SurveyDraft } from '../../model/draft-survey.ts';
import { Problem } from '../../model/problem.ts';
import { DRAFT_AUDIENCES, DRAFT_GOALS, DRAFT_TOPICS } from '../../model/question-bank.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { languageName } from './builder-view.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, studyAddress } from './frame.ts';

const GOAL_LABELS: Record<(typeof DRAFT_GOALS)[number], string> = {
  buying: 'Understand why people buy',
  segments: 'Find groups of people',
  satisfaction: 'Measure satisfaction',
  churn: 'Understand why people leave or stay',
  message: 'Test a message',
  audience: 'Know your audience',
  values: 'Learn about values and lifestyle',
};
const AUDIENCE_LABELS: Record<(typeof DRAFT_AUDIENCES)[number], string> = {
  customers: 'Customers',
  prospects: 'Prospects: people who have thought about it',
  'former-customers': 'Former customers',
  public: 'The general public',
  businesses: 'Businesses',
};
const TOPIC_LABELS: Record<(typeof DRAFT_TOPICS)[number], { label: string; hint?: string }> = {
  behavioural: { label: 'Behavioural', hint: 'What they do, how often and when' },
  demographic: { label: 'Demographic', hint: 'Who they are: age, household, work' },
  psychographic: { label: 'Psychographic', hint: 'How they think and live' },
  geographic: { label: 'Geographic', hint: 'Where they live' },
  firmographic: { label: 'Firmographic', hint: 'What kind of company it is; only for businesses' },
  technographic: { label: 'Technographic', hint: 'What technology they use' },
  'value-based': { label: 'Value-based', hint: 'Money: spending, frequency, share of wallet, willingness to pay' },
  'values-based': { label: 'Values-based', hint: 'What they hold dear; nothing about money' },
  jobs: { label: 'Jobs', hint: 'What they want to get done' },
  triggers: { label: 'Triggers', hint: 'What sets them off' },
  barriers: { label: 'Barriers', hint: 'What holds them back' },
};
const MINUTES = ['3', '5', '10', '15'] as const;
const LANGUAGES = { en: 'English', de: 'German' } as const;
const NAME_MAX = 60;
const MESSAGE_MAX = 300;

const short = (max: number) => z.string().trim().max(max, `At most ${max} characters`);
const Brief = z.object({
  goal: z.enum(DRAFT_GOALS, 'Choose a goal'),
  audience: z.enum(DRAFT_AUDIENCES, 'Choose whom you ask'),
  topics: z.array(z.enum(DRAFT_TOPICS, 'Choose from the list')),
  minutes: z.enum(MINUTES, 'Choose how long it may take'),
  languages: z.array(z.enum(['en', 'de'], 'Choose from the list')).min(1, 'Choose at least one language'),
  subject: short(NAME_MAX),
  'subject-de': short(NAME_MAX),
  message: short(MESSAGE_MAX),
  'message-de': short(MESSAGE_MAX),
  open: z.boolean(),
});

/** @throws Problem `invalid` naming every field that does not fit */
function briefOf(form: Form): DraftBrief {
  const read = Brief.safeParse({
    goal: field(form, 'goal'),
    audience: field(form, 'audience'),
    topics: [...new Set(fieldList(form, 'topics'))],
    minutes: field(form, 'minutes'),
    languages: [...new Set(fieldList(form, 'languages'))],
    subject: field(form, 'subject'),
    'subject-de': field(form, 'subject-de'),
    message: field(form, 'message'),
    'message-de': field(form, 'message-de'),
    open: fieldList(form, 'open').includes('yes'),
  });
  if (!read.success) {
    throw new Problem('invalid', 'Some things are still missing', {
      errors: read.error.issues.map((issue) => ({ pointer: `#/${String(issue.path[0])}`, detail: issue.message })),
    });
  }
  const { subject, message, minutes, open, ...rest } = read.data;
  return {
    goal: rest.goal,
    audience: rest.audience,
    topics: rest.topics,
    languages: rest.languages,
    minutes: Number(minutes),
    subject: { en: subject, de: rest['subject-de'] },
    message: { en: message, de: rest['message-de'] },
    hasOpenQuestions: open,
  };
}

/** Drafting a survey by rule: the brief stands in the address, so that a draft can be looked at again and sent on. */
export function surveyDraftDoor(door: Doorway, house: House): void {
  const { surveys } = house.verbatim;

  door.get('/studio/:study/surveys/draft', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOfQuery(req);
    if (Object.keys(form).length === 0)
      return showForm(house, visit, res, 'surveys', draftPage(study, null, {}), BLANK);
    try {
      const draft = surveys.draft(briefOf(form));
      await showForm(house, visit, res, 'surveys', draftPage(study, draft, form), form);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', draftPage(study, null, form), form, error);
    }
  });

  /** Makes the survey that the page showed: the same brief gives the same draft. */
  door.post('/studio/:study/surveys/draft', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const survey = await surveys.addDrafted(study.id, briefOf(form));
      res.redirect(303, `${studyAddress(study)}/surveys/${survey.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', draftPage(study, null, form), form, error);
    }
  });
}

const BLANK = { minutes: '5', languages: 'en', open: 'yes' };

/** The address's query as a form; only known names get in, and only texts. */
function formOfQuery(req: Request): Form {
  const query = req.query as Record<string, unknown>;
  const form = Object.create(null) as Form;
  for (const name of Object.keys(Brief.shape)) {
    const value = query[name];
    if (typeof value === 'string') form[name] = value;
    else if (Array.isArray(value)) form[name] = value.filter((one): one is string => typeof one === 'string');
  }
  return form;
}

const draftPage = (study: EnteredStudy, draft: SurveyDraft | null, form: Form) => ({
  view: 'studio/survey-draft',
  head: head(
    [
      { label: study.name, href: studyAddress(study) },
      { label: 'Surveys', href: `${studyAddress(study)}/surveys` },
      { label: 'New survey', href: `${studyAddress(study)}/surveys/new` },
    ],
    'Draft a survey',
    'Say what you want to learn, and get a survey from a bank of questions, with the reason for each. It is made by rule on this machine: the same wishes give the same draft.',
  ),
  action: `${studyAddress(study)}/surveys/draft`,
  fields: (make: ReturnType<typeof fieldMaker>) => [
    make.radios(
      'goal',
      'What is it for?',
      DRAFT_GOALS.map((value) => ({ value, label: GOAL_LABELS[value] })),
      {
        isRequired: true,
      },
    ),
    make.radios(
      'audience',
      'Whom do you ask?',
      DRAFT_AUDIENCES.map((value) => ({ value, label: AUDIENCE_LABELS[value] })),
      {
        isRequired: true,
      },
    ),
    make.boxes(
      'topics',
      'What do you want to learn?',
      DRAFT_TOPICS.map((value) => ({ value, ...TOPIC_LABELS[value] })),
      {
        hint: 'What the goal needs is asked in any case',
      },
    ),
    make.text('subject', 'What is it about, in English', {
      hint: 'The name of a product, or words such as “our app”, as they stand after “with”. Left empty, a survey in English says it with the German words below',
    }),
    make.text('subject-de', 'What is it about, in German', {
      hint: 'As it stands after “mit”, such as “unserer App”. Left empty, a survey in German says it with the English words above',
    }),
    make.text('message', 'The message to be tested, in English', { hint: 'Only for testing a message' }),
    make.text('message-de', 'The message to be tested, in German', {
      hint: 'Left empty, people who read German see the English message',
    }),
    make.radios(
      'minutes',
      'How long may it take?',
      MINUTES.map((value) => ({ value, label: `${value} minutes` })),
      {
        isRequired: true,
      },
    ),
    make.boxes(
      'languages',
      'Languages',
      Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
      {
        isRequired: true,
      },
    ),
    make.boxes('open', 'Open questions', [
      { value: 'yes', label: 'Let people answer some questions in their own words' },
    ]),
  ],
  buttons: buttons(draft ? 'Draft it anew' : 'Draft it', {
    label: 'Cancel',
    href: `${studyAddress(study)}/surveys/new`,
  }),
  more: {
    draft: draft && draftView(draft),
    kept: Object.keys(Brief.shape).flatMap((name) => fieldList(form, name).map((value) => ({ name, value }))),
  },
});

/** A draft as the page lays it out: the questions page by page with their reasons, and what was left out. */
function draftView(draft: SurveyDraft) {
  const { definition } = draft;
  const language = definition.languages[0] ?? 'en';
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const questions = draft.pages.reduce((sum, page) => sum + page.questions.length, 0);
  return {
    title: word(definition.title),
    language,
    borrowed: draft.borrowed.map(({ what, language: to, from, text }) => ({
      title: `The ${languageName(to)} questions say “${text}”, which you wrote in ${languageName(from)}`,
      text: `Write ${what === 'subject' ? 'what it is about' : 'the message'} in ${languageName(to)} below and draft it anew, or mend the questions in the builder.`,
      href: `#${what}${to === 'de' ? '-de' : ''}`,
    })),
    facts: [
      { label: 'Questions', value: String(questions), note: null },
      { label: 'Takes about', value: `${definition.minutes ?? 1} min`, note: 'when every question is met' },
      { label: 'Left out', value: String(draft.leftOut.length), note: null },
    ],
    pages: draft.pages.map((page, index) => ({
      number: index + 1,
      title: page.title ? word(page.title) : '',
      questions: page.questions.map((one) => ({ ...one, text: word(one.text) })),
    })),
    leftOut: draft.leftOut.map((one) => ({ ...one, text: word(one.text) })),
  };
}
