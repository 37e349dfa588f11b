import type { Request, Response } from 'express';
import { Problem } from '../model/problem.ts';
import type { Texts } from '../render/respondent-texts.ts';
import type { Arrival } from '../services/entrance.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';
import { field, fieldList, formOf } from './form.ts';
import { seeOther, supplierLink } from './leading-on.ts';
import { welcomeKey } from './page-cache.ts';
import type { Respondents } from './respond.ts';
import { pageAddress } from './respond-view.ts';
import { type Refusal, refusalIn, welcomePage } from './welcome-view.ts';
import { countryIn } from './whereabouts.ts';

/** The first page of a survey, by its open address, a personal or a single-use link, and the beginning of a response. */
export function welcomeDoor(
  door: Doorway,
  { verbatim, renderer, trustProxy }: House,
  { show, textsFor, wanted, before, cache, frame }: Respondents,
): void {
  const { fieldwork, store } = verbatim;

  const arrivalOf = (req: Request, link: 'invitation' | 'single' | null): Arrival => ({
    invitation: link === 'invitation' ? String(req.params['invitation']) : null,
    single: link === 'single' ? String(req.params['single']) : null,
    query: Object.fromEntries(
      Object.entries(req.query as Record<string, unknown>).filter(([, value]) => typeof value === 'string'),
    ) as Record<string, string>,
    agent: req.headers['user-agent'],
    // Only a proxy that the operator trusts may say where somebody is.
    country: trustProxy > 0 ? countryIn(req) : undefined,
  });

  async function refusalFor(slug: string, arrival: Arrival, texts: Texts): Promise<Refusal | null> {
    const { survey, opening, admission } = await fieldwork.welcome(slug, arrival);
    if (opening === 'not-yet')
      return refusalIn(texts, 'notYetOpen', { date: texts.date(survey.settings.opensAt ?? '') });
    if (opening === 'closed') return refusalIn(texts, 'closed');
    if (!admission.isAdmitted) return refusalIn(texts, admission.words);
    return null;
  }

  async function welcome(req: Request, res: Response, link: 'invitation' | 'single' | null): Promise<void> {
    const slug = String(req.params['slug']);
    const arrival = arrivalOf(req, link);
    const { survey, opening, admission, isTest } = await fieldwork.welcome(slug, arrival);
    const asked = wanted(req) ?? (req.acceptsLanguages(survey.definition.languages) || null);
    const language = fieldwork.languageOf(survey.definition, asked);
    const texts = textsFor(language);
    await frame(res, survey.studyId);
    const page = (refusal: Refusal | null) =>
      welcomePage(survey.definition, language, texts, {
        refusal,
        isMissingConsent: false,
        isTest,
        query: rest(req),
        isAnonymous: survey.isAnonymous,
      });
    if (opening !== 'open' || !admission.isAdmitted) {
      res.status(opening !== 'open' ? 410 : 403);
      return show(res, 'respond/welcome', page(await refusalFor(slug, arrival, texts)));
    }
    // With nothing but a language in the address, the page is the same for everybody.
    if (link !== null || Object.keys(arrival.query ?? {}).some((name) => name !== 'language'))
      return show(res, 'respond/welcome', page(null));
    res.setHeader('Referrer-Policy', 'no-referrer');
    cache.send(req, res, welcomeKey(survey.versionId, language), () =>
      renderer.render('respond/welcome', page(null), { layout: 'respond' }),
    );
  }

  async function start(req: Request, res: Response, link: 'invitation' | 'single' | null): Promise<void> {
    const slug = String(req.params['slug']);
    const form = formOf(req);
    const arrival = arrivalOf(req, link);
    try {
      const outcome = await fieldwork.start(slug, {
        ...arrival,
        consents: fieldList(form, 'consent'),
        language: field(form, 'language') || null,
      });
      if (outcome.started) return seeOther(res, pageAddress(outcome.next));
      const language = fieldwork.languageOf(outcome.survey.definition, field(form, 'language'));
      await frame(res, outcome.survey.studyId);
      res.status(422);
      show(
        res,
        'respond/welcome',
        welcomePage(outcome.survey.definition, language, textsFor(language), {
          refusal: null,
          isMissingConsent: true,
          isAnonymous: outcome.survey.isAnonymous,
          isTest: false,
          query: rest(req),
        }),
      );
    } catch (error) {
      if (!(error instanceof Problem) || error.words === null || !['duplicate', 'notYetOpen'].includes(error.words))
        throw error;
      await refuseStart(req, res, slug, arrival, error);
    }
  }

  /** A refusal that knows more than its words: when a survey opens, and where a supplier wants people back. */
  async function refuseStart(req: Request, res: Response, slug: string, arrival: Arrival, problem: Problem) {
    const { survey } = await fieldwork.welcome(slug, arrival);
    const language = fieldwork.languageOf(survey.definition, field(formOf(req), 'language'));
    const texts = textsFor(language);
    const refusal = refusalIn(texts, problem.words ?? 'closed', { date: texts.date(survey.settings.opensAt ?? '') });
    const supplier = arrival.query?.['supplier']
      ? await store.fieldwork.findSupplier(survey.surveyId, arrival.query['supplier'])
      : null;
    const href = supplier ? supplierLink(supplier.duplicateLink, arrival.query?.[supplier.idParameter] ?? '') : null;
    res.status(problem.kind === 'gone' ? 410 : 403);
    show(
      res,
      'respond/welcome',
      welcomePage(survey.definition, language, texts, {
        refusal: {
          ...refusal,
          link: href ? { href, label: texts.text('redirectContinue', { host: new URL(href).host }) } : null,
        },
        isMissingConsent: false,
        isTest: false,
        query: '',
      }),
    );
  }

  door.get('/s/:slug', 'anyone', (_visit, req, res) => welcome(req, res, null));
  door.post('/s/:slug', 'anyone', ...before, (_visit, req, res) => start(req, res, null));
  door.get('/s/:slug/for/:invitation', 'respondent', (_visit, req, res) => welcome(req, res, 'invitation'));
  door.post('/s/:slug/for/:invitation', 'respondent', ...before, (_visit, req, res) => start(req, res, 'invitation'));
  door.get('/s/:slug/once/:single', 'respondent', (_visit, req, res) => welcome(req, res, 'single'));
  door.post('/s/:slug/once/:single', 'respondent', ...before, (_visit, req, res) => start(req, res, 'single'));
}

/** What else stands in the address, kept when the language changes. */
function rest(req: Request): string {
  const query = new URLSearchParams(req.query as Record<string, string>);
  query.delete('language');
  const text = query.toString();
  return text === '' ? '' : `&${text}`;
}
