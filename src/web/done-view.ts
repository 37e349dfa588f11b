import { answerWords, pipeText } from '../logic/pipe.ts';
import { surveyItems } from '../model/items.ts';
import { receiptCode } from '../model/receipt-code.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { SurveySettings } from '../model/survey-settings.ts';
import type { Texts } from '../render/respondent-texts.ts';
import { scoreScales } from '../scales/score.ts';
import type { OpenPage } from '../services/fieldwork.ts';
import { countdownIn, respondFrame, titleIn, wordsFor, wordsOf } from './respond-view.ts';

/** The last page: thanks, what follows, one's own result where the survey gives one, and the receipt. */
export function donePage(
  open: OpenPage,
  texts: Texts,
  about: {
    token: string;
    slug: string;
    settings: SurveySettings;
    draw: { isEntered: boolean; isAgain: boolean; error: string | null } | null;
    /** Where a receipt's code is entered. */
    receiptAddress: string;
    optOut: string;
    /** Where the privacy notice that was shown is read again; empty where there was none. */
    notice: string;
    supplierLink: string | null;
    /** Whether this was the screener of interviews, and whether it led to one. */
    interview: object | 'none' | null;
  },
) {
  const { definition, response, language } = open;
  const word = wordsFor(open);
  const end = definition.ends?.find((one) => one.code === response.endCode);
  const { state } = response;
  const isComplete = state === 'completed';
  const fallback = {
    title: texts.text(
      state === 'screened-out' ? 'screenedOutTitle' : state === 'quota-full' ? 'quotaFullTitle' : 'thankYou',
    ),
    text: texts.text(
      state === 'screened-out' ? 'screenedOutText' : state === 'quota-full' ? 'quotaFullText' : 'answersSaved',
    ),
  };
  const href = about.supplierLink ?? (end?.link ? linkWithAnswers(end.link, open) : null);
  return {
    ...respondFrame(titleIn(definition, language), texts),
    heading: end?.title ? word(end.title) : fallback.title,
    text: end?.text ? word(end.text) : isComplete && definition.end ? word(definition.end) : fallback.text,
    link: href === null ? null : { href, label: texts.text('redirectContinue', { host: new URL(href).host }) },
    result: isComplete && !open.isAnonymous ? ownResult(open, texts) : null,
    anonymous: open.isAnonymous ? texts.text('anonymousDone') : '',
    receipt: open.isAnonymous
      ? null
      : {
          code: receiptCode(about.token),
          mine: `/r/${about.token}/mine`,
          address: about.receiptAddress,
          text: texts.text(mayBeCorrected(response, about.settings) ? 'receiptText' : 'receiptTextFixed'),
        },
    draw:
      isComplete && about.settings.prizeDraw && about.draw
        ? { action: `/r/${about.token}/draw`, ...about.draw, text: word(about.settings.prizeDraw.text) }
        : null,
    interview: about.interview === null ? null : { action: about.interview === 'none' ? '' : `/r/${about.token}/book` },
    optOut: about.optOut,
    notice: about.notice,
    isTest: response.isTest,
    again: about.settings.isKiosk ? `/s/${about.slug}` : '',
    countdown: about.settings.isKiosk ? countdownIn(texts) : '',
    words: wordsOf(texts, [
      'yourResult',
      'resultCare',
      'notEnoughAnswers',
      'receiptTitle',
      'receiptWhere',
      'receiptCode',
      'copyCode',
      'codeCopied',
      'seeAnswers',
      'prizeDrawTitle',
      'prizeDrawText',
      'prizeDrawContact',
      'prizeDrawEnter',
      'prizeDrawEntered',
      'prizeDrawAgain',
      'bookOffer',
      'bookOfferText',
      'bookNotMeant',
      'startAgain',
      'stayHere',
      'closePage',
      'optOutConfirm',
      'noticeTitle',
      'testRun',
    ]),
  };
}

/** Whether what was sent may still be changed with the receipt: as long as the survey's settings say so, open or closed. */
export const mayBeCorrected = ({ state }: OpenPage['response'], { mayCorrect }: SurveySettings): boolean =>
  state === 'completed' && mayCorrect !== false;

/** Answers go into an address as one part of it each, so that none of them can change where it leads. */
function linkWithAnswers(link: string, { definition, walk, language }: OpenPage): string | null {
  const show = answerWords(definition, walk.live, walk.facts, language);
  const raw = (name: string): string | null => {
    const answer = walk.live.get(name);
    const value = answer?.state === 'answered' ? [answer.value].flat().join(',') : show(name);
    return value === null ? null : encodeURIComponent(value);
  };
  const filled = pipeText(link, (name) => raw(name) ?? '');
  if (!URL.canParse(filled)) return null;
  const before = URL.canParse(link) ? new URL(link) : null;
  const after = new URL(filled);
  return after.protocol === 'https:' && before?.host === after.host ? after.href : null;
}

function ownResult({ definition, response, language }: OpenPage, texts: Texts) {
  const wanted = definition.result;
  const instrument = definition.instruments?.find((one) => one.code === wanted?.instrument);
  if (!wanted || !instrument) return null;
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const ranges: Record<string, { min: number; max: number }> = {};
  const answers: Record<string, number | null> = {};
  for (const { address, steps } of surveyItems(definition)) {
    if (!steps) continue;
    ranges[address] = { min: steps.min, max: steps.max };
    const answer = response.answers[address];
    answers[address] = answer?.state === 'answered' && typeof answer.value === 'number' ? answer.value : null;
  }
  // Shown as answered, on the steps that were offered; centring is for comparing people, not for oneself.
  const { scores } = scoreScales({ ...instrument, centring: 'none' }, ranges, answers);
  return {
    text: wanted.text ? word(wanted.text) : '',
    scales: instrument.scales.map((scale) => {
      const steps = scale.items.map((key) => ranges[key.replace(/^-/, '')]).filter((one) => one !== undefined);
      const min = Math.min(...steps.map((one) => one.min));
      const max = Math.max(...steps.map((one) => one.max));
      const score = scores[scale.code] ?? null;
      return {
        name: word(scale.name),
        hasScore: score !== null,
        value: score ?? min,
        min,
        max,
        shown: score === null ? '' : texts.number(Math.round(score * 10) / 10),
        range: texts.text('between', { min, max }),
      };
    }),
  };
}
