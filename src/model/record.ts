import { hash } from 'node:crypto';
import type { Answer, Answers } from './answers.ts';
import type { Outcome, Purpose } from './survey.ts';

/** What a row of a response is: each is appended once and never changed. */
export type RecordKind = 'start' | 'page' | 'correction' | 'completion' | 'withdrawal';

/** How a person came to be asked; widgets say with which probability, rules which rule. */
export type Asked = {
  how: 'open' | 'list' | 'supplier' | 'widget' | 'rule' | 'import';
  probability?: number;
  rule?: string;
  /** True where nothing showed that whoever came is the person: then pages neither say nor follow what is known of them. */
  isUnproven?: true;
  /** The sample supplier who sent the person, and the id they have there. */
  supplier?: string;
  supplierId?: string;
};

/** The privacy notice that somebody was shown: the seal of its words, in the consent's language, and the country it is for. */
export type NoticeShown = {
  hash: string;
  country: string | null;
  /** The years that they said to have reached, where the notice asks for it. */
  statedAge?: number;
};

export type ConsentGiven = {
  textVersion: string;
  language: string;
  purposes: Purpose[];
  givenAt: string;
  /** Left out where there was none, as before there were notices. */
  notice?: NoticeShown;
};

/** What every record says about the moment it was made. */
export type Envelope = {
  schema: 1;
  surveyVersion: number;
  language: string;
  /** Codes in the order shown, where it was not the survey's own. */
  order: string[] | null;
  timings: { receivedAt: string; startedAt?: string };
  /** What was known of the person then; null when nobody in particular was asked. */
  attributes: Record<string, string | number | boolean | string[]> | null;
  /** Whether the person was in the segments that the survey asks about, by public id; unknown ones are left out. */
  segments?: Record<string, boolean>;
  /** The kind of device and browser, coarse enough to single nobody out. */
  device?: { kind: string; browser: string };
  country?: string;
  /** Where the link stood, as its address says: `?source=newsletter`. */
  source?: string;
  wave?: string;
  /** A recording of the visit that another tool makes; https. */
  replayUrl?: string;
  /** What of a form no person fills in was filled in. */
  isTrapped?: boolean;
  asked: Asked;
  batch: string | null;
  isTest: boolean;
  consent: ConsentGiven | null;
};

/** What a record says: which page and which answers; a start and a withdrawal say nothing of either. */
export type RecordContent = {
  page: number | null;
  answers: Answers;
  /** What the address brought for questions still to come; it counts once its page has been sent. */
  prefill?: Answers;
  /** The quota cells in which the response now has a place; said where that changes. */
  cells?: string[];
  /** How a completed response ended; its own end text and the outcome it led to. */
  end?: { code: string | null; outcome: Outcome };
};

export type ResponseRecord = {
  responseId: string;
  /** 0 for the start; each later record answers the revision shown, one more than the last. */
  revision: number;
  kind: RecordKind;
  envelope: Envelope;
  content: RecordContent;
};

/** Where a record stands: the keys that the log files it under. */
export type RecordPlace = {
  studyId: number;
  surveyId: number;
  surveyVersionId: number;
  participationId: number | null;
  batchId: number | null;
};

export type StoredRecord = ResponseRecord & RecordPlace & { seq: number; contentHash: string };

/**
 * Tells two records of one revision apart by what they say, whatever the order of their keys.
 * The time of arrival does not count, so that a page sent twice is the same page.
 */
export function contentHash(kind: RecordKind, content: RecordContent): string {
  return hash('sha256', JSON.stringify([kind, content.page, sortedEntries(content.answers)]), 'base64url').slice(0, 22);
}

function sortedEntries(answers: Answers): [string, unknown][] {
  return Object.keys(answers)
    .sort()
    .map((item) => {
      const answer = answers[item] as Answer;
      return [item, answer.state === 'answered' ? ['answered', answer.value] : [answer.state]];
    });
}
