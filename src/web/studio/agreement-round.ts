import type { Request, Response } from 'express';
import { methodShows, NOT_SHOWN } from '../../coding/method.ts';
import type { RoundAgreement } from '../../coding/round-agreement.ts';
import type { TakenRound } from '../../coding/round-marks.ts';
import { Problem } from '../../model/problem.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { showDate } from '../../render/helpers.ts';
import type { DecisionForm } from '../../services/adjudication.ts';
import type { CodingRound } from '../../store/coding-rounds.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { chosenItems, itemView } from './agreement-items.ts';
import { agreementCrumbs, many, roundAddress, roundOf, UNITS } from './agreement-place.ts';
import { numbersView } from './agreement-view.ts';
import { answerRefused, head, isForForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { respondentName } from './quote-view.ts';

const ITEMS_AT_ONCE = 20;
const ANSWERS_AT_ONCE = 5;
const NONE = 'none';

/** One round: while it is coded who is how far, and afterwards where they differ, what is decided, and the numbers. */
export function roundDoor(door: Doorway, house: House): void {
  const { store, agreement, adjudication, roundAnswers } = house.verbatim;
  const ONE = '/studio/:study/agreement/:round';

  async function interviewsOf(study: EnteredStudy, round: CodingRound) {
    const ids = new Set((await store.codingRounds.texts(round.id)).map(({ subjectId }) => subjectId));
    return (await store.notes.interviews(study.id)).filter(({ publicId }) => ids.has(publicId));
  }

  const drawnWords = ({ drawn, kind }: CodingRound): string =>
    drawn === null
      ? ''
      : ` Drawn at random out of ${many(drawn.of, kind === 'answers' ? 'answer' : 'interview')}, seed ${drawn.seed}.`;

  async function showCoding(visit: StudyVisit, res: Response, round: CodingRound): Promise<void> {
    const { study, user } = visit;
    const at = roundAddress(study, round);
    const states = await agreement.statesOf(round);
    const own = states.find(({ userId }) => userId === user.id) ?? null;
    const texts = await store.codingRounds.texts(round.id);
    const codes = await agreement.codesOf(round);
    const interviews = round.kind === 'interviews' ? await interviewsOf(study, round) : [];
    const said = { none: 'not begun', coding: 'coding', done: 'done' };
    await showPage(house, visit, res, 'codebook', 'studio/agreement-round', {
      head: head(
        agreementCrumbs(study),
        round.name,
        `${many(texts.length, round.kind === 'answers' ? 'answer' : 'turn')}${interviews.length > 0 ? ` of ${many(interviews.length, 'interview')}` : ''}, ${many(codes.length, 'code')}, minimum alpha ${round.minimum}. ${UNITS[round.unit].says}${drawnWords(round)}`,
      ),
      at,
      isBlind: round.isBlind,
      own: own && {
        isDone: own.state === 'done',
        made: own.codings,
        read:
          round.kind === 'answers'
            ? `${own.read.toLocaleString('en-GB')} of ${many(texts.length, 'answer')} coded`
            : '',
        answers: round.kind === 'answers' ? `${at}/code` : null,
        interviews: interviews.map(({ publicId, title }) => ({
          label: title,
          href: `${studyAddress(study)}/interviews/${publicId}/code`,
        })),
      },
      coders: states.map(({ name, state }) => ({ name, state: said[state], isDone: state === 'done' })),
      codes: codes.map(({ name, publicId }) => ({ name, href: `${studyAddress(study)}/codebook/${publicId}` })),
      mayClose: states.filter(({ state }) => state !== 'none').length >= 2,
    });
  }

  type Asked = { code: string; isAll: boolean; page: number };
  const askedOf = (req: Request): Asked => ({
    code: queryOf(req, 'code'),
    isAll: queryOf(req, 'show') === 'all',
    page: Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1),
  });
  const pageAddress = (at: string, { code, isAll }: Asked, page: number): string => {
    const query = new URLSearchParams({
      ...(code ? { code } : {}),
      ...(isAll ? { show: 'all' } : {}),
      ...(page > 1 ? { page: String(page) } : {}),
    }).toString();
    return query === '' ? at : `${at}?${query}`;
  };

  async function showResults(
    visit: StudyVisit,
    res: Response,
    round: CodingRound,
    { taken, measured }: { taken: TakenRound; measured: RoundAgreement },
    asked: Asked,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const at = roundAddress(study, round);
    const items = await adjudication.decidedItems(round, taken);
    const progress = adjudication.progressOf(items, taken);
    const chosen = chosenItems(items, taken, asked);
    const pages = Math.max(1, Math.ceil(chosen.length / ITEMS_AT_ONCE));
    const page = Math.min(pages, asked.page);
    const shown = chosen.slice((page - 1) * ITEMS_AT_ONCE, page * ITEMS_AT_ONCE);
    const words = await adjudication.words(study, [...new Set(shown.map(({ text }) => taken.texts[text]!.sourceId))]);
    const numbers = await store.orderNumbers.ofResponses(
      study.id,
      shown.map(({ text }) => taken.texts[text]!.subjectId),
    );
    const titles = new Map((await store.notes.interviews(study.id)).map(({ publicId, title }) => [publicId, title]));
    const codes = (await store.codingDesk.codes(study.id))
      .filter(({ isCodable }) => isCodable === 1)
      .map(({ publicId, name }) => ({ publicId, label: name }));
    const undo = await adjudication.undoable(study, { userId: visit.user.id });
    const shows = methodShows(study.method);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/agreement-results', {
      head: head(
        agreementCrumbs(study),
        round.name,
        `Coded by ${taken.coders.map(({ name }) => name).join(', ')}; opened on ${showDate(round.openedAt ?? '')}.${drawnWords(round)}`,
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, []) : null,
      at,
      action: pageAddress(at, asked, page),
      facts: [
        {
          label: 'Disagreements',
          value: progress.disagreements.toLocaleString('en-GB'),
          note: `on ${many(measured.texts, 'text')}`,
        },
        { label: 'Decided', value: progress.decided.toLocaleString('en-GB'), note: null },
        {
          label: 'Agreed on',
          value: progress.alike.toLocaleString('en-GB'),
          note: progress.takenOver === progress.alike ? 'taken over' : 'not taken over yet',
        },
      ],
      settled: progress.isSettled
        ? {
            kind: 'good',
            title: 'Settled',
            text: 'Consensus codings count from now on, in all that is shown of this study; those of the coders are kept as they were. The numbers below are those before anything was decided.',
            links: [],
          }
        : null,
      takeOver: progress.takenOver < progress.alike ? many(progress.alike - progress.takenOver, 'passage') : null,
      undo: undo && { label: undo.label },
      filter: {
        codes: [
          { value: '', label: 'Every code', isChosen: asked.code === '' },
          ...taken.codes.map(({ publicId, name }) => ({
            value: publicId,
            label: name,
            isChosen: asked.code === publicId,
          })),
        ],
        isAll: asked.isAll,
      },
      hasDisagreements: progress.disagreements > 0,
      nothing: asked.isAll || asked.code !== '' ? 'Nothing here with this filter.' : 'All of it is decided.',
      left: many(chosen.length, 'disagreement'),
      items: shown.map((item, index) => {
        const text = taken.texts[item.text]!;
        const found = words.get(text.sourceId) ?? null;
        const isAnswer = round.kind === 'answers';
        const position = found?.source.position ?? 0;
        return itemView(
          item,
          taken,
          {
            source: found?.source ?? null,
            masks: found?.masks ?? [],
            where: isAnswer
              ? respondentName(numbers.get(text.subjectId))
              : `${titles.get(text.subjectId) ?? 'An interview'}, turn ${position}`,
            href: isAnswer
              ? `${studyAddress(study)}/responses/${text.subjectId}`
              : `${studyAddress(study)}/interviews/${text.subjectId}/code#turn-${position}`,
          },
          codes,
          index + 1,
        );
      }),
      pages:
        pages === 1
          ? null
          : {
              text: `Page ${page} of ${pages}`,
              before: page > 1 ? pageAddress(at, asked, page - 1) : null,
              after: page < pages ? pageAddress(at, asked, page + 1) : null,
            },
      numbers: shows.coefficients ? numbersView(taken, measured) : null,
      notShown: shows.coefficients ? null : NOT_SHOWN,
    });
  }

  door.get(ONE, 'researcher', async (visit, req, res) => {
    const round = await roundOf(house, visit.study, req);
    const results = await agreement.results(round);
    if (results) return showResults(visit, res, round, results, askedOf(req));
    await showCoding(visit, res, round);
  });

  const act = (path: string, make: (visit: StudyVisit, round: CodingRound) => Promise<unknown>) =>
    door.post(`${ONE}/${path}`, 'researcher', async (visit, req, res) => {
      const round = await roundOf(house, visit.study, req);
      await make(visit, round);
      res.redirect(303, roundAddress(visit.study, round));
    });
  act('done', ({ user }, round) => agreement.done(round, user.id));
  act('not-done', ({ user }, round) => agreement.notDone(round, user.id));
  act('close', (_visit, round) => agreement.close(round));
  act('take-over', ({ study, user }, round) => adjudication.takeOver(study, round, { userId: user.id }));
  act('undo', ({ study, user }) => adjudication.undo(study, { userId: user.id }));

  door.post(ONE, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const round = await roundOf(house, study, req);
    const form = formOf(req);
    const asked = askedOf(req);
    try {
      await adjudication.decide(study, round, await decisionOf(round, form), { userId: visit.user.id });
      res.redirect(303, `${pageAddress(roundAddress(study, round), asked, asked.page)}#disagreements`);
    } catch (error) {
      const results = isForForm(error) ? await agreement.results(round) : null;
      if (!isForForm(error) || !results) throw error;
      await showResults(visit, res, round, results, asked, error);
    }
  });

  async function decisionOf(round: CodingRound, form: ReturnType<typeof formOf>): Promise<DecisionForm> {
    const choice = field(form, 'choice');
    const place = /^coder-(\d+)$/.exec(choice)?.[1];
    const coders = await store.codingRounds.coders(round.id);
    return {
      sourceId: field(form, 'source'),
      code: field(form, 'code'),
      choice: place === undefined ? (choice as DecisionForm['choice']) : 'coder',
      coder: place === undefined ? null : (coders[Number(place)]?.userId ?? null),
      words: field(form, 'words'),
      otherCode: field(form, 'otherCode'),
    };
  }

  async function showAnswers(
    visit: StudyVisit,
    res: Response,
    round: CodingRound,
    isAgain: boolean,
    wrong: readonly number[] = [],
  ): Promise<void> {
    const { study, user } = visit;
    const at = roundAddress(study, round);
    const found = await roundAnswers.answersFor(round, user.id, { most: isAgain ? 20 : ANSWERS_AT_ONCE, isAgain });
    if (found.answers.length === 0) return res.redirect(303, at);
    const codes = await agreement.codesOf(round);
    const words = await adjudication.words(
      study,
      found.answers.map(({ source }) => source.publicId),
    );
    if (wrong.length > 0) res.status(422);
    await showPage(house, visit, res, 'codebook', 'studio/theme-check-code', {
      head: head(
        [...agreementCrumbs(study), { label: round.name, href: at }],
        isAgain ? 'What you coded' : 'Code answers',
        round.isBlind
          ? 'Nobody’s codes but yours are shown here, and yours are shown to nobody until all are done.'
          : null,
      ),
      action: `${at}/code`,
      progress: isAgain
        ? null
        : {
            label: 'Answers you have coded',
            percent: Math.round((100 * found.read) / Math.max(1, found.total)),
            step: `${found.read.toLocaleString('en-GB')} of ${found.total.toLocaleString('en-GB')}`,
          },
      isError: wrong.length > 0,
      summary:
        wrong.length === 0
          ? null
          : {
              title: 'Some answers are said to bear a code and none',
              errors: wrong.map((position) => ({
                href: `#said-${position}`,
                text: `Answer ${position}: take away the tick at “None of these”, or the others`,
              })),
            },
      said: 'Answer',
      answers: found.answers.map(({ position, source, codes: own }) => {
        const there = words.get(source.publicId);
        return {
          position,
          text: there ? maskText(there.source.text, there.masks) : '',
          isWrong: wrong.includes(position),
          choices: [
            ...codes.map(({ publicId, name }) => ({
              value: publicId,
              label: name,
              hint: null,
              isChosen: own.has(publicId),
            })),
            { value: NONE, label: 'None of these', hint: null, isChosen: isAgain && own.size === 0 },
          ],
        };
      }),
      isAgain,
      pages: null,
      pause: at,
      coded: !isAgain && found.read > 0 ? `${at}/code?again=1` : null,
    });
  }

  door.get(`${ONE}/code`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(house, visit.study, req);
    if (round.kind !== 'answers') throw new Problem('not-found', 'This round is coded in its interviews');
    await showAnswers(visit, res, round, queryOf(req, 'again') === '1');
  });

  door.post(`${ONE}/code`, 'researcher', async (visit, req, res) => {
    const { study, user } = visit;
    const round = await roundOf(house, study, req);
    const form = formOf(req);
    const isAgain = field(form, 'again') === '1';
    const texts = await store.codingRounds.texts(round.id);
    const said = texts.flatMap(({ sourceId }, index) => {
      const chosen = fieldList(form, `said-${index + 1}`);
      return chosen.length === 0 ? [] : [{ position: index + 1, sourceId, chosen }];
    });
    const wrong = said
      .filter(({ chosen }) => chosen.includes(NONE) && chosen.length > 1)
      .map(({ position }) => position);
    const right = said.filter(({ position }) => !wrong.includes(position));
    await roundAnswers.codeAnswers(
      study,
      round,
      user.id,
      right.map(({ sourceId, chosen }) => ({ sourceId, codes: chosen.filter((one) => one !== NONE) })),
    );
    if (wrong.length > 0) return showAnswers(visit, res, round, isAgain, wrong);
    res.redirect(303, isAgain ? roundAddress(study, round) : `${roundAddress(study, round)}/code`);
  });
}
