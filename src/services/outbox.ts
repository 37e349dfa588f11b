import { MAPPINGS } from '../exchange/outgoing/hook-kinds.ts';
import type { EventType, PersonaEvent } from '../model/outgoing-event.ts';
import type { NewDelivery } from '../store/deliveries.ts';
import type { Hook } from '../store/hooks.ts';
import type { Context } from './context.ts';
import { NOT_PERSONAL, type OutgoingEvents } from './outgoing-events.ts';

/** So many records are looked at in one transaction. */
const BATCH = 200;

type Ending = Awaited<ReturnType<Context['store']['deliveries']['endings']>>[number];

/**
 * Finds out what is to be told, from what lies in the database already: responses that were completed, corrected or withdrawn,
 * and versions of personas. A mark says how far it has looked and is moved in the transaction that writes the deliveries, so
 * that a process which is killed at any moment leaves nothing out and tells nothing twice.
 */
export function outboxService({ store, now }: Context, events: OutgoingEvents, publicUrl: string | null) {
  /** The hooks of a study that ask for an event, and were there when it came about. */
  async function askedBy(
    type: EventType,
    { studyId, surveyId, at }: { studyId: number; surveyId: number | null; at: string },
  ): Promise<Hook[]> {
    const hooks = await store.hooks.list(studyId);
    return hooks.filter(
      (hook) =>
        hook.events.includes(type) &&
        hook.madeAt <= at &&
        (hook.surveyId === null || surveyId === null || hook.surveyId === surveyId),
    );
  }

  async function completed({ responseId, studyId, surveyId, receivedAt }: Ending): Promise<NewDelivery[]> {
    const hooks = await askedBy('response.completed', { studyId, surveyId, at: receivedAt });
    // Whoever is told of one response at once knows when it came.
    if (hooks.length === 0 || (await store.surveys.standing(surveyId)).isAnonymous) return [];
    const response = await store.responses.find(studyId, responseId);
    if (response?.state !== 'completed' || response.isTest === 1) return [];
    return Promise.all(
      hooks.map(async (hook): Promise<NewDelivery> => {
        const { event, personId } = await events.ofResponse('response.completed', response, hook);
        const isHeldBack = MAPPINGS[hook.kind].isMarketing && !events.isPersonal(response);
        return {
          hookId: hook.id,
          origin: `response.completed ${responseId}`,
          event: event.type,
          subject: responseId,
          surveyId,
          personId,
          payload: JSON.stringify(event),
          happenedAt: receivedAt,
          heldBack: isHeldBack ? NOT_PERSONAL : null,
        };
      }),
    );
  }

  /** Whoever is told of a response is told how it was corrected. A page sent twice before the end was told to nobody. */
  async function corrected({ responseId, studyId, surveyId, receivedAt, seq }: Ending): Promise<NewDelivery[]> {
    const told = await store.deliveries.toldOrToBe(responseId);
    const response = told.length === 0 ? null : await store.responses.find(studyId, responseId);
    if (response?.state !== 'completed') return [];
    const hooks = (await store.hooks.list(studyId)).filter(({ id }) => told.includes(id));
    return Promise.all(
      hooks.map(async (hook): Promise<NewDelivery> => {
        const { event, personId } = await events.ofResponse('response.corrected', response, hook);
        return {
          hookId: hook.id,
          origin: `response.corrected ${responseId} ${seq}`,
          event: event.type,
          subject: responseId,
          surveyId,
          personId,
          payload: JSON.stringify(event),
          happenedAt: receivedAt,
          heldBack: null,
        };
      }),
    );
  }

  /** Whoever may have been told of a response is told that it was withdrawn, whatever else they ask for. */
  async function withdrawn({ responseId, studyId, surveyId, receivedAt }: Ending): Promise<NewDelivery[]> {
    const response = await store.responses.find(studyId, responseId);
    if (!response) return [];
    const { event, personId } = await events.ofWithdrawal(response);
    const told = new Set(await store.deliveries.toldOf(responseId));
    if (personId !== null) {
      const hooks = await store.hooks.list(studyId);
      const ofPerson = await store.deliveries.toldOfPerson(studyId, personId);
      for (const { id, kind } of hooks) if (MAPPINGS[kind].isMarketing && ofPerson.includes(id)) told.add(id);
    }
    return [...told].map((hookId) => ({
      hookId,
      origin: `response.withdrawn ${responseId}`,
      event: event.type,
      subject: responseId,
      surveyId,
      personId,
      payload: JSON.stringify(event),
      happenedAt: receivedAt,
      heldBack: null,
    }));
  }

  const TELL = { completion: completed, correction: corrected, withdrawal: withdrawn };

  /** Takes the next records; false when there are none. */
  async function takeEndings(): Promise<boolean> {
    const from = await store.deliveries.mark('outbox');
    const upTo = await store.responses.projectedUpTo();
    if (upTo <= from) return false;
    const found = (await store.hooks.isAny()) ? await store.deliveries.endings(from, upTo, BATCH) : [];
    const to = found.length === BATCH ? Number(found.at(-1)?.seq) : upTo;
    const list: NewDelivery[] = [];
    const gone: string[] = [];
    for (const ending of found) {
      if (ending.kind === 'withdrawal') gone.push(ending.responseId);
      list.push(...(await TELL[ending.kind as keyof typeof TELL](ending)));
    }
    return store.deliveries.advance('outbox', from, to, { list, withdrawn: gone }, now().toISOString());
  }

  async function takePersonas(): Promise<boolean> {
    const from = await store.deliveries.mark('outbox personas');
    const found = await store.deliveries.personaVersions(from, BATCH);
    const last = found.at(-1);
    if (!last) return false;
    const list: NewDelivery[] = [];
    for (const version of found) {
      const event: PersonaEvent = {
        type: 'persona.changed',
        study: version.study,
        persona: { id: version.personaId, name: version.name, version: version.number },
        segment:
          version.segmentId === null || version.segmentName === null
            ? null
            : { id: version.segmentId, name: version.segmentName },
        link: publicUrl === null ? null : `${publicUrl}/studio/${version.study}/personas/${version.personaId}`,
      };
      const about = { studyId: version.studyId, surveyId: null, at: version.createdAt };
      for (const hook of await askedBy('persona.changed', about))
        list.push({
          hookId: hook.id,
          origin: `persona.changed ${version.personaId} ${version.number}`,
          event: event.type,
          subject: null,
          surveyId: null,
          personId: null,
          payload: JSON.stringify(event),
          happenedAt: version.createdAt,
          heldBack: null,
        });
    }
    const to = Number(last.id);
    return store.deliveries.advance('outbox personas', from, to, { list, withdrawn: [] }, now().toISOString());
  }

  return {
    askedBy,
    /** Looks at everything that has come about since it last looked. */
    gather: async (): Promise<void> => {
      while (await takeEndings());
      while (await takePersonas());
    },
  };
}
export type Outbox = ReturnType<typeof outboxService>;
