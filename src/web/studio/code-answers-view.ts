import { showNumber, trimLabel } from '../../charts/numerals.ts';
import type { CodedAnswer } from '../../services/answer-coding.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import type { Code } from '../../store/notes.ts';
import type { EnteredStudy } from '../doorway.ts';
import { hueClass } from './codebook-place.ts';
import { studyAddress } from './frame.ts';

const ATTRIBUTES_SHOWN = 4;
const VALUE_LETTERS = 60;

/** How many of those who answered bear a code, with the interval that the share lies in. */
export function shareWords(count: number, total: number): { share: string; interval: string } {
  const found = wilsonInterval(Math.min(count, total), total);
  if (found === null) return { share: '–', interval: '' };
  const percent = (share: number) => `${showNumber(100 * share, share > 0 && share < 0.095 ? 1 : 0)}%`;
  return { share: percent(found.share), interval: `${percent(found.low)} to ${percent(found.high)}` };
}

/** The codes beside the rows, with their keys and how many answers bear each. */
export function frameView(
  codes: readonly { code: Code; depth: number }[],
  pinned: readonly (Code | null)[],
  frame: { answered: number; coded: number; codes: ReadonlyMap<number, number> },
) {
  const keyOf = (code: Code): number => pinned.findIndex((one) => one?.id === code.id) + 1;
  return {
    answered: frame.answered.toLocaleString('en-GB'),
    coded: `${frame.coded.toLocaleString('en-GB')} of ${frame.answered.toLocaleString('en-GB')} bear a code`,
    share: frame.answered === 0 ? 0 : Math.round((100 * frame.coded) / frame.answered),
    codes: codes.map(({ code, depth }) => {
      const count = frame.codes.get(code.id) ?? 0;
      const key = keyOf(code);
      return {
        id: code.publicId,
        name: code.name,
        depth: Math.min(depth, 6),
        segmentClass: hueClass(code),
        isCodable: code.isCodable === 1,
        key: key === 0 ? null : String(key),
        count: count.toLocaleString('en-GB'),
        ...shareWords(count, frame.answered),
      };
    }),
  };
}

export const rowKey = ({ sourceId, version }: Pick<CodedAnswer, 'sourceId' | 'version'>): string =>
  `${sourceId}.${version}`;

/** An answer as a row: what is known of who gave it, its words, and its codes. */
export function gridRow(
  study: EnteredStudy,
  answer: CodedAnswer,
  place: number,
  known: {
    codes: ReadonlyMap<number, Code>;
    pinned: readonly (Code | null)[];
    facts: readonly { label: string; value: string }[];
  },
) {
  const key = rowKey(answer);
  const whole = new Set(answer.codings.filter(({ words }) => words === null).map(({ codeId }) => codeId));
  const chip = (code: Code) => ({
    id: code.publicId,
    name: code.name,
    segmentClass: hueClass(code),
    isOn: whole.has(code.id),
    key: String(known.pinned.findIndex((one) => one?.id === code.id) + 1 || ''),
  });
  const on = [...whole].flatMap((id) => known.codes.get(id) ?? []);
  const offered = known.pinned.flatMap((code) => (code && !whole.has(code.id) ? [code] : []));
  const attributes = answer.attributes === null ? {} : (JSON.parse(answer.attributes) as Record<string, unknown>);
  return {
    place,
    key,
    href: `${studyAddress(study)}/responses/${answer.response}`,
    facts: [
      ...known.facts,
      ...Object.entries(attributes)
        .slice(0, ATTRIBUTES_SHOWN)
        .map(([label, value]) => ({ label, value: trimLabel(String(value), VALUE_LETTERS) })),
    ],
    pieces: answer.pieces,
    had: on.map(({ publicId }) => publicId).join(' '),
    chips: [...on, ...offered].map(chip),
    parts: answer.codings.flatMap(({ codeId, words }) => {
      const code = known.codes.get(codeId);
      return words === null || !code
        ? []
        : [{ name: code.name, segmentClass: hueClass(code), words: trimLabel(words, VALUE_LETTERS) }];
    }),
    suggestions: answer.suggestions.flatMap(({ publicId, codeId, probability }) => {
      const code = known.codes.get(Number(codeId));
      return code
        ? [
            {
              id: publicId,
              name: code.name,
              segmentClass: hueClass(code),
              probability: probability === null ? '' : showNumber(probability, 2),
            },
          ]
        : [];
    }),
    wordsHref: `${studyAddress(study)}/codebook/answers/words/${answer.sourceId}/${answer.version}`,
  };
}
