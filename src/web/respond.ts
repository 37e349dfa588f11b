import type { Request, Response } from 'express';
import { z } from 'zod';
import { Problem } from '../model/problem.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { Address, AnswerOutcome } from '../services/fieldwork.ts';
import type { Admission } from '../services/targeting.ts';
import type { PublishedSurvey } from '../store/surveys.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';
import { field, fieldList, formOf, queryOf } from './form.ts';
import { answerFields, answersView, directionOf, pageAddress, questionPage, respondFrame } from './respond-view.ts';

const PageAddress = z.object({
  token: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  page: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number),
  revision: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
});
const CheckAddress = PageAddress.omit({ page: true });

/** The respondents' door: a page, a form, a redirect; no cookie and no script needed. */
export function respondDoor(door: Doorway, { verbatim, renderer }: House): void {
  const { fieldwork } = verbatim;
  const show = (res: Response, view: string, data: Record<string, unknown>) => {
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.type('html').send(renderer.render(view, data, { layout: 'respond' }));
  };
  const read = <T>(shape: z.ZodType<T>, req: Request): T => {
    const parsed = shape.safeParse(req.params);
    if (!parsed.success)
      throw new Problem('not-found', 'There is no such page', {
        detail: 'Check the address: a letter may be missing at its end',
      });
    return parsed.data;
  };

  function welcomePage(
    survey: PublishedSurvey,
    admission: Admission,
    language: string,
    action: string,
    refused: boolean,
  ) {
    const { definition } = survey;
    const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
    const questions = definition.pages.reduce((sum, page) => sum + page.questions.length, 0);
    return {
      ...respondFrame(definition, language),
      isError: refused,
      introduction: definition.introduction ? word(definition.introduction) : '',
      length: definition.minutes
        ? `About ${definition.minutes} ${definition.minutes === 1 ? 'minute' : 'minutes'}, ${questions} questions.`
        : `${questions} questions.`,
      consent: word(definition.consent.text),
      contact: definition.consent.contact ?? '',
      purposes: definition.consent.purposes.map((purpose) => ({
        code: purpose.code,
        text: word(purpose.text),
        isFirst: purpose.code === 'analysis',
      })),
      languages:
        definition.languages.length > 1
          ? definition.languages.map((code) => ({
              code,
              href: `?language=${code}`,
              isCurrent: code === language,
              dir: directionOf(code),
            }))
          : [],
      language,
      action,
      summary: refused
        ? {
            title: 'To take part, one box must be ticked',
            errors: [
              {
                href: '#consent-analysis',
                text: 'Tick that your answers may be used, or close this page: nothing has been saved',
              },
            ],
          }
        : null,
      closed: survey.state !== 'open',
      refusal: admission.isAdmitted ? null : { title: admission.title, text: admission.reason },
    };
  }

  async function welcome(req: Request, res: Response, invitation: string | null): Promise<void> {
    const { survey, admission } = await fieldwork.welcome(String(req.params['slug']), invitation);
    const language = fieldwork.languageOf(survey.definition, queryOf(req, 'language') || null);
    if (survey.state !== 'open') res.status(410);
    else if (!admission.isAdmitted) res.status(403);
    show(res, 'respond/welcome', welcomePage(survey, admission, language, req.path, false));
  }

  async function start(req: Request, res: Response, invitation: string | null): Promise<void> {
    const form = formOf(req);
    const outcome = await fieldwork.start(String(req.params['slug']), {
      consents: fieldList(form, 'consent'),
      language: field(form, 'language') || null,
      invitation,
      isTest: false,
    });
    if (outcome.started) return res.redirect(303, pageAddress(outcome.next));
    res.status(422);
    show(
      res,
      'respond/welcome',
      welcomePage(
        outcome.survey,
        outcome.admission,
        fieldwork.languageOf(outcome.survey.definition, field(form, 'language')),
        req.path,
        true,
      ),
    );
  }

  door.get('/s/:slug', 'anyone', (_visit, req, res) => welcome(req, res, null));
  door.post('/s/:slug', 'anyone', (_visit, req, res) => start(req, res, null));
  door.get('/s/:slug/for/:invitation', 'respondent', (_visit, req, res) =>
    welcome(req, res, String(req.params['invitation'])),
  );
  door.post('/s/:slug/for/:invitation', 'respondent', (_visit, req, res) =>
    start(req, res, String(req.params['invitation'])),
  );

  /** A page shown again has the revision that it would write now, so that going back is safe. */
  door.get('/r/:token/done', 'respondent', async (_visit, req, res) => {
    const open = await fieldwork.open(String(req.params['token']));
    if (open.response.state !== 'completed')
      return res.redirect(
        303,
        pageAddress({ token: String(req.params['token']), page: 'check', revision: open.nextRevision }),
      );
    show(res, 'respond/done', {
      ...respondFrame(open.definition, open.language),
      text: open.definition.end ? wordingIn(open.definition.end, open.language, open.definition.languages) : '',
    });
  });

  door.get('/r/:token/check/:revision', 'respondent', async (_visit, req, res) => {
    const { token, revision } = read(CheckAddress, req);
    const open = await fieldwork.open(token);
    if (open.response.state !== 'started') return res.redirect(303, `/r/${token}/done`);
    if (revision !== open.nextRevision)
      return res.redirect(303, pageAddress({ token, page: 'check', revision: open.nextRevision }));
    const { definition, language, response } = open;
    show(res, 'respond/check', {
      ...respondFrame(definition, language),
      action: pageAddress({ token, page: 'check', revision }),
      back: pageAddress({ token, page: definition.pages.length, revision }),
      pages: definition.pages.map((page, index) => ({
        number: index + 1,
        change: pageAddress({ token, page: index + 1, revision }),
        title: page.title ? wordingIn(page.title, language, definition.languages) : `Page ${index + 1}`,
        isReached: index + 1 <= response.lastPage,
        questions: answersView(definition, page.questions, response.answers, language),
      })),
    });
  });

  door.post('/r/:token/check/:revision', 'respondent', async (_visit, req, res) => {
    const { token, revision } = read(CheckAddress, req);
    await fieldwork.complete(token, revision);
    res.redirect(303, `/r/${token}/done`);
  });

  door.get('/r/:token/:page/:revision', 'respondent', async (_visit, req, res) => {
    const address = read(PageAddress, req);
    const open = await fieldwork.open(address.token);
    if (open.response.state !== 'started') return res.redirect(303, `/r/${address.token}/done`);
    const questions = fieldwork.questionsOn(open.definition, address.page);
    if (address.revision !== open.nextRevision)
      return res.redirect(303, pageAddress({ ...address, revision: open.nextRevision }));
    show(res, 'respond/page', withAddresses(questionPage(open, questions, address.page, null), address));
  });

  door.post('/r/:token/:page/:revision', 'respondent', async (_visit, req, res) => {
    const address = read(PageAddress, req);
    const form = formOf(req);
    const outcome = await fieldwork.answer(address, form);
    answered(res, address, outcome, form);
  });

  function answered(
    res: Response,
    address: Address & { page: number },
    outcome: AnswerOutcome,
    form: ReturnType<typeof formOf>,
  ): void {
    if (outcome.outcome === 'saved') return res.redirect(303, pageAddress(outcome.next));
    if (outcome.outcome === 'invalid') {
      res.status(422);
      return show(
        res,
        'respond/page',
        withAddresses(
          questionPage(outcome.open, fieldwork.questionsOn(outcome.open.definition, address.page), address.page, {
            form,
            errors: outcome.errors,
          }),
          address,
        ),
      );
    }
    const { open, questions, kept, sent } = outcome;
    const next = { ...address, revision: open.nextRevision };
    res.status(409);
    show(res, 'respond/conflict', {
      ...respondFrame(open.definition, open.language),
      isError: true,
      keep: pageAddress(next),
      action: pageAddress(next),
      kept: answersView(open.definition, questions, kept, open.language),
      sent: answersView(open.definition, questions, sent, open.language),
      fields: answerFields(sent, questions),
      isSent: open.response.state === 'completed',
    });
  }

  const withAddresses = (page: ReturnType<typeof questionPage>, address: Address & { page: number }) => ({
    ...page,
    action: pageAddress(address),
    back: page.back === '' ? '' : `/r/${address.token}/${page.back}`,
  });
}
