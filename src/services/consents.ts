import { seal } from '../coding/seal.ts';
import { codePointLength, sliceSpan } from '../coding/spans.ts';
import { cleanText } from '../model/clean-text.ts';
import { CONSENT_USES, type ConsentUse, usesOf } from '../model/consent.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import type { Interview } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { WithdrawalCounts } from '../store/withdrawals.ts';
import type { Actor, Context } from './context.ts';
import { isDay } from './interview-form.ts';

export type ConsentForm = {
  purposes: string[];
  /** Which text they agreed to: `version language` of one that the study keeps, or the name of another. */
  text: string;
  givenOn: string;
  givenHow: string;
  expiresOn: string;
};
/** What else is kept of an interview outside the database; each says how many things it deleted. */
export type MediaEraser = (study: Pick<Study, 'id'>, interview: Interview) => Promise<number>;

/** Enough words in a row to be somebody's own rather than anybody's. */
const OWN_WORDS_MIN = 3;

/** What people interviewed agreed to, use by use, and the end of it. */
export function consentService(
  { store, keys, now }: Context,
  {
    forgetPlacements,
    eraseMedia,
    forgetStaged,
    tellOfWithdrawal,
  }: {
    forgetPlacements: (interview: Interview) => Promise<void>;
    eraseMedia: MediaEraser;
    /** Takes away the files of imports that the store forgot. */
    forgetStaged: () => Promise<void>;
    /** Tells those who follow what rested on their words. */
    tellOfWithdrawal: (study: Pick<Study, 'id'>, interview: Interview) => Promise<void>;
  },
) {
  const at = () => now().toISOString();
  const today = () => at().slice(0, 10);

  async function withWords(study: Pick<Study, 'id'>, interview: Interview) {
    const sources = await store.notes.versionsOfSubject(study.id, interview.publicId);
    const codings = await store.notes.codings(study.id, {
      sourceIds: [...new Set(sources.map(({ publicId }) => publicId))],
    });
    return { sources, codings };
  }

  /** Codes that are called by what somebody said: in vivo, or by a stretch of it. */
  async function namedAfter(study: Pick<Study, 'id'>, interview: Interview): Promise<string[]> {
    const { sources, codings } = await withWords(study, interview);
    const all = sources.map(({ text }) => text.toLowerCase()).join('\n');
    const passages = codings.map((coding) => {
      const source = sources.find(
        ({ publicId, version }) => publicId === coding.sourceId && version === coding.sourceVersion,
      );
      const words = source && sliceSpan(source.text, { start: coding.spanStart, end: coding.spanEnd });
      return { code: coding.codePublicId, words: (words ?? '').trim().toLowerCase() };
    });
    const codes = await store.notes.codes(study.id);
    return codes
      .filter(({ publicId, name }) => {
        const plain = name.trim().toLowerCase().replace(/…$/, '');
        if (plain === '') return false;
        if (plain.split(/\s+/).length >= OWN_WORDS_MIN && all.includes(plain)) return true;
        return passages.some(({ code, words }) => code === publicId && words === plain);
      })
      .map(({ publicId }) => publicId);
  }

  return {
    /** True while somebody interviewed agrees to a use of their words. */
    permits: async (
      study: Pick<Study, 'id'>,
      interview: Pick<Interview, 'publicId'>,
      use: ConsentUse,
    ): Promise<boolean> =>
      usesOf(await store.consents.ofInterview(study.id, interview.publicId), today()).includes(use),

    /** What holds today: the uses that are agreed to. */
    holds: async (study: Pick<Study, 'id'>, interview: Pick<Interview, 'publicId'>): Promise<readonly string[]> =>
      usesOf(await store.consents.ofInterview(study.id, interview.publicId), today()),

    /**
     * Keeps a text by which people are asked, with its seal. A text is never changed: another version takes its place.
     *
     * @throws Problem `invalid` naming what does not fit, `conflict` where the study has that version in that language
     */
    addText: async (
      study: Pick<Study, 'id'>,
      form: { version: string; language: string; text: string },
      actor: Actor,
    ): Promise<void> => {
      const errors: ProblemError[] = [];
      const version = cleanText(form.version, 'name').text.trim();
      const language = form.language.trim().toLowerCase();
      const text = cleanText(form.text, 'note');
      if (version === '' || codePointLength(version) > 60)
        errors.push({ pointer: '#/version', detail: 'Name the version, such as “2026-03”, in at most 60 characters' });
      if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(language))
        errors.push({ pointer: '#/language', detail: 'Enter the language as its code, such as en or pt-br' });
      if (text.text.trim() === '') errors.push({ pointer: '#/text', detail: 'Enter the text as people read it' });
      else if (text.isTooLong) errors.push({ pointer: '#/text', detail: 'Shorten it to 20,000 characters' });
      if (errors.length > 0) throw new Problem('invalid', 'There is something to look at', { errors });
      try {
        await store.consents.addText({
          studyId: study.id,
          version,
          language,
          text: text.text,
          textHash: seal(keys.text, text.text),
          createdBy: actor?.userId ?? null,
          createdAt: at(),
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new Problem('conflict', 'This version is there already', {
          errors: [{ pointer: '#/version', detail: 'Texts are not changed: give yours another version' }],
        });
      }
    },

    /**
     * Notes what somebody interviewed agreed to. It counts from now on in the place of what they agreed to before, also
     * where it is less.
     *
     * @throws Problem `invalid` naming what does not fit, `conflict` once they have withdrawn
     */
    record: async (study: Pick<Study, 'id'>, interview: Interview, form: ConsentForm, actor: Actor): Promise<void> => {
      const errors: ProblemError[] = [];
      const purposes = CONSENT_USES.filter((use) => form.purposes.includes(use));
      const texts = await store.consents.texts(study.id);
      const kept = texts.find(({ version, language }) => `${version} ${language}` === form.text);
      const other = cleanText(form.text, 'name').text.trim();
      const how = cleanText(form.givenHow, 'name');
      if (!kept && other === '') errors.push({ pointer: '#/text', detail: 'Say which text they agreed to' });
      if (!isDay(form.givenOn) || form.givenOn > today())
        errors.push({ pointer: '#/givenOn', detail: 'Enter the day they agreed, as year-month-day, not after today' });
      if (form.expiresOn !== '' && (!isDay(form.expiresOn) || form.expiresOn < form.givenOn))
        errors.push({ pointer: '#/expiresOn', detail: 'Enter a day after they agreed, or leave it empty' });
      if (how.text.trim() === '' || how.isTooLong)
        errors.push({
          pointer: '#/givenHow',
          detail: 'Say how they agreed, such as “signed form” or “on the recording”',
        });
      if (errors.length > 0) throw new Problem('invalid', 'There is something to look at', { errors });
      const recorded = await store.consents.record({
        studyId: study.id,
        interviewId: interview.publicId,
        purposes,
        textVersion: kept?.version ?? other,
        language: kept?.language ?? 'en',
        textHash: kept?.textHash ?? null,
        givenOn: form.givenOn,
        givenHow: how.text.trim(),
        expiresOn: form.expiresOn || null,
        recordedBy: actor?.userId ?? null,
        recordedAt: at(),
      });
      if (!recorded)
        throw new Problem('conflict', 'They have withdrawn, and their words are deleted', {
          detail: 'There is nothing left to agree to. Log a new interview if they speak with you again',
        });
    },

    /** Gives codes called by words of whoever withdrew other names; how many. */
    renameCodes: (study: Pick<Study, 'id'>, interview: Interview): Promise<number> =>
      store.withdrawals.renameCodes(study.id, interview.publicId, at()),

    /**
     * Takes back what somebody interviewed agreed to: everything they said is deleted for good, with what was noted of it,
     * and a proof of that is kept. Insights and personas that quoted them ask to be looked at again.
     *
     * @returns null when they had withdrawn before
     */
    withdraw: async (
      study: Pick<Study, 'id'>,
      interview: Interview,
      actor: Actor,
    ): Promise<WithdrawalCounts | null> => {
      const codesToRename = await namedAfter(study, interview);
      // Files first: should one not go, nothing else has, and it can be tried again.
      const media = await eraseMedia(study, interview);
      await forgetPlacements(interview);
      const counts = await store.withdrawals.withdraw(
        interview,
        { media, codesToRename, withdrawnBy: actor?.userId ?? null },
        at(),
      );
      // What was kept while the first went; from here on nothing more is.
      await eraseMedia(study, interview);
      await forgetPlacements(interview);
      await forgetStaged();
      if (counts) await tellOfWithdrawal(study, interview);
      return counts;
    },
  };
}
export type Consents = ReturnType<typeof consentService>;
