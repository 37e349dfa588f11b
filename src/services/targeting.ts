import { createHmac } from 'node:crypto';
import type { Asked } from '../model/record.ts';
import type { Rule } from '../model/rule.ts';
import { decide, type Trace } from '../rules/decide.ts';
import { isPublicId, publicHalf } from '../store/identifiers.ts';
import { personFacts } from '../store/person-facts.ts';
import { ruleOfPeople } from '../store/segment-rules.ts';
import type { PublishedSurvey } from '../store/surveys.ts';
import type { Context } from './context.ts';
import { insistKnown } from './insist-known.ts';

export type Attributes = Record<string, string | number | boolean | string[]>;

/** Whether somebody may take a survey, and why or why not. */
export type Admission = {
  isAdmitted: boolean;
  title: string;
  reason: string;
  trace: Trace | null;
  personId: number | null;
  attributes: Attributes | null;
  asked: Asked;
  /** The stem of the texts that say a refusal to a respondent. */
  words: string;
  /** What only one response may hold. */
  claim?: string;
};

/** Deciding whom a survey is offered to: an audience rule, and personal links for those it admits. */
export function targetingService(context: Context) {
  const { store, logs, keys, now } = context;
  const facts = personFacts(store, now);
  /** A personal link can be shown again at any time, because it is computed; the database knows only its hash. */
  const invitationToken = (surveyPublicId: string, personPublicId: string): string =>
    createHmac('sha256', keys.invitation)
      .update(`${surveyPublicId} ${personPublicId}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');

  async function audienceOf(survey: { studyId: number; audienceSegmentId: number | null }) {
    if (survey.audienceSegmentId === null) return null;
    const segment = await store.segments.findById(survey.studyId, survey.audienceSegmentId);
    const rule = segment && ruleOfPeople(segment);
    return segment && rule ? { segment, rule } : null;
  }

  async function explain(studyId: number, personId: number, rule: Rule): Promise<Trace> {
    await logs.settle();
    const workspaceId = (await store.studies.find(studyId))?.workspaceId ?? 0;
    return decide(rule, await facts.subject({ workspaceId, studyId }, personId, [rule]));
  }

  /** While a wave is open, answers to earlier ones do not count: it asks the same people again. */
  async function hasAnswered(survey: PublishedSurvey, personId: number): Promise<boolean> {
    await logs.settle();
    const wave = await store.fieldwork.waveAt(survey.surveyId, now().toISOString());
    return store.responses.hasCompleted(survey.surveyId, await store.people.sameAs(personId), wave?.publicId ?? null);
  }

  return {
    explain,
    audienceOf,
    invitationToken,

    /** Whether a person is in a segment that a rule defines; null when too little is known or there is no such rule. */
    isIn: async (studyId: number, segmentPublicId: string, personId: number): Promise<boolean | null> => {
      const segment = await store.segments.find(studyId, segmentPublicId);
      const rule = segment && ruleOfPeople(segment);
      return rule ? (await explain(studyId, personId, rule)).truth : null;
    },

    participate: async (studyId: number, personId: number): Promise<number | null> =>
      (await store.people.participate(studyId, [personId], now().toISOString())).get(personId) ?? null,

    /**
     * Decides for an open link (no invitation) or a personal one. Unknown does not admit, and says what is unknown.
     *
     * @param knownId the person, where something else than an invitation says who it is
     */
    admit: async (
      survey: PublishedSurvey,
      invitation: string | null,
      knownId: number | null = null,
    ): Promise<Admission> => {
      const personId =
        invitation !== null && isPublicId(invitation)
          ? await store.people.findInvited(survey.surveyId, publicHalf(invitation))
          : knownId;
      const attributes =
        personId === null
          ? null
          : Object.fromEntries(
              [...(await store.people.attributesOf(personId))].map(([name, { value }]) => [name, value]),
            );
      const audience = await audienceOf(survey);
      const asked: Asked = audience
        ? { how: 'rule', rule: audience.segment.publicId }
        : { how: personId === null ? 'open' : 'list' };
      const base = { personId, attributes, asked, trace: null, words: '' };
      if (invitation !== null && personId === null) {
        return {
          ...base,
          isAdmitted: false,
          title: 'This personal link is not known',
          words: 'linkUnknown',
          reason: 'A letter may be missing at its end. Ask whoever sent it to you for a new one.',
        };
      }
      if (personId !== null && (await hasAnswered(survey, personId))) {
        return {
          ...base,
          isAdmitted: false,
          title: 'You have answered this survey already',
          words: 'answered',
          reason: 'Your answers are safe and were not changed. Thank you for taking part.',
        };
      }
      if (!audience) return { ...base, isAdmitted: true, title: '', reason: '' };
      if (personId === null) {
        return {
          ...base,
          isAdmitted: false,
          title: 'This survey opens by personal link only',
          words: 'personalOnly',
          reason: 'It is meant for a group of people who were invited. If you were, use the link you received.',
        };
      }
      const trace = await explain(survey.studyId, personId, audience.rule);
      const isAdmitted = trace.truth === true;
      return {
        ...base,
        isAdmitted,
        trace,
        title: isAdmitted ? '' : 'This survey is not meant for you just now',
        words: isAdmitted ? '' : 'notMeant',
        reason: isAdmitted
          ? ''
          : 'It asks a group of people that you are not in at the moment. Nothing was saved. Thank you for coming.',
      };
    },

    /** Keeps what was decided when a person meant to begin, with the reason; looking at the first page leaves no trace. */
    noteDecision: async (survey: PublishedSurvey, { personId, isAdmitted, trace }: Admission): Promise<void> => {
      if (personId === null || trace === null) return;
      await store.people.noteExposure({
        workspaceId: (await store.studies.find(survey.studyId))?.workspaceId ?? 0,
        surveyId: survey.surveyId,
        personId,
        decision: isAdmitted ? 'offered' : 'not offered',
        reason: JSON.stringify(trace),
        at: now().toISOString(),
      });
    },

    /** Personal links for everybody the audience admits, but for those who asked not to be asked. */
    invite: async (survey: PublishedSurvey, admitted: readonly { id: number; publicId: string }[]): Promise<void> => {
      insistKnown(survey, 'Personal links');
      const createdAt = now().toISOString();
      const workspaceId = (await store.studies.find(survey.studyId))?.workspaceId ?? 0;
      const { people: optedOut } = await store.contacts.optedOut(workspaceId);
      const invited = admitted.filter((person) => !optedOut.has(person.id));
      await store.people.addInvitations(
        invited.map((person) => ({
          surveyId: survey.surveyId,
          personId: person.id,
          tokenHash: publicHalf(invitationToken(survey.publicId, person.publicId)),
          createdAt,
        })),
      );
    },
  };
}
export type Targeting = ReturnType<typeof targetingService>;
