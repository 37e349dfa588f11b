import type { Contact } from '../model/contact.ts';
import { Problem } from '../model/problem.ts';
import type { Rule } from '../model/rule.ts';
import type { Standing } from '../store/contacts.ts';
import { ruleOfPeople } from '../store/segment-rules.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Context } from './context.ts';
import type { OptOuts } from './opt-outs.ts';
import type { Segments } from './segments.ts';
import type { Targeting } from './targeting.ts';

/** Somebody a letter or a link is for. */
export type Recipient = Contact & { id: number; publicId: string };

/** Why people are not written to, with how many each; those with nobody are left out. */
export type LeftOut = { reason: string; count: number }[];

const NO_ADDRESS = {
  none: 'have no e-mail address',
  unproven: 'have an e-mail address that only a page told, without proof',
  'said-same': 'were called the same person as somebody else by a page, without proof',
} as const;

const DAY_MS = 86_400_000;

/** Completed, screened out, over a quota or withdrawn: in each case there is nothing more to ask. */
const hasEnded = (standing: Standing | undefined): boolean => standing === 'completed' || standing === 'ended';

/** Whom a letter or a link goes to, and who is left out for which reason: said before anything is sent. */
export function recipientService(
  { store, logs, now }: Context,
  { targeting, segments, optOuts }: { targeting: Targeting; segments: Segments; optOuts: OptOuts },
) {
  const { sealOf } = optOuts;

  /** How far people have come within the wave, where the survey has a wave of that number; else with the survey. */
  const standingIn = async (survey: SurveyRow, wave: number) =>
    store.contacts.standing(survey.id, await store.fieldwork.waveNumbered(survey.id, wave));

  /** Everybody a survey may be offered to: whom its audience and the chosen rule both admit, else all there are. */
  async function offered(study: Study, survey: SurveyRow, segmentPublicId: string | null) {
    const rules: Rule[] = [];
    const audience = await targeting.audienceOf(survey);
    if (audience) rules.push(audience.rule);
    if (segmentPublicId !== null) {
      const segment = await store.segments.find(study.id, segmentPublicId);
      if (!segment?.rule)
        throw new Problem('invalid', 'There is no such rule in this study', {
          errors: [{ pointer: '#/segment', detail: 'Choose one of the rules listed' }],
        });
      const rule = ruleOfPeople(segment);
      if (rule && segment.id !== audience?.segment.id) rules.push(rule);
    }
    const [first, second] = rules;
    if (!first) return store.people.canonical(study.workspaceId);
    const { admitted } = await segments.count(study, first, null);
    if (!second) return admitted;
    const also = new Set((await segments.count(study, second, null)).admitted.map((person) => person.id));
    return admitted.filter((person) => also.has(person.id));
  }

  /** Sorts people by what keeps a letter from them; the first reason that applies counts. */
  async function sortOut(
    study: Study,
    people: readonly { id: number; publicId: string }[],
    otherReason: (person: { id: number }) => string | null,
    addressesTaken: Set<string>,
  ): Promise<{ to: Recipient[]; leftOut: LeftOut }> {
    const contacts = await store.contacts.contacts(study.workspaceId);
    const optedOut = await store.contacts.optedOut(study.workspaceId);
    const bounced = new Set((await store.contacts.bounces(study.workspaceId)).map((bounce) => bounce.addressSeal));
    const counts = new Map<string, number>();
    const to: Recipient[] = [];
    for (const person of people) {
      const contact = contacts.get(person.id);
      const seal = contact?.address ? sealOf(contact.address) : null;
      const reason =
        optedOut.people.has(person.id) || (seal !== null && optedOut.seals.has(seal))
          ? 'asked not to be written to'
          : (otherReason(person) ??
            (seal === null
              ? NO_ADDRESS[contact?.withheld ?? 'none']
              : bounced.has(seal)
                ? 'have an address that letters do not reach'
                : addressesTaken.has(seal)
                  ? 'share an address with somebody who is written to'
                  : null));
      if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      else if (contact && seal !== null) {
        addressesTaken.add(seal);
        to.push({ ...contact, ...person });
      }
    }
    return { to, leftOut: [...counts].map(([reason, count]) => ({ reason, count })) };
  }

  /** Whom an invitation would go to now, and who is left out for which reason. */
  async function recipients(study: Study, survey: SurveyRow, segmentPublicId: string | null, wave: number) {
    await logs.settle();
    const people = await offered(study, survey, segmentPublicId);
    const standing = await standingIn(survey, wave);
    const letters = (await store.mailings.letters(survey.id, wave)).filter(
      (letter) => letter.round === 0 && letter.state !== 'skipped' && letter.state !== 'failed',
    );
    const written = new Set(letters.map((letter) => letter.personId));
    return sortOut(
      study,
      people,
      ({ id }) =>
        written.has(id) ? 'were invited already' : hasEnded(standing.get(id)) ? 'have answered already' : null,
      new Set(letters.map((letter) => letter.addressSeal)),
    );
  }

  /** Whom a reminder would go to now: invited, not answered, not reminded too often or too lately. */
  async function reminders(study: Study, survey: SurveyRow, wave: number) {
    await logs.settle();
    const { remindersMax, daysBetween } = await store.mailings.settings(survey.id);
    const standing = await standingIn(survey, wave);
    const byPerson = Map.groupBy(await store.mailings.letters(survey.id, wave), (letter) => letter.personId);
    const sameAs = new Map(
      (await store.people.canonical(study.workspaceId)).map((person) => [person.id, person] as const),
    );
    const rounds = new Map<number, number>();
    const earliest = now().getTime() - daysBetween * DAY_MS;
    const why = new Map<number, string | null>();
    for (const [personId, letters] of byPerson) {
      const said = letters.filter((letter) => letter.state !== 'skipped' && letter.state !== 'failed');
      const invitation = said.find((letter) => letter.round === 0);
      if (!invitation) continue;
      const last = Math.max(...said.map((letter) => letter.round));
      rounds.set(personId, last + 1);
      why.set(
        personId,
        hasEnded(standing.get(personId))
          ? 'have answered'
          : said.some((letter) => letter.state === 'waiting' || letter.state === 'sending')
            ? 'have a letter on its way'
            : invitation.state !== 'sent'
              ? 'did not receive the invitation for certain'
              : last >= remindersMax
                ? 'were reminded as often as is set'
                : said.some((letter) => letter.settledAt !== null && Date.parse(letter.settledAt) > earliest)
                  ? `were written to less than ${daysBetween} ${daysBetween === 1 ? 'day' : 'days'} ago`
                  : null,
      );
    }
    const people = [...why.keys()].flatMap((id) => sameAs.get(id) ?? []);
    const sorted = await sortOut(study, people, ({ id }) => why.get(id) ?? null, new Set());
    return { ...sorted, rounds };
  }

  return { offered, recipients, reminders };
}
