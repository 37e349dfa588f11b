import type { InsightFollower } from '../store/insight-news.ts';
import type { Context } from './context.ts';
import { changeName } from './insight-news.ts';
import { type AnyTray, type Composed, domainOf, type PostSettings, trayOf } from './post-office.ts';

const LINES_MOST = 20;

/** Letters that tell followers what changed in an insight. They go out by the post office of all letters. */
export function insightLetterTray(
  { store }: Pick<Context, 'store'>,
  { publicUrl, post }: { publicUrl: string | null; post: PostSettings | null },
): AnyTray {
  async function compose({
    insightId,
    userId,
    studyId,
    toldChange,
    claimedChange,
  }: InsightFollower): Promise<Composed> {
    const user = await store.accounts.findUser(userId);
    const study = (await store.studies.entered(userId)).find(({ id }) => Number(id) === studyId);
    const insight = (await store.insights.list(studyId)).find(({ id }) => Number(id) === insightId);
    if (!user || user.disabledAt !== null || !study || !insight || post === null)
      return { skip: 'there is nobody to tell' };
    if (study.role === 'viewer' && insight.status !== 'standing') return { skip: 'it does not stand' };
    const changes = (await store.insightNews.changesOf(insightId))
      .filter(
        ({ id, changedBy }) =>
          Number(id) > toldChange && Number(id) <= (claimedChange ?? 0) && Number(changedBy ?? 0) !== userId,
      )
      .reverse();
    if (changes.length === 0) return { skip: 'nothing of it is new' };
    const lines = changes
      .slice(0, LINES_MOST)
      .map((change) => `- ${changeName(change)}${change.after === '' ? '' : `: ${change.after}`}`);
    if (changes.length > LINES_MOST) lines.push(`- and ${changes.length - LINES_MOST} more`);
    const link = publicUrl === null ? '' : `\n\n${publicUrl}/studio/${study.publicId}/insights/${insight.publicId}`;
    return {
      addressSeal: '',
      ready: {
        to: user.email,
        subject: `Changed: ${insight.statement.slice(0, 100)}`,
        text: `“${insight.statement}”\nin the study “${study.name}”\n\n${lines.join('\n')}${link}\n\nYou get this because you follow the insight. Open it to stop.\n`,
        messageId: `<insight-${insight.publicId}-${claimedChange ?? 0}-${userId}@${domainOf(post.from)}>`,
        optOut: null,
      },
    };
  }

  return trayOf<InsightFollower>({
    queue: store.insightNews,
    compose,
    // An address of a colleague's account is for its owner to mend.
    onAddressFault: async () => {},
  });
}
