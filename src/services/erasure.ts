import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { decodeText } from '../exchange/delimited.ts';
import { Problem } from '../model/problem.ts';
import { noteErased, readErased } from '../store/erased-log.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Interview } from '../store/notes.ts';
import type { Person } from '../store/people.ts';
import type { Reach } from '../store/personal-places.ts';
import type { Study } from '../store/studies.ts';
import { joinReach } from '../store/subject-reach.ts';
import type { ErasureCounts } from '../store/take-away.ts';
import type { Actor, Context } from './context.ts';
import type { Fieldwork } from './fieldwork.ts';
import type { Files } from './files.ts';

/** Shorter ids stand in files for anything. */
const NAME_LETTERS_MIN = 4;
/** Where files lie that were brought in whole. */
const BROUGHT_IN = ['files/imports', 'files/people-imports', 'files/segment-imports', 'files/survey-imports', 'inbox'];
const JOURNAL_TRIES = 20;
const JOURNAL_WAIT_MS = 100;

export type Erased = {
  id: string;
  counts: ErasureCounts /** False while somebody reads what the journal still holds. */;
  isJournalEmpty: boolean;
};

/**
 * The end of somebody, or of one response: everything that `store/personal-places` lists, and what lies in files. What
 * is to be erased is noted first, in a ledger beside the database and in it, so that a stop in the middle is gone on with
 * at the next start, and a copy of the database from before is cleaned before anybody works with it.
 */
export function erasureService(
  { folder, store, logs, audit, now }: Context,
  {
    fieldwork,
    files,
    withdrawInterview,
    tellOfWithdrawal,
    sweep,
  }: {
    fieldwork: Fieldwork;
    files: Files;
    withdrawInterview: (study: Pick<Study, 'id'>, interview: Interview, actor: Actor) => Promise<unknown>;
    /** Tells those who follow what rested on the words of a response. */
    tellOfWithdrawal: (study: Pick<Study, 'id'>, responseId: string) => Promise<void>;
    /** Takes away the files of reports and imports that hold words which are gone. */
    sweep: () => Promise<void>;
  },
) {
  const at = () => now().toISOString();

  /** Goes all the way, from wherever an earlier try came to an end. */
  async function carryThrough(publicId: string, reach: Reach, actor: Actor): Promise<Erased> {
    const written = await store.erasures.letGoWritten(reach, at());
    const studies = await store.studies.all();
    for (const responseId of reach.responsePublic as string[]) {
      const known = await logs.responses.read(responseId);
      const [first] = known;
      if (first && known.at(-1)?.kind !== 'withdrawal') {
        await fieldwork.withdrawResponse(responseId);
        await tellOfWithdrawal({ id: first.studyId }, responseId);
      }
      await files.eraseOf(responseId);
    }
    await logs.settle();
    for (const interviewId of reach.interviewPublic as string[])
      for (const study of studies) {
        const interview = await store.notes.findInterview(study.id, interviewId);
        if (interview) await withdrawInterview(study, interview, actor);
      }
    const names = (await store.erasures.namesOf(reach)).filter((name) => name.length >= NAME_LETTERS_MIN);
    await forgetFiles(names);
    const named = await store.erasures.forgetNamed(reach, names);
    const counts = await store.erasures.takeAway(reach, { ...written, rows: { ...written.rows, ...named } }, at());
    await sweep();
    await store.erasures.finish(publicId, counts, at());
    return { id: publicId, counts, isJournalEmpty: await emptyJournal() };
  }

  /** Whoever reads is done in a moment; the writer goes on trying after that. */
  async function emptyJournal(): Promise<boolean> {
    for (let tries = 0; tries < JOURNAL_TRIES; tries += 1) {
      if (await store.erasures.emptyJournal()) return true;
      await new Promise((resolve) => setTimeout(resolve, JOURNAL_WAIT_MS));
    }
    return false;
  }

  /** Files that were brought in are kept so that they can be looked at again; one that names somebody erased goes. */
  async function forgetFiles(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    for (const room of BROUGHT_IN) {
      const place = path.join(folder, room);
      const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const file = path.join(entry.parentPath, entry.name);
        const bytes = await readFile(file);
        const text = decodeText(bytes);
        if (names.some((name) => bytes.includes(name) || text.includes(name))) await rm(file, { force: true });
      }
    }
  }

  async function begin(kind: 'person' | 'response', subject: string, reach: Reach, actor: Actor): Promise<Erased> {
    const publicId = newPublicId();
    noteErased(folder, { id: publicId, on: at().slice(0, 10), ...idsOf(reach) });
    await store.erasures.begin({ publicId, kind, subject, begunBy: actor?.userId ?? null, begunAt: at() }, reach);
    return carryThrough(publicId, reach, actor);
  }

  const idsOf = (reach: Reach) => ({
    people: reach.personPublic as string[],
    responses: reach.responsePublic as string[],
    interviews: reach.interviewPublic as string[],
    feedback: reach.feedbackPublic as string[],
  });

  return {
    /**
     * Erases somebody with everything that is kept of them, in every study of the workspace.
     *
     * @throws Problem `conflict` for somebody who was erased before or while a legal hold stands, `forbidden` naming how many studies the member does
     *   not own in which the person is
     */
    erasePerson: async (
      person: Person,
      actor: { userId: number },
      { despiteHold = false }: { despiteHold?: boolean } = {},
    ): Promise<Erased> => {
      if (person.erasedAt !== null)
        throw new Problem('conflict', 'This person was erased before', { detail: 'Nothing of them is left to erase' });
      const personIds = await store.people.sameAs(person.id);
      const touched = await store.erasures.studiesOf(personIds);
      const owned = await ownedBy(actor.userId);
      const foreign = touched.filter((studyId) => !owned.has(studyId)).length;
      if (foreign > 0)
        throw new Problem('forbidden', 'The person is also in studies that you do not own', {
          detail: `Ask an owner of ${foreign === 1 ? 'the other study' : `the ${foreign} other studies`} of this workspace to erase them, or to make you an owner there`,
        });
      if (!despiteHold) await insistNotHeld(touched);
      await logs.settle();
      const reach = await store.erasures.reachOfPeople(personIds, null);
      await audit.note({ action: 'person-erasure', object: `person:${person.publicId}` });
      return begin('person', person.publicId, reach, actor);
    },

    /** Erases one response with everything that was made of it. The person, where one is known, stays. */
    eraseResponse: async (
      responseId: string,
      actor: Actor,
      { despiteHold = false }: { despiteHold?: boolean } = {},
    ): Promise<Erased> => {
      await logs.settle();
      if (!despiteHold) {
        const [first] = await logs.responses.read(responseId);
        await insistNotHeld(first ? [first.studyId] : []);
      }
      const reach = await store.erasures.reachOfResponses([responseId]);
      await audit.note({ action: 'response-erasure', object: `response:${responseId}` });
      return begin('response', responseId, reach, actor);
    },

    /**
     * Goes on with erasures that a stop broke off, then carries those of the ledger through that this database has not
     * been through, as one restored from an older copy has not. Nothing else may work with the database before it.
     *
     * @returns how many were carried through
     */
    catchUp: async (): Promise<number> => {
      let carried = 0;
      for (const { publicId, reach } of await store.erasures.underway()) {
        await carryThrough(publicId, reach, null);
        carried += 1;
      }
      const done = await store.erasures.done();
      for (const line of readErased(folder)) {
        if (done.has(line.id)) continue;
        await logs.settle();
        const known = await store.erasures.known(line);
        const reach = joinReach(
          await store.erasures.reachOfPeople(known.people, null),
          await store.erasures.reachOfResponses(known.responses),
        );
        reach.interview.push(...known.interviews.map(({ id }) => Number(id)));
        reach.interviewPublic.push(...known.interviews.map(({ publicId }) => publicId));
        reach.feedback.push(...known.feedback.map(({ id }) => Number(id)));
        reach.feedbackPublic.push(...known.feedback.map(({ publicId }) => publicId));
        const whole = joinReach(reach, reach);
        await store.erasures.begin(
          {
            publicId: line.id,
            kind: line.people.length > 0 ? 'person' : 'response',
            subject: line.people[0] ?? line.responses[0] ?? line.id,
            begunBy: null,
            begunAt: at(),
          },
          whole,
        );
        await carryThrough(line.id, whole, null);
        carried += 1;
      }
      return carried;
    },

    emptyJournal,
    /** Legal holds that stand over studies in which a person is. */
    holdsOverPerson: async (person: Person) =>
      holdsOver(await store.erasures.studiesOf(await store.people.sameAs(person.id))),

    /** Studies that somebody owns, in which they may take out and erase what is kept of a person. */
    ownedBy: async (userId: number): Promise<ReadonlySet<number>> => ownedBy(userId),
  };

  /** @throws Problem `conflict` naming the hold: somebody's own right stands, but an owner has to mean it */
  async function insistNotHeld(studyIds: readonly number[]): Promise<void> {
    const [hold] = await holdsOver(studyIds);
    if (hold)
      throw new Problem('conflict', 'A legal hold stands over the study', {
        detail: `Nothing was erased. It stands since ${hold.since.slice(0, 10)}, for: ${hold.reason}. Confirm that this is to be erased nevertheless`,
        errors: [{ pointer: '#/despiteHold', detail: 'Confirm that this is to be erased nevertheless' }],
      });
  }

  async function holdsOver(studyIds: readonly number[]): Promise<{ reason: string; since: string }[]> {
    const settings = await Promise.all(studyIds.map((studyId) => store.retention.settings(Number(studyId))));
    return settings.flatMap(({ hold }) => hold ?? []);
  }

  async function ownedBy(userId: number): Promise<ReadonlySet<number>> {
    const studies = await store.studies.entered(userId);
    return new Set(studies.filter(({ role }) => role === 'owner').map(({ id }) => Number(id)));
  }
}
export type ErasureService = ReturnType<typeof erasureService>;
