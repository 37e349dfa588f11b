import { decodeText, guessFormat, readDelimited } from '../exchange/delimited.ts';
import { type BounceList, readBounceRows, readStatusReports } from '../model/bounces.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import type { Letter } from '../store/letter-queue.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Context } from './context.ts';
import type { OptOuts } from './opt-outs.ts';

/** What became of letters: those that came back, and how many people answered. */
export function mailResultService({ store, logs, now }: Context, { sealOf }: OptOuts) {
  return {
    /**
     * Takes in a list of letters that came back: a table, one address a line, or delivery status reports. Addresses
     * that nobody in the workspace has are counted and not kept.
     */
    reportBounces: async (
      study: Study,
      bytes: Uint8Array,
    ): Promise<Omit<BounceList, 'bounces'> & { added: number; known: number; strangers: number }> => {
      const list = readBounces(decodeText(bytes));
      const contacts = await store.contacts.contacts(study.workspaceId);
      const owners = new Map<string, number>();
      for (const [personId, { address }] of contacts) if (address) owners.set(sealOf(address), personId);
      const ours = list.bounces.flatMap(({ address, reason }) => {
        const addressSeal = sealOf(address);
        const personId = owners.get(addressSeal);
        return personId === undefined ? [] : [{ personId, addressSeal, reason }];
      });
      const added = await store.contacts.addBounces(study.workspaceId, ours, 'list', now().toISOString());
      const { passing, unread } = list;
      return { passing, unread, added, known: ours.length - added, strangers: list.bounces.length - ours.length };
    },

    /**
     * What became of a wave's invitations. Nobody is told by a picture whether a letter was opened: there is none.
     *
     * `rate` is completed out of those a letter may have reached; `strictRate` out of everybody invited, as AAPOR's
     * response rate 1 has it for named people (letters that came back count as unknown eligibility).
     */
    numbers: async (study: Study, survey: SurveyRow, wave: number) => {
      await logs.settle();
      const letters = await store.mailings.letters(survey.id, wave);
      const standing = await store.contacts.standing(survey.id, await store.fieldwork.waveNumbered(survey.id, wave));
      const optedOut = await store.contacts.optedOut(study.workspaceId);
      const bad = new Set((await store.contacts.bounces(study.workspaceId)).map((bounce) => bounce.addressSeal));
      const invitations = letters.filter((letter) => letter.round === 0 && letter.state !== 'skipped');
      const isBounced = (letter: Letter) => letter.state === 'refused' || bad.has(letter.addressSeal);
      const reached = invitations.filter(
        (letter) => (letter.state === 'sent' || letter.state === 'unsure') && !isBounced(letter),
      );
      const isCompleted = (letter: Letter) => standing.get(letter.personId) === 'completed';
      const count = (test: (letter: Letter) => boolean) => invitations.filter(test).length;
      const completed = reached.filter(isCompleted).length;
      return {
        invited: invitations.length,
        waiting: count(({ state }) => state === 'waiting' || state === 'sending'),
        accepted: count(({ state }) => state === 'sent'),
        unsure: count(({ state }) => state === 'unsure'),
        failed: count(({ state }) => state === 'failed'),
        bounced: count(isBounced),
        optedOut: count((letter) => optedOut.people.has(letter.personId) || optedOut.seals.has(letter.addressSeal)),
        started: count((letter) => standing.has(letter.personId)),
        completed: count(isCompleted),
        reminded: new Set(
          letters.filter(({ round, state }) => round > 0 && state === 'sent').map((one) => one.personId),
        ).size,
        reached: reached.length,
        rate: wilsonInterval(completed, reached.length),
        strictRate: wilsonInterval(count(isCompleted), invitations.length),
      };
    },
  };
}

/** Reads a list of letters that came back in whichever form it is. */
function readBounces(text: string): BounceList {
  const reports = readStatusReports(text);
  if (reports) return reports;
  try {
    return readBounceRows(readDelimited(text, { ...guessFormat(text), hasHeader: false }).rows);
  } catch {
    return readBounceRows(text.split(/\r?\n/).map((line) => [line]));
  }
}
