import { itemsOf } from './items.ts';
import { type Question, type QuestionKind, questionsOf, type SurveyDefinition, type Wording } from './survey.ts';
import { placeOf } from './survey-edit.ts';

/** What in a draft bears on answers given to the version that is published. */
export type PublishedChange =
  /** What stands under a code says something else. */
  | { what: 'reworded'; pointer: string; language: string; was: string; now: string }
  /** An option, row or column that is no longer offered. */
  | { what: 'part-gone'; pointer: string; question: string; code: string; was: Wording }
  | { what: 'question-gone'; question: string; was: Wording }
  | { what: 'kind'; pointer: string; question: string; was: QuestionKind; now: QuestionKind; doFit: boolean };

const LISTS = ['options', 'rows', 'columns'] as const;
type Part = { code: string; text?: Wording; low?: Wording; high?: Wording };
const partsOf = (question: Question, list: (typeof LISTS)[number]): readonly Part[] =>
  (question as Partial<Record<typeof list, readonly Part[]>>)[list] ?? [];

/**
 * Every question, option, row, column and step of a published survey that a draft words otherwise, offers no longer, or
 * asks in another kind. What is found elsewhere in the draft under its code is the same question.
 */
export function changesSince(published: SurveyDefinition, draft: SurveyDefinition): PublishedChange[] {
  const now = new Map(questionsOf(draft).map((question) => [question.code, question]));
  return questionsOf(published).flatMap((before): PublishedChange[] => {
    const after = now.get(before.code);
    const place = placeOf(draft, before.code);
    if (!after || !place) return [{ what: 'question-gone', question: before.code, was: before.text }];
    const pointer = `#/pages/${place.page}/questions/${place.question}`;
    const reworded = (at: string, was: Wording | undefined, is: Wording | undefined) => rewordings(at, was, is);
    const ofLists = LISTS.flatMap((list) =>
      partsOf(before, list).flatMap((part): PublishedChange[] => {
        // Another kind may keep options as rows.
        const found = LISTS.flatMap((one) =>
          partsOf(after, one).map((same, index) => ({ same, at: `${pointer}/${one}/${index}` })),
        ).find(({ same }) => same.code === part.code);
        if (!found)
          return [
            {
              what: 'part-gone',
              pointer: `${pointer}/${list}`,
              question: before.code,
              code: part.code,
              was: part.text ?? part.low ?? {},
            },
          ];
        return (['text', 'low', 'high'] as const).flatMap((name) =>
          reworded(`${found.at}/${name}`, part[name], found.same[name]),
        );
      }),
    );
    const steps = 'steps' in before && 'steps' in after ? [before.steps.labels ?? {}, after.steps.labels ?? {}] : null;
    return [
      ...(after.kind === before.kind
        ? []
        : [
            {
              what: 'kind' as const,
              pointer,
              question: before.code,
              was: before.kind,
              now: after.kind,
              doFit: isAnsweredAlike(before, after),
            },
          ]),
      ...reworded(`${pointer}/text`, before.text, after.text),
      ...ofLists,
      ...Object.keys(steps?.[0] ?? {}).flatMap((step) =>
        reworded(`${pointer}/steps/labels/${step}`, steps?.[0]?.[step], steps?.[1]?.[step]),
      ),
    ];
  });
}

function rewordings(pointer: string, was: Wording | undefined, now: Wording | undefined): PublishedChange[] {
  return Object.entries(was ?? {}).flatMap(([language, text]): PublishedChange[] => {
    const words = now?.[language];
    return words === undefined || words.trim() === text.trim()
      ? []
      : [{ what: 'reworded', pointer, language, was: text, now: words }];
  });
}

/** Whether every answer to the one is an answer to the other: the same items, which hold the same kind of thing. */
function isAnsweredAlike(before: Question, after: Question): boolean {
  const items = new Map(itemsOf(after).map((item) => [item.address, item.holds]));
  return itemsOf(before).every((item) => items.get(item.address) === item.holds);
}

/** How often each value was given to each item. */
export type Tally = readonly { item: string; state: string; value: unknown; count: number }[];

/** How often an option or column was chosen, or a row answered. */
export function timesAnswered(tally: Tally, question: string, code: string): number {
  const sum = (isMeant: (one: Tally[number]) => boolean) =>
    tally.filter((one) => one.state === 'answered' && isMeant(one)).reduce((total, { count }) => total + count, 0);
  const chosen = sum(
    ({ item, value }) =>
      (item === question || item.startsWith(`${question}.`)) &&
      (value === code || (Array.isArray(value) && value.includes(code))),
  );
  return chosen > 0 ? chosen : sum(({ item }) => item === `${question}.${code}`);
}

/** How many answered a question, or the most that answered one part of it. */
export function timesAsked(tally: Tally, question: string): number {
  const counts = new Map<string, number>();
  for (const { item, state, count } of tally)
    if (state === 'answered' && (item === question || item.startsWith(`${question}.`)))
      counts.set(item, (counts.get(item) ?? 0) + count);
  return Math.max(0, ...counts.values());
}
