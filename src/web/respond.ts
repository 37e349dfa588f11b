import compression from 'compression';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { compileSurvey } from '../logic/compile-survey.ts';
import type { Form } from '../model/answers.ts';
import { itemsOf } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import type { Outcome } from '../model/survey.ts';
import type { Texts } from '../render/respondent-texts.ts';
import type { Address, AnswerOutcome, OpenPage } from '../services/fieldwork.ts';
import type { House } from './app.ts';
import { bookingDoor } from './booking.ts';
import { donePage } from './done-view.ts';
import type { Doorway } from './doorway.ts';
import { formOf, queryOf, readForm } from './form.ts';
import { letFrame } from './frames.ts';
import { seeOther, supplierLink } from './leading-on.ts';
import type { PageCache } from './page-cache.ts';
import { pageFiles } from './page-files.ts';
import { drawClaim, receiptDoor } from './receipt.ts';
import {
  answerFields,
  answersView,
  pageAddress,
  questionPage,
  respondFrame,
  titleIn,
  wordsFor,
  wordsOf,
} from './respond-view.ts';
import { confineFile, type MinuteCounter, respondentRate } from './security.ts';
import { welcomeDoor } from './welcome.ts';

const PageAddress = z.object({
  token: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  page: z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .transform(Number),
  revision: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
});
const CheckAddress = PageAddress.omit({ page: true });
const TokenAddress = PageAddress.pick({ token: true });

/** What respondents' pages share: how a page is sent, which words it uses, what stands in its address. */
export type Respondents = {
  show(res: Response, view: string, data: Record<string, unknown>): void;
  textsFor(language: string): Texts;
  tokenIn(req: Request): string;
  /** The language that the address asks for; null where it says nothing. */
  wanted(req: Request): string | null;
  origin(req: Request): string;
  cache: PageCache;
  /** Lets the sites of a study hold its pages in a frame. */
  frame(res: Response, studyId: number): Promise<void>;
  /** What a post of this door passes first: a limit for its network, then the reading of its form. */
  before: RequestHandler[];
};

/** The respondents' door: a page, a form, a redirect; no cookie and no script needed. */
export function respondDoor(
  door: Doorway,
  house: House,
  { posts, cache }: { posts: MinuteCounter; cache: PageCache },
): void {
  const { verbatim, renderer, publicUrl } = house;
  const { distribution, fieldwork, files, store, texts: allTexts } = verbatim;
  const compress = compression();
  // Every post is counted before it is read, and its body is read here, since this door stands before the others.
  const rate = respondentRate(verbatim.limits?.respondentPostsPerMinute ?? 0, posts);
  const readPost = readForm(verbatim.limits?.formBytes);
  const uploads = pageFiles(verbatim);

  const read = <T>(shape: z.ZodType<T>, req: Request): T => {
    const parsed = shape.safeParse(req.params);
    if (!parsed.success)
      throw new Problem('not-found', 'There is no such page', {
        detail: 'Check the address: a letter may be missing at its end',
        words: 'pageNotFound',
      });
    return parsed.data;
  };
  const respondents: Respondents = {
    cache,
    frame: async (res, studyId) => letFrame(res, await store.offers.origins(studyId)),
    before: [rate, ...readPost],
    textsFor: (language) => allTexts.in(language),
    tokenIn: (req) => read(TokenAddress, req).token,
    wanted: (req) => queryOf(req, 'language') || null,
    origin: (req) => publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`,
    show: (res, view, data) => {
      res.setHeader('Referrer-Policy', 'no-referrer');
      const page = renderer.render(view, data, { layout: 'respond' });
      compress(res.req, res, () => res.type('html').send(page));
    },
  };
  const { frame, show, textsFor, wanted } = respondents;

  welcomeDoor(door, house, respondents);

  door.get('/media/:file', 'anyone', async (_visit, req, res) => {
    const found = await files.read(String(req.params['file']));
    // What respondents sent is never shown here: only what researchers laid in for a survey to show.
    if (!found || found.file.responseId !== null) throw new Problem('not-found', 'There is no such image');
    confineFile(res);
    res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    res.type(found.file.mediaType).send(found.bytes);
  });

  door.get('/r/:token', 'respondent', async (_visit, req, res) => {
    const { token } = read(TokenAddress, req);
    const open = await fieldwork.open(token);
    await fieldwork.refuseExpired(open);
    seeOther(res, pageAddress(fieldwork.resumeAt(open, token)));
  });

  /** Where a shared device starts again; empty for a survey that each answers on a device of their own. */
  async function startAgain({ response }: OpenPage): Promise<string> {
    if (response.state !== 'started') return '';
    const { slug, settings } = await store.surveys.standing(response.surveyId);
    return settings.isKiosk ? `/s/${slug}` : '';
  }

  door.get('/r/:token/later', 'respondent', async (_visit, req, res) => {
    const { token } = read(TokenAddress, req);
    const open = await fieldwork.open(token, wanted(req));
    const { settings } = await store.surveys.standing(open.response.surveyId);
    await frame(res, open.response.studyId);
    const texts = textsFor(open.language);
    const until =
      settings.resumeDays === undefined
        ? null
        : new Date(Date.parse(open.response.startedAt) + settings.resumeDays * 86_400_000).toISOString();
    show(res, 'respond/later', {
      ...respondFrame(titleIn(open.definition, open.language), texts),
      address: `${respondents.origin(req)}/r/${token}`,
      expires: until === null ? '' : texts.text('resumeExpires', { date: texts.date(until) }),
      back: `/r/${token}`,
      words: wordsOf(texts, [
        'finishLaterTitle',
        'finishLaterText',
        'addressLabel',
        'copyAddress',
        'addressCopied',
        'continue',
      ]),
    });
  });

  door.get('/r/:token/done', 'respondent', async (_visit, req, res) => {
    const { token } = read(TokenAddress, req);
    await done(req, res, token, null);
  });

  async function done(req: Request, res: Response, token: string, drawError: string | null): Promise<void> {
    const open = await fieldwork.open(token, wanted(req));
    const { response } = open;
    if (response.state === 'started') return seeOther(res, `/r/${token}`);
    if (response.state === 'withdrawn') return seeOther(res, `/r/${token}/mine`);
    const { slug, settings } = await store.surveys.standing(response.surveyId);
    await frame(res, response.studyId);
    const texts = textsFor(open.language);
    show(
      res,
      'respond/done',
      donePage(open, texts, {
        token,
        slug,
        settings,
        draw:
          settings.prizeDraw && !open.isAnonymous
            ? {
                isEntered: await store.fieldwork.isInDraw(drawClaim(response.responseId)),
                isAgain: queryOf(req, 'draw') === 'again',
                error: drawError,
              }
            : null,
        receiptAddress: `${respondents.origin(req)}/receipt`,
        optOut: await optOutFor(open),
        notice: response.consent?.notice ? `/r/${token}/notice` : '',
        supplierLink: await supplierLinkFor(open),
        interview: open.isAnonymous ? null : await verbatim.recruitingBooking.leadsTo(open),
      }),
    );
  }

  /** The way out of further letters, for somebody who was invited by name. */
  async function optOutFor({ response }: OpenPage): Promise<string> {
    if (response.participationId === null) return '';
    const personId = await store.people.personOf(response.participationId);
    const person = personId === null ? null : await store.contacts.personById(personId);
    return person ? `/opt-out/${distribution.optOutToken(person.publicId)}` : '';
  }

  /** Where the supplier who sent somebody wants them back, by how it ended. */
  async function supplierLinkFor({ response }: OpenPage): Promise<string | null> {
    const { supplier: publicId, supplierId } = response.asked;
    if (publicId === undefined || supplierId === undefined) return null;
    const supplier = await store.fieldwork.findSupplier(response.surveyId, publicId);
    if (!supplier) return null;
    const outcome: Outcome = response.state === 'completed' ? 'complete' : (response.state as Outcome);
    const links = {
      complete: supplier.completeLink,
      'screened-out': supplier.screenedOutLink,
      'quota-full': supplier.quotaFullLink,
    };
    return supplierLink(links[outcome], supplierId);
  }

  door.get('/r/:token/check/:revision', 'respondent', async (_visit, req, res) => {
    const { token, revision } = read(CheckAddress, req);
    const open = await fieldwork.open(token, wanted(req));
    const { definition, response, walk, nextRevision } = open;
    if (response.state !== 'started') return seeOther(res, `/r/${token}/done`);
    await fieldwork.refuseExpired(open);
    const last = walk.screens.at(-1);
    if (revision !== nextRevision || !last)
      return seeOther(res, pageAddress({ token, page: 'check', revision: nextRevision }));
    await frame(res, response.studyId);
    const texts = textsFor(open.language);
    show(res, 'respond/check', {
      ...respondFrame(titleIn(definition, open.language), texts),
      back: pageAddress({ token, page: last.screen.number, revision }),
      pages: await pagesView(open, texts, (page) => pageAddress({ token, page, revision })),
      words: wordsOf(texts, ['back', 'checkWhere', 'checkTitle', 'notReached', 'change', 'submit']),
    });
  });

  async function pagesView(open: OpenPage, texts: Texts, change: (page: number) => string) {
    const { walk, response } = open;
    const word = wordsFor(open);
    const names = await fileNames(open);
    return walk.screens
      .map(({ screen, questions }, index) => {
        const title = screen.page.title ? word(screen.page.title) : texts.text('page', { page: index + 1 });
        const asked = questions.filter(({ kind }) => kind !== 'statement');
        return {
          title,
          isReached: asked.some((question) =>
            itemsOf(question).some(({ address }) => response.answers[address] !== undefined),
          ),
          change: change(screen.number),
          changeLabel: texts.text('changePage', { title }),
          questions: answersView({ ...open, word }, questions, response.answers, texts, (id) => names.get(id) ?? null),
          isEmpty: asked.length === 0,
        };
      })
      .filter(({ isEmpty }) => !isEmpty);
  }

  async function fileNames({ definition, response }: OpenPage): Promise<Map<string, string>> {
    const hasFiles = compileSurvey(definition).items.some((item) => item.holds === 'file');
    return hasFiles
      ? new Map((await store.fieldwork.filesOf(response.responseId)).map((file) => [file.publicId, file.name]))
      : new Map();
  }

  door.post('/r/:token/check/:revision', 'respondent', rate, ...readPost, async (_visit, req, res) => {
    const { token, revision } = read(CheckAddress, req);
    await fieldwork.complete(token, revision, wanted(req));
    seeOther(res, `/r/${token}/done`);
  });

  bookingDoor(door, house, respondents);
  receiptDoor(door, house, { ...respondents, pagesView, done });

  door.get('/r/:token/:page/:revision', 'respondent', async (_visit, req, res) => {
    const address = read(PageAddress, req);
    const open = await fieldwork.open(address.token, wanted(req));
    const { response } = open;
    const isCorrecting =
      response.state === 'completed' &&
      !open.isAnonymous &&
      (await store.surveys.standing(response.surveyId)).settings.mayCorrect !== false;
    if (response.state !== 'started' && !isCorrecting) return seeOther(res, `/r/${address.token}/done`);
    await fieldwork.refuseExpired(open);
    const again = await startAgain(open);
    const shown = fieldwork.shownOn(open, address.page);
    if (!shown) return seeOther(res, `/r/${address.token}`);
    if (address.revision !== open.nextRevision)
      return seeOther(res, pageAddress({ ...address, revision: open.nextRevision }));
    await frame(res, response.studyId);
    const names = await fileNames(open);
    const page = () => questionPage(open, shown, textsFor(open.language), null, (id) => names.get(id) ?? null, again);
    const isBlank =
      compileSurvey(open.definition).isStraight &&
      !isCorrecting &&
      !response.isTest &&
      Object.keys(response.prefill).length === 0 &&
      shown.questions.every((question) =>
        itemsOf(question).every(({ address: item }) => response.answers[item] === undefined),
      );
    if (!isBlank) return show(res, 'respond/page', page());
    res.setHeader('Referrer-Policy', 'no-referrer');
    cache.send(req, res, `page ${open.versionId} ${open.language} ${address.page} ${address.revision} ${again}`, () =>
      renderer.render('respond/page', page(), { layout: 'respond' }),
    );
  });

  door.post('/r/:token/:page/:revision', 'respondent', rate, ...readPost, uploads.read, async (_visit, req, res) => {
    const address = read(PageAddress, req);
    const form = formOf(req);
    const faults = await uploads.take(req, address.token, address.page, form);
    const outcome = await fieldwork.answer(address, form, { language: wanted(req), faults });
    if (outcome.outcome === 'conflict') verbatim.logs.counts.refused += 1;
    if (uploads.isUpload(req) && outcome.outcome === 'saved') {
      const { response } = await fieldwork.open(address.token);
      await uploads.tidy(response.responseId, response.answers);
    }
    await answered(res, address, outcome, form);
  });

  async function answered(
    res: Response,
    address: Address & { page: number },
    outcome: AnswerOutcome,
    form: Form,
  ): Promise<void> {
    if (outcome.outcome === 'saved') return seeOther(res, pageAddress(outcome.next));
    const { open } = outcome;
    await frame(res, open.response.studyId);
    const texts = textsFor(open.language);
    const names = await fileNames(open);
    const fileName = (id: string) => names.get(id) ?? null;
    if (outcome.outcome === 'invalid') {
      res.status(422);
      return show(
        res,
        'respond/page',
        questionPage(open, outcome.shown, texts, { form, errors: outcome.errors }, fileName, await startAgain(open)),
      );
    }
    const { questions, kept, sent } = outcome;
    const next = { ...address, revision: open.nextRevision };
    const shared = { ...open, word: wordsFor(open) };
    res.status(409);
    show(res, 'respond/conflict', {
      ...respondFrame(titleIn(open.definition, open.language), texts),
      isError: true,
      keep: pageAddress(next),
      action: pageAddress(next),
      kept: answersView(shared, questions, kept, texts, fileName),
      sent: answersView(shared, questions, sent, texts, fileName),
      fields: answerFields(sent, questions),
      isSent: open.response.state !== 'started',
      words: wordsOf(texts, [
        'conflictTitle',
        'conflictSent',
        'conflictKept',
        'conflictSaved',
        'conflictNow',
        'conflictUse',
        'conflictKeep',
      ]),
    });
  }
}
