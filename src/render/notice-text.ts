import { hash } from 'node:crypto';
import { type LegalBasis, type NoticeFacts, wordingFor } from '../model/privacy-notice.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { TextKey, Texts } from './respondent-texts.ts';

/** A privacy notice as people read it, in one language: what is not said has no line. */
export type NoticeText = {
  title: string;
  /** What the first page says of it. */
  short: { label: string; text: string }[];
  /** All of it; a text may have several lines. */
  sections: { title: string; texts: string[] }[];
  /** The years that one must be old; 0 where anybody may take part. */
  minimumAge: number;
};

/** A notice as it was published, for a language and a country; null for a country stands for all that have no own. */
export type FrozenNotice = { hash: string; language: string; country: string | null; text: NoticeText };

const BASES: Record<LegalBasis, TextKey> = {
  consent: 'noticeBasisConsent',
  'public-task': 'noticeBasisPublicTask',
  'legitimate-interest': 'noticeBasisLegitimateInterest',
  contract: 'noticeBasisContract',
};

/**
 * Writes a notice out in a language: what its researchers said, with the standing sentences around it.
 *
 * @param survey whose purposes of consent are told as well, and its receipt where it gives one; null for what is no survey
 */
export function noticeText(
  facts: NoticeFacts,
  texts: Texts,
  survey: (Pick<SurveyDefinition, 'consent' | 'languages'> & { hasReceipt: boolean }) | null,
): NoticeText {
  const { language } = texts;
  const kept =
    facts.kept === undefined
      ? ''
      : 'until' in facts.kept
        ? texts.text('noticeKeptUntil', { date: texts.date(facts.kept.until) })
        : texts.text('noticeKeptAfter', { period: texts.months(facts.kept.months) });
  const recipients =
    facts.recipients === 'nobody' ? texts.text('noticeNobody') : wordingFor(facts.recipients, language);
  const purposes = wordingFor(facts.purposes, language);
  const age = facts.minimumAge ?? 0;
  const ageText = age > 0 ? texts.text('noticeAgeText', { age }) : '';
  const rights = wordingFor(facts.rights, language);
  const standing = [
    ...(survey?.hasReceipt ? [texts.text('noticeRightsCode')] : []),
    texts.text('noticeRightsAsk'),
    texts.text('noticeRightsComplain'),
  ];
  const section = (key: TextKey, ...lines: (string | null | undefined)[]) => {
    const said = lines.filter((line) => line !== null && line !== undefined && line !== '') as string[];
    return said.length === 0 ? [] : [{ title: texts.text(key), texts: said }];
  };
  return {
    title: texts.text('noticeTitle'),
    short: [
      ...section('noticeWho', facts.controllerName),
      ...section('noticeWhy', purposes),
      ...section('noticeHowLong', kept),
      ...section('noticeContact', facts.contact),
      ...section('noticeAge', ageText),
    ].map(({ title, texts: [text = ''] }) => ({ label: title, text })),
    sections: [
      ...section('noticeWho', facts.controllerName, facts.controllerAddress),
      ...section('noticeRepresentative', facts.representative),
      ...section('noticeContact', facts.contact),
      ...section('noticeOfficer', facts.dataProtectionOfficer),
      ...section('noticeWhy', purposes),
      ...section(
        'noticePurposes',
        ...(survey?.consent.purposes ?? []).map(({ text }) => wordingIn(text, language, survey?.languages ?? [])),
      ),
      ...section('noticeBasis', facts.legalBasis && texts.text(BASES[facts.legalBasis])),
      ...section('noticeRecipients', recipients),
      ...section('noticeHowLong', kept),
      ...section('noticeAge', ageText),
      ...section(
        'noticeRights',
        // Where there are no sentences in the language, English ones would only stand in the way.
        ...(rights === null ? standing : hasSentences(texts) ? [...standing, rights] : [rights]),
        facts.authority,
      ),
    ],
    minimumAge: age,
  };
}

/** Whether the standing sentences are written in the language that was asked for, and not in what stands in for it. */
export const hasSentences = ({ language, textLanguage }: Texts): boolean =>
  language.split('-')[0] === textLanguage.split('-')[0];

/** The seal of what somebody was shown: its words, in which language, for which country. */
export const noticeHash = (language: string, country: string | null, text: NoticeText): string =>
  hash('sha256', JSON.stringify([language, country, text]), 'base64url');
