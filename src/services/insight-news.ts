import type { InsightChange } from '../store/insight-news.ts';
import type { Insight } from '../store/insights.ts';
import type { Actor, Context } from './context.ts';

/** What is changed in one sitting is told in one letter. */
const QUIET_MS = 10 * 60_000;

/** How each kind of change is called, where `before` and `after` are not words to show. */
export const CHANGE_NAMES: Readonly<Record<string, string>> = {
  statement: 'Says something else now',
  note: 'What it means was rewritten',
  status: 'How far it is',
  confidence: 'How sure its researchers are',
  decision: 'What was decided',
  ticket: 'Where it is carried on',
  owner: 'Who looks after it',
  'evidence-for': 'More speaks for it',
  'evidence-against': 'More speaks against it',
  'evidence-gone': 'Evidence was taken away',
  withdrawn: 'Words it rests on were withdrawn',
  claimed: 'A persona claims it',
  unclaimed: 'A persona claims it no longer',
};
export const changeName = ({ what }: Pick<InsightChange, 'what'>): string => CHANGE_NAMES[what] ?? 'Changed';

type Told = { what: string; before?: string; after?: string };

/** Every change of insights, written down as it is made, and who hears of it. */
export function insightNewsService({ store, now }: Pick<Context, 'store' | 'now'>, wake: () => void = () => {}) {
  const at = () => now().toISOString();
  return {
    /** Writes changes down; followers other than whoever made them hear of it in ten minutes. */
    note: async (insight: Pick<Insight, 'id' | 'studyId'>, changes: readonly Told[], actor: Actor): Promise<void> => {
      if (changes.length === 0) return;
      await store.insightNews.note(
        changes.map(({ what, before = '', after = '' }) => ({
          studyId: insight.studyId,
          insightId: insight.id,
          what,
          before,
          after,
          changedBy: actor?.userId ?? null,
        })),
        at(),
        new Date(now().getTime() + QUIET_MS).toISOString(),
      );
      wake();
    },
    follow: (insight: Pick<Insight, 'id' | 'studyId'>, userId: number): Promise<void> =>
      store.insightNews.follow(insight, userId, at()),
    unfollow: (insight: Pick<Insight, 'id'>, userId: number): Promise<void> =>
      store.insightNews.unfollow(insight.id, userId),
    /** What somebody has not seen yet comes first; of insights that they may no longer read, nothing. */
    newsOf: async (userId: number) => {
      const studies = new Map((await store.studies.entered(userId)).map((study) => [study.id, study]));
      return (await store.insightNews.news(userId)).flatMap((change) => {
        const study = studies.get(Number(change.studyId));
        if (!study || (study.role === 'viewer' && change.status !== 'standing')) return [];
        return [{ ...change, study }];
      });
    },
    saw: (userId: number, upTo: number): Promise<void> => store.insightNews.saw(userId, upTo),
  };
}
export type InsightNews = ReturnType<typeof insightNewsService>;
