import { hash } from 'node:crypto';
import { missingParts, noticeCountries, noticeIn, PrivacyNotice } from '../model/privacy-notice.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { type FrozenNotice, hasSentences, type NoticeText, noticeHash, noticeText } from '../render/notice-text.ts';
import type { RespondentTexts } from '../render/respondent-texts.ts';
import type { KeptNotice, NoticePlace, NoticeTextRow } from '../store/privacy-notices.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Actor, Context } from './context.ts';

type InStudy = Pick<Study, 'id' | 'workspaceId'>;

export const INSTALLATION: NoticePlace = { workspaceId: null, studyId: null };
export const ofStudy = ({ id }: Pick<Study, 'id'>): NoticePlace => ({ workspaceId: null, studyId: id });
export const ofWorkspace = (workspaceId: number): NoticePlace => ({ workspaceId, studyId: null });

const frozen = ({ language, country, hash, text }: NoticeTextRow): FrozenNotice => ({
  language,
  country: country === '' ? null : country,
  hash,
  text: JSON.parse(text) as NoticeText,
});

/**
 * Privacy notices: written for the installation, a workspace or a study, each going before the one it stands in, and published
 * with surveys, whose respondents are shown what was published and nothing else.
 */
export function privacyNoticeService({ store, now }: Context, allTexts: RespondentTexts) {
  const hasOwn = (language: string): boolean => hasSentences(allTexts.in(language));
  const studyOf = async (studyId: number): Promise<InStudy> => {
    const study = await store.studies.find(studyId);
    if (!study) throw new Problem('not-found', 'There is no such study');
    return study;
  };

  async function textIn(
    definition: SurveyDefinition & { hasReceipt: boolean },
    language: string,
    layers: readonly PrivacyNotice[],
    country: string | null,
  ) {
    const text = noticeText(noticeIn(layers, country), allTexts.in(language), definition);
    const row = {
      language,
      country: country ?? '',
      hash: noticeHash(language, country, text),
      text: JSON.stringify(text),
    };
    return row;
  }

  return {
    read: (place: NoticePlace): Promise<KeptNotice> => store.privacyNotices.read(place),

    /** What holds for a study, the widest layer first. */
    layers: (study: InStudy): Promise<PrivacyNotice[]> => store.privacyNotices.layers(study),

    /**
     * Says from now on what a notice says in a place. Surveys show it once they are published anew.
     *
     * @throws Problem `invalid` naming what does not fit, `conflict` when somebody else has changed it meanwhile
     */
    save: async (place: NoticePlace, revision: number, raw: unknown, actor: Actor): Promise<void> => {
      const parsed = PrivacyNotice.safeParse(raw);
      if (!parsed.success)
        throw new Problem('invalid', 'There is something to look at', {
          errors: parsed.error.issues.map((issue) => ({
            pointer: `#/${issue.path.map(String).join('/')}`,
            detail: issue.message,
          })),
        });
      const saved = { at: now().toISOString(), userId: actor?.userId ?? null };
      if (!(await store.privacyNotices.save(place, revision, parsed.data, saved)))
        throw new Problem('conflict', 'Somebody else has changed this notice meanwhile', {
          detail: 'Open it again, and carry your change over',
        });
    },

    /** What stands in the way of publishing a survey of a study; nothing where its notice is whole. */
    missing: async (study: InStudy, { languages }: Pick<SurveyDefinition, 'languages'>): Promise<ProblemError[]> =>
      missingParts(await store.privacyNotices.layers(study), languages, hasOwn),

    /** The same, of a study that is named by its number. */
    missingIn: async (studyId: number, { languages }: Pick<SurveyDefinition, 'languages'>): Promise<ProblemError[]> =>
      missingParts(await store.privacyNotices.layers(await studyOf(studyId)), languages, hasOwn),

    /** A study's notice as it would be published with a survey: every text, and the seal of all of them together. */
    write: async ({
      studyId,
      draft: definition,
      isAnonymous,
    }: Pick<SurveyRow, 'studyId' | 'draft' | 'isAnonymous'>): Promise<{
      noticeSet: string;
      texts: NoticeTextRow[];
    }> => {
      const layers = await store.privacyNotices.layers(await studyOf(studyId));
      const countries = noticeCountries(layers);
      const texts = await Promise.all(
        definition.languages.flatMap((language) =>
          countries.map((country) =>
            textIn({ ...definition, hasReceipt: isAnonymous === 0 }, language, layers, country),
          ),
        ),
      );
      const noticeSet = hash('sha256', JSON.stringify(texts.map((text) => text.hash)), 'base64url').slice(0, 22);
      return { noticeSet, texts };
    },

    /**
     * The notice of a study in a language, as it stands, for what is no survey: of a country, or where it has none of its own, of
     * any other. Null where nobody has said who is responsible.
     */
    standing: async (
      studyId: number,
      language: string,
      country: string | null,
    ): Promise<{ text: NoticeText; country: string | null } | null> => {
      const layers = await store.privacyNotices.layers(await studyOf(studyId));
      const countries = noticeCountries(layers);
      const shown = countries.includes(country) ? country : (countries.at(-1) ?? null);
      const facts = noticeIn(layers, shown);
      if (facts.controllerName === undefined) return null;
      return { text: noticeText(facts, allTexts.in(language), null), country: shown };
    },

    /** The texts a survey was published with, one for each country that there is a choice of; none where it has no notice. */
    published: async (
      { surveyId, noticeSet }: { surveyId: number; noticeSet: string | null },
      language: string,
    ): Promise<FrozenNotice[]> => {
      if (noticeSet === null) return [];
      const rows = await store.privacyNotices.textsOf(surveyId, noticeSet);
      return rows.filter((row) => row.language === language).map(frozen);
    },

    /** What a seal stands for; null where it was never published with the survey. */
    shown: async (surveyId: number, seal: string): Promise<FrozenNotice | null> => {
      const row = await store.privacyNotices.textOfHash(surveyId, seal);
      return row && frozen(row);
    },

    /** Those of some languages that there are no standing sentences in. */
    withoutSentences: (languages: readonly string[]): string[] => languages.filter((language) => !hasOwn(language)),
  };
}
export type PrivacyNotices = ReturnType<typeof privacyNoticeService>;
