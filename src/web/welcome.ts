import type { Request, Response } from 'express';
import { Problem } from '../model/problem.ts';
import type { Texts } from '../render/respondent-texts.ts';
import type { Arrival } from '../services/entrance.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';
import { field, fieldList, formOf, queryOf } from './form.ts';
import { seeOther, supplierLink } from './leading-on.ts';
import { chosenNotice, countryCode, NOTICE_PARAMETER, noticePage, noticeView } from './notice-view.ts';
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
  const { fieldwork, privacyNotices, store } = verbatim;

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
    const published = await privacyNotices.published(survey, language);
    const country = queryOf(req, NOTICE_PARAMETER);
    const page = (refusal: Refusal | null) =>
      welcomePage(survey.definition, language, texts, {
        refusal,
        unticked: null,
        isTest,
        query: rest(req),
        notice: noticeView(published, country, texts, {
          at: req.path,
          language,
          query: rest(req),
          isMissingAge: false,
        }),
        isAnonymous: survey.isAnonymous,
      });
    if (opening !== 'open' || !admission.isAdmitted) {
      res.status(opening !== 'open' ? 410 : 403);
      return show(res, 'respond/welcome', page(await refusalFor(slug, arrival, texts)));
    }
    // With nothing but a language and a country in the address, the page is the same for everybody.
    const others = Object.keys(arrival.query ?? {}).filter((name) => name !== 'language' && name !== NOTICE_PARAMETER);
    const known = published.length > 1 && chosenNotice(published, country) ? country : '';
    if (link !== null || others.length > 0 || country !== known) return show(res, 'respond/welcome', page(null));
    res.setHeader('Referrer-Policy', 'no-referrer');
    cache.send(req, res, welcomeKey(survey, language, known), () =>
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
        notice: field(form, 'notice') || null,
        noticeCountry: queryOf(req, NOTICE_PARAMETER) || null,
        isOfAge: field(form, 'ofAge') === 'yes',
      });
      if (outcome.started) return seeOther(res, pageAddress(outcome.next));
      const { survey, missing } = outcome;
      const language = fieldwork.languageOf(survey.definition, field(form, 'language'));
      const texts = textsFor(language);
      const published = await privacyNotices.published(survey, language);
      const seen = published.find(({ hash }) => hash === field(form, 'notice'));
      await frame(res, survey.studyId);
      res.status(422);
      show(
        res,
        'respond/welcome',
        welcomePage(survey.definition, language, texts, {
          refusal: null,
          unticked: missing,
          ticked: fieldList(form, 'consent'),
          isOfAge: field(form, 'ofAge') === 'yes',
          isAnonymous: survey.isAnonymous,
          isTest: false,
          query: rest(req),
          notice: noticeView(published, seen ? countryCode(seen) : queryOf(req, NOTICE_PARAMETER), texts, {
            at: req.path,
            language,
            query: rest(req),
            isMissingAge: missing.age,
          }),
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
        unticked: null,
        isTest: false,
        query: '',
        notice: null,
      }),
    );
  }

  /** The whole of the privacy notice, on a page of its own that leads back to where it was opened. */
  async function notice(req: Request, res: Response): Promise<void> {
    const { survey } = await fieldwork.welcome(String(req.params['slug']), { invitation: null });
    const asked = wanted(req) ?? (req.acceptsLanguages(survey.definition.languages) || null);
    const language = fieldwork.languageOf(survey.definition, asked);
    const published = await privacyNotices.published(survey, language);
    const back = `${req.path.replace(/\/notice$/, '')}?language=${language}${rest(req)}`;
    const chosen = chosenNotice(published, queryOf(req, NOTICE_PARAMETER));
    if (chosen === null && published.length > 0) return seeOther(res, back);
    if (chosen === null)
      throw new Problem('not-found', 'This survey has no privacy notice', {
        detail: 'Ask whoever sent it to you',
        words: 'pageNotFound',
      });
    await frame(res, survey.studyId);
    show(res, 'respond/notice', noticePage(chosen, textsFor(language), { back, country: chosen.country }));
  }

  door.get('/s/:slug/notice', 'anyone', (_visit, req, res) => notice(req, res));
  door.get('/s/:slug/for/:invitation/notice', 'respondent', (_visit, req, res) => notice(req, res));
  door.get('/s/:slug/once/:single/notice', 'respondent', (_visit, req, res) => notice(req, res));
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
