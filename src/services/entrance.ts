import { compileSurvey } from '../logic/compile-survey.ts';
import { dayOnly, purposesOffered } from '../model/anonymous.ts';
import { Problem } from '../model/problem.ts';
import type { Asked, ConsentGiven, Envelope, NoticeShown } from '../model/record.ts';
import { recordingLink } from '../model/recording-link.ts';
import { Purpose, type SurveyDefinition } from '../model/survey.ts';
import { openingOf } from '../model/survey-settings.ts';
import type { FrozenNotice } from '../render/notice-text.ts';
import { isPublicId, publicHalf } from '../store/identifiers.ts';
import type { PublishedSurvey } from '../store/surveys.ts';
import { broughtAlong, deviceOf, isTestMark, newToken, type Query, tokenFrom } from './admission.ts';
import type { Context } from './context.ts';
import type { Address, OpenPage } from './fieldwork.ts';
import { readGrant } from './offer-grants.ts';
import type { OpenResponses } from './open-responses.ts';
import type { PrivacyNotices } from './privacy-notices.ts';
import type { Admission, Targeting } from './targeting.ts';

/** What a form says in the place of a country that has no notice of its own. */
export const OTHER_COUNTRY = 'other';

/** How somebody comes to a survey: by its open address, a personal or a single-use link, or through a supplier. */
export type Arrival = {
  invitation: string | null;
  single?: string | null;
  query?: Query;
  agent?: string | undefined;
  country?: string | undefined;
};

/** Coming in: who may take a survey, and how a response begins. */
export function entranceService(
  { store, now, keys }: Context,
  targeting: Targeting,
  notices: PrivacyNotices,
  {
    responses,
    open,
    resumeAt,
    languageOf,
  }: {
    responses: OpenResponses;
    open(token: string): Promise<OpenPage>;
    resumeAt(opened: OpenPage, token: string): Address;
    languageOf(definition: SurveyDefinition, wanted: string | null): string;
  },
) {
  async function findSurvey(slug: string): Promise<PublishedSurvey> {
    const survey = await store.surveys.findPublished(slug.slice(0, 200));
    if (!survey)
      throw new Problem('not-found', 'There is no such survey', {
        detail: 'Check the address, or ask whoever sent it to you',
        words: 'noSurvey',
      });
    return survey;
  }

  /** Segments that the survey asks about, for somebody who is known; unknown ones stay unknown. */
  async function segmentsOf(survey: PublishedSurvey, personId: number | null): Promise<Record<string, boolean> | null> {
    const asked = compileSurvey(survey.definition).segments;
    if (asked.length === 0 || personId === null) return null;
    const found: Record<string, boolean> = {};
    for (const publicId of asked) {
      const truth = await targeting.isIn(survey.studyId, publicId, personId);
      if (truth !== null) found[publicId] = truth;
    }
    return found;
  }

  /**
   * The notice that somebody was shown: the one whose seal their form carries, else what stands for the country they chose.
   *
   * @returns `choice` where the country is still to be chosen; null where the survey was published without a notice
   */
  async function noticeFor(
    survey: PublishedSurvey,
    language: string,
    { seal, country }: { seal: string | null; country: string | null },
  ): Promise<FrozenNotice | 'choice' | null> {
    if (seal !== null) {
      const shown = await notices.shown(survey.surveyId, seal);
      if (shown && shown.language === language) return shown;
    }
    const texts = await notices.published(survey, language);
    if (texts.length <= 1) return texts[0] ?? null;
    return texts.find((text) => (text.country ?? OTHER_COUNTRY) === country) ?? 'choice';
  }

  return {
    /** What the first page needs: the survey, and whether this person may take it. */
    welcome: async (slug: string, arrival: Arrival) => {
      const survey = await findSurvey(slug);
      const opening = openingOf(survey.state, survey.settings, now());
      const isTest = isTestMark(keys.invitation, survey.publicId, arrival.query?.['test']);
      const admission = await admit(survey, arrival);
      return { survey, opening: isTest ? ('open' as const) : opening, admission, isTest };
    },

    /** Begins a response: consent first, no answers yet. A link that was begun before comes back to where it was. */
    start: async (
      slug: string,
      form: {
        consents: readonly string[];
        language: string | null;
        isTest?: boolean;
        /** The seal of the notice that the form was shown with, and the country that was chosen for it. */
        notice?: string | null;
        noticeCountry?: string | null;
        /** They say that they have reached the notice's minimum age. */
        isOfAge?: boolean;
      } & Arrival,
    ) => {
      const survey = await findSurvey(slug);
      const isTest = form.isTest || isTestMark(keys.invitation, survey.publicId, form.query?.['test']);
      const opening = isTest ? 'open' : openingOf(survey.state, survey.settings, now());
      if (opening !== 'open')
        throw new Problem('gone', opening === 'closed' ? 'This survey is closed' : 'This survey is not open yet', {
          detail: 'Thank you for your interest. Nothing was saved',
          words: opening === 'closed' ? 'closed' : 'notYetOpen',
        });
      const admission = await admit(survey, form);
      const { isAnonymous } = survey;
      if (!isAnonymous) await targeting.noteDecision(survey, admission);
      if (!admission.isAdmitted)
        throw new Problem('forbidden', admission.title, { detail: admission.reason, words: admission.words });
      const offered = purposesOffered(survey.definition, isAnonymous).map((purpose) => purpose.code);
      const purposes = offered.filter((purpose) => form.consents.includes(purpose));
      if (form.consents.some((purpose) => !Purpose.safeParse(purpose).success))
        throw new Problem('invalid', 'This form was changed on its way', {
          detail: 'Open the survey again',
          words: 'formChanged',
        });
      const language = languageOf(survey.definition, form.language);
      const notice = await noticeFor(survey, language, {
        seal: form.notice ?? null,
        country: form.noticeCountry ?? null,
      });
      // Whoever saw an older notice is asked what the one of now asks.
      const standing =
        notice === null || notice === 'choice'
          ? notice
          : await noticeFor(survey, language, { seal: null, country: notice.country ?? OTHER_COUNTRY });
      const asksAge = [notice, standing].some((one) => one !== null && one !== 'choice' && one.text.minimumAge > 0);
      const missing = {
        consent: !purposes.includes('analysis'),
        country: notice === 'choice',
        age: asksAge && form.isOfAge !== true,
      };
      if (missing.consent || notice === 'choice' || missing.age)
        return { started: false as const, survey, admission, missing };

      const link = form.invitation ?? form.single ?? null;
      const instant = now().toISOString();
      const at = isAnonymous ? dayOnly(instant) : instant;
      const wave = await store.fieldwork.waveAt(survey.surveyId, instant);
      // A personal link begins a response of its own in each wave; a single-use link is good for one in all of them.
      const round = wave && form.invitation !== null ? ` ${wave.publicId}` : '';
      const token = link === null ? newToken() : tokenFrom(keys.invitation, `${survey.publicId} ${link}${round}`);
      const begun = link === null ? null : await responses.read(publicHalf(token));
      if (begun) return { started: true as const, next: resumeAt(await open(token), token) };

      const shown: NoticeShown | null = notice && {
        hash: notice.hash,
        country: notice.country,
        ...(notice.text.minimumAge > 0 ? { statedAge: notice.text.minimumAge } : {}),
      };
      const consent: ConsentGiven = {
        textVersion: survey.definition.consent.version,
        language,
        purposes,
        givenAt: at,
        ...(shown ? { notice: shown } : {}),
      };
      // What an address brings along, and what somebody answers on, may single them out.
      const query = isAnonymous ? {} : (form.query ?? {});
      const { hidden, prefill } = broughtAlong(survey.definition, query);
      const segments = await segmentsOf(survey, admission.personId);
      const device = isAnonymous ? null : deviceOf(form.agent);
      const source = (form.query?.['source'] ?? '').trim().slice(0, 100);
      const replay = recordingLink(query['replay_url']);
      const envelope: Envelope = {
        schema: 1,
        surveyVersion: survey.version,
        language,
        order: null,
        timings: { receivedAt: at },
        attributes: admission.attributes,
        asked: source === 'widget' ? await askedByWidget(survey, admission.asked) : admission.asked,
        batch: null,
        isTest,
        consent,
        ...(segments ? { segments } : {}),
        ...(wave ? { wave: wave.publicId } : {}),
        ...(device ? { device } : {}),
        ...(form.country && !isAnonymous ? { country: form.country } : {}),
        ...(source === '' || isAnonymous ? {} : { source }),
        ...(replay ? { replayUrl: replay.href } : {}),
      };
      const { appended } = await responses.append(
        {
          responseId: publicHalf(token),
          revision: 0,
          kind: 'start',
          studyId: survey.studyId,
          surveyId: survey.surveyId,
          surveyVersionId: survey.versionId,
          participationId:
            admission.personId === null ? null : await targeting.participate(survey.studyId, admission.personId),
          batchId: null,
          envelope,
          content: { page: null, answers: hidden, ...(Object.keys(prefill).length > 0 ? { prefill } : {}) },
        },
        admission.claim === undefined ? {} : { claims: [admission.claim] },
      );
      if (appended.outcome === 'taken')
        throw new Problem('forbidden', 'Answers have come with this link before', {
          detail: 'This survey takes one response from each person. Nothing was saved',
          words: 'duplicate',
        });
      return { started: true as const, next: resumeAt(await open(token), token) };
    },
  };

  /** With which probability a visitor was to be asked, so that samples can be weighed. */
  async function askedByWidget({ surveyId }: PublishedSurvey, asked: Asked): Promise<Asked> {
    const moment = await store.offers.moment(surveyId);
    return moment === null ? asked : { ...asked, how: 'widget', probability: moment.percent / 100 };
  }

  async function admit(survey: PublishedSurvey, arrival: Arrival): Promise<Admission> {
    const { invitation, single = null, query = {} } = arrival;
    if (survey.isAnonymous) return admitUnknown(survey, arrival);
    if (single !== null) {
      const isKnown = isPublicId(single) && (await store.fieldwork.hasSingleLink(survey.surveyId, publicHalf(single)));
      const base = { trace: null, personId: null, attributes: null, asked: { how: 'list' } as Asked };
      const begun = isKnown
        ? await responses.read(publicHalf(tokenFrom(keys.invitation, `${survey.publicId} ${single}`)))
        : null;
      // Whoever finds a used link is not shown what the first person was.
      if (begun && begun.state !== 'started')
        return {
          ...base,
          isAdmitted: false,
          title: 'You have answered this survey already',
          reason: 'Your answers are safe and were not changed. Thank you for taking part.',
          words: 'answered',
        };
      return isKnown
        ? { ...base, isAdmitted: true, title: '', reason: '', words: '' }
        : {
            ...base,
            isAdmitted: false,
            title: 'This personal link is not known',
            reason: 'A letter may be missing at its end. Ask whoever sent it to you for a new one.',
            words: 'linkUnknown',
          };
    }
    const offer = query['offer'];
    if (invitation === null && offer !== undefined) return admitOffered(survey, offer);
    const admission = await targeting.admit(survey, invitation);
    if (invitation !== null || !admission.isAdmitted) return admission;
    const supplierId = query['supplier'];
    if (supplierId !== undefined) return admitFromSupplier(survey, admission, supplierId, query);
    const isTest = isTestMark(keys.invitation, survey.publicId, query['test']);
    if (survey.settings.byLinkOnly && !isTest)
      return {
        ...admission,
        isAdmitted: false,
        title: 'This survey opens by personal link only',
        reason: 'It is meant for a group of people who were invited. If you were, use the link you received.',
        words: 'personalOnly',
      };
    return admission;
  }

  /** An anonymous survey knows nobody: a link that is of one person alone would, and opens nothing. */
  async function admitUnknown(
    survey: PublishedSurvey,
    { invitation, single, query = {} }: Arrival,
  ): Promise<Admission> {
    const isPersonal = invitation !== null || (single ?? null) !== null || query['supplier'] !== undefined;
    const admission = await targeting.admit(survey, null);
    const asked: Asked = { how: query['offer'] === undefined ? 'open' : 'widget' };
    const nobody = { trace: null, personId: null, attributes: null, asked };
    if (!isPersonal) return { ...admission, ...nobody };
    return {
      ...nobody,
      isAdmitted: false,
      title: 'This survey is anonymous and takes no personal links',
      reason: 'Use the address that is the same for everybody.',
      words: 'linkUnknown',
    };
  }

  /** Somebody to whom the survey was offered on a page: once, and for a new response only. */
  async function admitOffered(survey: PublishedSurvey, offer: string): Promise<Admission> {
    const grant = readGrant(keys.invitation, survey.publicId, offer, now());
    const person = grant ? await store.contacts.personByPublicId(grant.personPublicId) : null;
    if (!grant || !person)
      return {
        trace: null,
        personId: null,
        attributes: null,
        asked: { how: 'widget' },
        isAdmitted: false,
        title: 'This personal link is not known',
        reason: 'It may be too old. Go back to the page where the survey was offered.',
        words: 'linkUnknown',
      };
    const admission = await targeting.admit(survey, null, person.id);
    // A signature is of one id and says nothing of whom a page called the same, be it after the offer was made.
    const isProven = grant.isProven && !(await store.people.isSaidSame(person.id));
    return {
      ...admission,
      ...(isProven ? {} : { asked: { ...admission.asked, isUnproven: true } }),
      claim: `offer ${grant.nonce}`,
    };
  }

  async function admitFromSupplier(
    survey: PublishedSurvey,
    admission: Admission,
    supplierId: string,
    query: Query,
  ): Promise<Admission> {
    const supplier = isPublicId(supplierId) ? await store.fieldwork.findSupplier(survey.surveyId, supplierId) : null;
    const theirId = supplier ? (query[supplier.idParameter] ?? '').trim() : '';
    // What cannot be seen would make one id look like many.
    if (!supplier || supplier.endedAt !== null || theirId === '' || theirId.length > 200 || /\p{C}/u.test(theirId))
      return {
        ...admission,
        isAdmitted: false,
        title: 'This personal link is not known',
        reason: 'A letter may be missing at its end. Ask whoever sent it to you for a new one.',
        words: 'linkUnknown',
      };
    return {
      ...admission,
      asked: { how: 'supplier', supplier: supplier.publicId, supplierId: theirId },
      claim: `supplier ${supplier.publicId} ${theirId}`,
    };
  }
}
