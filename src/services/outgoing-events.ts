import { isSealed } from '../coding/seal.ts';
import { MAPPINGS } from '../exchange/outgoing/hook-kinds.ts';
import { compileSurvey } from '../logic/compile-survey.ts';
import { pipeText } from '../logic/pipe.ts';
import type { AnswerValue } from '../model/answers.ts';
import { QUOTES } from '../model/feedback.ts';
import { type Item, itemWording } from '../model/items.ts';
import type { FeedbackEvent, ResponseEvent, SentAnswer, ThemeEvent, WithdrawnEvent } from '../model/outgoing-event.ts';
import type { Wording } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { maskText } from '../privacy/mask-text.ts';
import { maskedSpans } from '../privacy/overlay.ts';
import type { Feedback } from '../store/feedback.ts';
import type { Hook } from '../store/hooks.ts';
import type { ResponseRow } from '../store/responses.ts';
import type { Study } from '../store/studies.ts';
import type { DescribedTheme } from '../store/themes.ts';
import type { Context } from './context.ts';
import { evidenceService } from './evidence.ts';
import { maskingService } from './masking.ts';

/** Said on pages and in logs where a person has not agreed that a marketing system may hear of them. */
export const NOT_PERSONAL = 'The person has not agreed to personalisation';

/** What hooks are told of responses: codes and pseudonyms, and words only where both sides want them. */
export function outgoingEvents(context: Context, publicUrl: string | null) {
  const { store, keys } = context;
  const evidence = evidenceService(context);
  const masking = maskingService(context);
  const linkTo = (study: Study, path: string) =>
    publicUrl === null ? null : `${publicUrl}/studio/${study.publicId}/${path}`;
  async function placeOf(response: ResponseRow) {
    const study = await store.studies.find(response.studyId);
    const survey = await store.surveys.findById(response.studyId, response.surveyId);
    if (!study || !survey) throw new Error('A response belongs to a study and a survey');
    const { definition, version } = await store.surveys.version(response.surveyVersionId);
    const word = (wording: Wording) => wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    const participant =
      response.participationId === null ? null : await store.deliveries.participant(response.participationId);
    return {
      definition,
      word,
      study: study.publicId,
      survey: { id: survey.publicId, title: pipeText(word(definition.title), () => null), version },
      pseudonym: participant?.pseudonym ?? null,
      personId: participant?.personId ?? null,
    };
  }

  /** What may leave of a response's answers, by item. */
  async function answersFor(response: ResponseRow, items: ReadonlyMap<string, Item>, withWords: boolean) {
    const sources = await store.notes.sourcesOf(response.studyId, response.publicId);
    // What leaves the house leaves it masked.
    const kept = sources.filter(({ erasedAt }) => erasedAt === null);
    const masks = await masking.spansOf(response.studyId, kept);
    const words = new Map(
      kept.map(({ publicId, version, text }) => {
        const place = `${publicId} ${version}`;
        return [place, maskText(text, masks.get(place) ?? [])];
      }),
    );
    return (await store.responses.answersIn(response.id)).flatMap(
      ({ item: address, state, value }): { item: Item; answer: SentAnswer }[] => {
        const item = items.get(address);
        if (!item || item.isIdentifying || item.holds === 'file' || (item.holds === 'text' && !withWords)) return [];
        const isSource = typeof value === 'object' && value !== null && !Array.isArray(value);
        const plain: AnswerValue | null = isSource ? (words.get(`${value.source} ${value.version}`) ?? null) : value;
        return [{ item, answer: { state, value: plain } }];
      },
    );
  }

  return {
    /** Whose response it is, and what may be said of it to a hook. */
    ofResponse: async (
      type: ResponseEvent['type'],
      response: ResponseRow,
      hook: Hook,
    ): Promise<{ event: ResponseEvent; personId: number | null }> => {
      const { definition, word, study, survey, pseudonym, personId } = await placeOf(response);
      const { itemsByAddress } = compileSurvey(definition);
      const purposes = JSON.parse(response.purposes) as string[];
      const withWords = hook.settings['words'] === 'yes' && purposes.includes('quotes');
      const answers = await answersFor(response, itemsByAddress, withWords);
      return {
        personId,
        event: {
          type,
          study,
          survey,
          response: {
            id: response.publicId,
            pseudonym,
            language: response.language,
            startedAt: response.startedAt,
            completedAt: response.completedAt,
            wave: response.wave,
          },
          answers: Object.fromEntries(answers.map(({ item, answer }) => [item.address, answer])),
          lines: MAPPINGS[hook.kind].isForPeople
            ? answers.flatMap(({ item, answer }) =>
                answer.state === 'answered' && answer.value !== null
                  ? [
                      {
                        question: pipeText(itemWording(item, word), () => null),
                        answer: inWords(item, answer.value, word),
                      },
                    ]
                  : [],
              )
            : [],
          link: publicUrl === null ? null : `${publicUrl}/studio/${study}/responses/${response.publicId}`,
        },
      };
    },
    ofWithdrawal: async (response: ResponseRow): Promise<{ event: WithdrawnEvent; personId: number | null }> => {
      const { study, survey, pseudonym, personId } = await placeOf(response);
      return {
        personId,
        event: { type: 'response.withdrawn', study, survey, response: { id: response.publicId, pseudonym } },
      };
    },
    /** What a hook may hear of a piece of feedback: its words only where both sides want that, and an address never. */
    ofFeedback: async (
      type: FeedbackEvent['type'],
      study: Study,
      feedback: Feedback,
      hook: Hook,
    ): Promise<FeedbackEvent> => {
      const { personId, words, wordsHash } = feedback;
      const isQuoted =
        hook.settings['words'] === 'yes' &&
        words !== '' &&
        (JSON.parse(feedback.purposes) as string[]).includes(QUOTES) &&
        isSealed(keys.text, words, wordsHash);
      const [canonical = null] = personId === null ? [] : await store.people.sameAs(personId);
      const pseudonyms = canonical === null ? null : await store.segmentSizes.pseudonyms(study.id, [canonical]);
      return {
        type,
        study: study.publicId,
        feedback: {
          id: feedback.publicId,
          pseudonym: canonical === null ? null : (pseudonyms?.get(canonical) ?? null),
          category: feedback.category,
          rating: feedback.rating,
          words: isQuoted ? maskText(words, maskedSpans(words)) : null,
          page: feedback.pageUrl,
          element: feedback.selector,
          release: feedback.release || null,
          language: feedback.pageLanguage || feedback.locale || feedback.language,
        },
        link: linkTo(study, `feedback/${feedback.publicId}`),
      };
    },
    /** A theme with how many speak of it, and quotes of those who agreed to be quoted. */
    ofTheme: async (study: Study, theme: DescribedTheme, hook: Hook): Promise<ThemeEvent> => {
      const read = hook.settings['words'] === 'yes' ? await evidence.readQuotes(study.id, theme.quotes) : [];
      const quotes: string[] = [];
      for (const quote of read) {
        if (!quote.isVerbatim) continue;
        const response = await store.responses.find(study.id, quote.source.subjectId);
        const mayQuote =
          response !== null &&
          response.state !== 'withdrawn' &&
          (JSON.parse(response.purposes) as string[]).includes(QUOTES);
        if (mayQuote) quotes.push(quote.marked);
      }
      return {
        type: 'theme.ticket',
        study: study.publicId,
        theme: {
          id: theme.id,
          label: theme.label,
          words: theme.words,
          size: theme.size,
          answered: theme.answered,
        },
        quotes,
        link: linkTo(study, `themes?theme=${theme.id}`),
      };
    },
    /** True when a response was given so that the person may be addressed personally. */
    isPersonal: (response: ResponseRow): boolean =>
      (JSON.parse(response.purposes) as string[]).includes('personalisation'),
    /**
     * True when a person agreed to be addressed personally the last time that this study asked them. Where it never asked
     * they have not agreed.
     */
    mayAddress: async (studyId: number, personId: number | null): Promise<boolean> => {
      if (personId === null) return false;
      const given = await store.deliveries.purposesOf(studyId, await store.people.sameAs(personId));
      for (const { surveyVersionId, purposes } of given) {
        const { definition } = await store.surveys.version(surveyVersionId);
        if (definition.consent.purposes.some(({ code }) => code === 'personalisation'))
          return purposes.includes('personalisation');
      }
      return false;
    },
  };
}
export type OutgoingEvents = ReturnType<typeof outgoingEvents>;

/** An answer as people read it: labels for codes, and the name of a step beside its number. */
function inWords(item: Item, value: AnswerValue, word: (wording: Wording) => string): string {
  const shown = (one: string | number): string => {
    const option = item.options.find(({ code }) => code === one);
    if (option) return word(option.text);
    const step = item.steps?.labels?.[String(one)];
    return step ? `${one} (${word(step)})` : String(one);
  };
  return [value].flat().map(shown).join(', ');
}
