import type { Request, Response } from 'express';
import { toldAttributes } from '../logic/current-answers.ts';
import { itemsOf } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import { isEmail } from '../model/read-item.ts';
import { tokenOfReceipt } from '../model/receipt-code.ts';
import type { Texts } from '../render/respondent-texts.ts';
import type { OpenPage } from '../services/fieldwork.ts';
import type { House } from './app.ts';
import { mayBeCorrected } from './done-view.ts';
import type { Doorway } from './doorway.ts';
import { field, formOf, queryOf } from './form.ts';
import { letFrame } from './frames.ts';
import { languageAsked } from './language-asked.ts';
import { noticePage } from './notice-view.ts';
import type { Respondents } from './respond.ts';
import { itemView, pageAddress, respondFrame, titleIn, wordsFor, wordsOf } from './respond-view.ts';

/** The name under which a response enters the draw, once. */
export const drawClaim = (responseId: string): string => `draw ${responseId}`;

/** What was sent anonymously is nobody's any more: it is not shown, corrected or taken back. */
const isLetGo = ({ isAnonymous, response }: OpenPage): boolean => isAnonymous && response.state !== 'started';

/** What respondents may do once their answers are sent: see, correct, download and withdraw them, and enter a draw. */
export function receiptDoor(
  door: Doorway,
  { verbatim }: House,
  {
    show,
    textsFor,
    tokenIn,
    before,
    pagesView,
    done,
  }: Respondents & {
    pagesView(open: OpenPage, texts: Texts, change: (page: number) => string): Promise<Record<string, unknown>[]>;
    done(req: Request, res: Response, token: string, drawError: string | null): Promise<void>;
  },
): void {
  const { fieldwork, store, files } = verbatim;

  const receiptPage = (language: string, code: string, isUnknown: boolean) => {
    const texts = textsFor(language);
    return {
      ...respondFrame(texts.text('receiptTitle'), texts),
      isError: isUnknown,
      error: isUnknown ? texts.text('codeUnknown') : null,
      code,
      words: wordsOf(texts, ['receiptTitle', 'enterCode', 'continue']),
    };
  };
  const languageOf = (req: Request): string => queryOf(req, 'language') || languageAsked(req, verbatim.texts);

  door.get('/receipt', 'anyone', (_visit, req, res) =>
    show(res, 'respond/receipt', receiptPage(languageOf(req), '', false)),
  );
  door.post('/receipt', 'anyone', ...before, async (_visit, req, res) => {
    const code = field(formOf(req), 'code').slice(0, 100);
    const token = tokenOfReceipt(code);
    const isKnown =
      token !== null &&
      (await fieldwork.open(token).then(
        (open) => !isLetGo(open),
        () => false,
      ));
    if (isKnown) return res.redirect(303, `/r/${token}/mine`);
    res.status(422);
    show(res, 'respond/receipt', receiptPage(languageOf(req), code, true));
  });

  async function mine(req: Request, res: Response, isAsking: boolean): Promise<void> {
    const token = tokenIn(req);
    const open = await fieldwork.open(token, queryOf(req, 'language') || null);
    const { response } = open;
    if (response.state === 'started') return res.redirect(303, `/r/${token}`);
    if (isLetGo(open)) return res.redirect(303, `/r/${token}/done`);
    const texts = textsFor(open.language);
    const { settings } = await store.surveys.standing(response.surveyId);
    // Whether the survey is still open has no say in it: whoever closes it may also end corrections in its settings.
    const mayCorrect = mayBeCorrected(response, settings);
    show(res, 'respond/mine', {
      ...respondFrame(titleIn(open.definition, open.language), texts),
      isWithdrawn: response.state === 'withdrawn',
      isAsking,
      isSaved: response.state !== 'withdrawn' && queryOf(req, 'saved') === String(open.nextRevision - 1),
      pages:
        response.state === 'withdrawn'
          ? []
          : await pagesView(open, texts, (page) =>
              mayCorrect ? pageAddress({ token, page, revision: open.nextRevision }) : '',
            ),
      hasNotice: response.consent?.notice !== undefined,
      standing: texts.text(mayCorrect ? 'mayChange' : 'mayNotChange'),
      words: wordsOf(texts, [
        'seeAnswers',
        'answersSaved',
        'notReached',
        'change',
        'downloadAnswers',
        'noticeTitle',
        'withdraw',
        'withdrawConfirm',
        'withdrawKeep',
        'withdrawnDoneTitle',
        'withdrawnDoneText',
      ]),
    });
  }
  /** The privacy notice that somebody was shown before they began, word for word, whatever it says today. */
  door.get('/r/:token/notice', 'respondent', async (_visit, req, res) => {
    const token = tokenIn(req);
    const { consent, studyId, surveyId, state } = (await fieldwork.open(token)).response;
    const shown = consent?.notice ? await verbatim.privacyNotices.shown(surveyId, consent.notice.hash) : null;
    if (!shown)
      throw new Problem('not-found', 'No privacy notice was shown with these answers', { words: 'pageNotFound' });
    letFrame(res, await store.offers.origins(studyId));
    const back = `/r/${token}${state === 'started' ? '' : '/mine'}`;
    show(res, 'respond/notice', noticePage(shown, textsFor(shown.language), { back, country: shown.country }));
  });
  door.get('/r/:token/mine', 'respondent', (_visit, req, res) => mine(req, res, false));
  door.get('/r/:token/withdraw', 'respondent', (_visit, req, res) => mine(req, res, true));
  door.post('/r/:token/withdraw', 'respondent', ...before, async (_visit, req, res) => {
    const token = tokenIn(req);
    const { response } = await fieldwork.open(token);
    await fieldwork.withdraw(token);
    await files.eraseOf(response.responseId);
    await store.responseDesk.forget([response.responseId]);
    res.redirect(303, `/r/${token}/mine`);
  });

  /** Every question met, with what was answered as it is stored and as a person reads it. */
  async function ownAnswers(open: OpenPage) {
    const { response, walk } = open;
    const word = wordsFor(open);
    const texts = textsFor(open.language);
    const names = new Map(
      (await store.fieldwork.filesOf(response.responseId)).map((file) => [file.publicId, file.name]),
    );
    return walk.screens.flatMap(({ questions }) =>
      questions.flatMap((question) =>
        itemsOf(question).map((item) => {
          const given = response.answers[item.address] ?? { state: 'not reached' as const };
          const { row, text } = itemView({ word }, item, response.answers, texts, (id) => names.get(id) ?? null);
          return {
            item: item.address,
            question: word(question.text),
            ...(row === '' ? {} : { row }),
            ...given,
            ...(given.state === 'answered' ? { answer: text } : {}),
          };
        }),
      ),
    );
  }

  door.get('/r/:token/mine.json', 'respondent', async (_visit, req, res) => {
    const open = await fieldwork.open(tokenIn(req), queryOf(req, 'language') || null);
    const { response, definition } = open;
    if (isLetGo(open)) return res.redirect(303, `/r/${tokenIn(req)}/done`);
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.setHeader('Content-Disposition', 'attachment; filename="my-answers.json"');
    res.type('application/json').send(
      JSON.stringify(
        {
          survey: titleIn(definition, open.language),
          version: open.version,
          state: response.state,
          startedAt: response.startedAt,
          completedAt: response.completedAt,
          consent: response.consent,
          // Attributes were given by whoever sent the link, and belong to the person as well.
          attributes: toldAttributes(response),
          // Withdrawn is said once, above; there is nothing left to say of any question.
          answers: response.state === 'withdrawn' ? [] : await ownAnswers(open),
        },
        null,
        2,
      ),
    );
  });

  door.post('/r/:token/draw', 'respondent', ...before, async (_visit, req, res) => {
    const token = tokenIn(req);
    const open = await fieldwork.open(token);
    const { response } = open;
    const { settings } = await store.surveys.standing(response.surveyId);
    // A test counts nowhere, in a draw least of all.
    if (!settings.prizeDraw || open.isAnonymous || response.state !== 'completed' || response.isTest)
      throw new Problem('not-found', 'There is no such page', { words: 'pageNotFound' });
    const contact = field(formOf(req), 'contact').trim();
    if (!isEmail(contact)) {
      res.status(422);
      return done(req, res, token, textsFor(open.language).text('emailError', { example: 'name@example.org' }));
    }
    const isNew = await store.fieldwork.enterDraw(
      response.surveyId,
      contact,
      drawClaim(response.responseId),
      response.responseId,
      verbatim.now().toISOString(),
    );
    res.redirect(303, `/r/${token}/done${isNew ? '' : '?draw=again'}`);
  });
}
