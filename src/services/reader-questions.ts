import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { maskText } from '../privacy/mask-text.ts';
import { maskedSpans } from '../privacy/overlay.ts';
import type { Persona } from '../store/personas.ts';
import type { ReaderQuestion } from '../store/reader-questions.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import type { OpenShare } from './shares.ts';

/** So many questions of one link wait at most, so that nobody drowns those who are to answer. */
const WAITING_MOST = 40;

/** What readers of shared links ask, and the answers, which all who hold the link then read. */
export function readerQuestionService({ store, now }: Context) {
  const at = () => now().toISOString();

  async function find(study: Pick<Study, 'id'>, publicId: string): Promise<ReaderQuestion> {
    const question = await store.readerQuestions.find(study.id, publicId);
    if (!question)
      throw new Problem('not-found', 'There is no such question in this study', {
        detail: 'Somebody may have taken it away: look at the list of questions',
      });
    return question;
  }

  /** @throws Problem `invalid` beside its field, for nothing and for too much */
  function read(raw: string, name: string, empty: string): string {
    const words = cleanText(raw, 'line');
    const detail =
      words.text.trim() === ''
        ? empty
        : words.isTooLong
          ? `This has ${words.length} characters. Shorten it to 1,000`
          : null;
    if (detail !== null)
      throw new Problem('invalid', 'There is something to look at', {
        detail: 'Mend it, then send it again',
        errors: [{ pointer: `#/${name}`, detail }],
      });
    return words.text.trim();
  }

  return {
    /**
     * Keeps a question for the study's researchers.
     *
     * @throws Problem `invalid` beside its field; `too-many` while as many wait as can be answered
     */
    ask: async ({ share, study }: OpenShare, persona: Persona, raw: string): Promise<void> => {
      const words = read(raw, 'question', 'Write your question');
      if ((await store.readerQuestions.waiting(share.id)) >= WAITING_MOST)
        throw new Problem('too-many', 'Many questions are waiting for an answer already', {
          detail: 'Your question was not kept. Come back in a few days, or ask whoever sent you the link',
          retryAfterSeconds: 86_400,
        });
      await store.readerQuestions.add({ studyId: study.id, shareId: share.id, personaId: persona.id, words }, at());
    },

    /** What was answered of what readers of a link asked about a persona; what of a person stands in it is masked. */
    answered: async (
      { share }: OpenShare,
      persona: Persona,
    ): Promise<{ question: string; answer: string; answeredAt: string }[]> =>
      (await store.readerQuestions.answered(share.id, persona.id)).map(({ words, answer, answeredAt }) => ({
        question: maskText(words, maskedSpans(words)),
        answer: answer ?? '',
        answeredAt: answeredAt ?? '',
      })),

    list: (study: Pick<Study, 'id'>): Promise<ReaderQuestion[]> => store.readerQuestions.list(study.id),
    find,

    /** @throws Problem `invalid` beside its field */
    answer: async (study: Pick<Study, 'id'>, publicId: string, raw: string, actor: Actor): Promise<void> => {
      const question = await find(study, publicId);
      const answer = read(raw, 'answer', 'Write the answer');
      await store.readerQuestions.answer(question.id, answer, actor?.userId ?? null, at());
    },
    /** Takes a question away, its words with it. */
    remove: async (study: Pick<Study, 'id'>, publicId: string, actor: Actor): Promise<void> =>
      store.readerQuestions.remove((await find(study, publicId)).id, actor?.userId ?? null, at()),
  };
}
export type ReaderQuestions = ReturnType<typeof readerQuestionService>;
