import { cleanText, type TextKind } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { type Claim, FORCES, type Portrait, RINGS, readPortrait, STAGES } from '../personas/portrait.ts';
import { readWords } from '../reports/evidence-words.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Persona, PersonaCare, PersonaVersion } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import { isDay } from './interview-form.ts';
import { markOf, refuseLate, refuseUndoing } from './shown-state.ts';

export type OwnClaimForm = {
  text: string;
  /** Above it; `Assumed` where it is empty. */
  heading: string;
  /** A ring of the buying story, a stage of the switch or a force; empty for none. */
  part: string;
};
/** Who answers for a persona, and what it is good for. */
export type GovernanceForm = {
  ownerId: number | null;
  /** A day, `2026-11-30`; empty for none. */
  reviewOn: string;
  validFor: string;
  notValidFor: string;
  retireWhen: string;
};

/** Marks of what forms show of a persona, by which a later save tells what it would undo. */
export const markOfText = ({ name, lede }: Pick<PersonaVersion, 'name' | 'lede'>): string => markOf([name, lede]);
export const markOfClaim = ({ id, text, lapsedIn }: Claim, words: Readonly<Record<string, string>>): string =>
  markOf([text, words[id] ?? '', lapsedIn]);
export const markOfCare = ({ ownerId, reviewOn, validFor, notValidFor, retireWhen }: PersonaCare): string =>
  markOf([ownerId === null ? null : Number(ownerId), reviewOn, validFor, notValidFor, retireWhen]);

/** What researchers do to a persona by hand: every change of what it says is a version. */
export function personaDesk({ store, now }: Pick<Context, 'store' | 'now'>) {
  const at = () => now().toISOString();

  const newest = async (persona: Pick<Persona, 'id'>): Promise<PersonaVersion> => {
    const [version] = await store.personas.versionsOf(persona.id);
    if (!version) throw new Problem('not-found', 'There is no such persona in this study', { detail: GONE });
    return version;
  };

  /** What the newest version says. @throws Problem `conflict` where it cannot be read, since a change would lose the rest */
  function portraitOf(last: PersonaVersion): Portrait {
    const portrait = readPortrait(last.portrait);
    if (portrait.isDamaged)
      throw new Problem('conflict', 'The newest version of this persona cannot be read', {
        detail: 'Its row is damaged: draw the persona anew, then change what it says',
      });
    return portrait;
  }

  /** The next version: the newest with something changed. */
  async function amend(
    study: Pick<Study, 'id'>,
    persona: Pick<Persona, 'id'>,
    last: PersonaVersion,
    to: Partial<Pick<PersonaVersion, 'name' | 'lede' | 'portrait' | 'words'>> & { note: string },
    actor: Actor,
  ): Promise<void> {
    const { name, lede, portrait, words, groupId } = last;
    await store.personas.addVersion(
      { studyId: study.id, personaId: persona.id, segmentIds: null },
      { name, lede, portrait, words, groupId, ...to, createdBy: actor?.userId ?? null },
      at(),
      Number(last.number),
    );
  }

  const withClaims = (portrait: Portrait, claims: Claim[]): string =>
    JSON.stringify({ ...portrait, claims } satisfies Portrait);

  return {
    /**
     * Gives the persona a name and a sentence of the researcher's own; the evidence stays as it was drawn.
     *
     * @param seen the mark of what the form showed; null of whoever does not care what stands there
     * @throws Problem `invalid` naming what does not fit, `conflict` when that would undo what somebody else wrote since
     */
    describe: async (
      study: Pick<Study, 'id'>,
      personaPublicId: string,
      form: { name: string; lede: string },
      actor: Actor,
      seen: string | null = null,
    ): Promise<void> => {
      const persona = await store.personas.find(study.id, personaPublicId);
      if (!persona) throw new Problem('not-found', 'There is no such persona in this study', { detail: GONE });
      const last = await newest(persona);
      const name = cleanText(form.name, 'name');
      const lede = cleanText(form.lede, 'line');
      if (name.text.trim() === '' || name.isTooLong)
        throw new Problem('invalid', 'The persona needs a name', {
          detail: 'Enter one, then save again',
          errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
        });
      if (lede.isTooLong)
        throw new Problem('invalid', 'The sentence is too long', {
          detail: 'Shorten it, then save again',
          errors: [{ pointer: '#/lede', detail: 'Shorten it to 1,000 characters' }],
        });
      const typed = { name: name.text.trim(), lede: lede.text.trim() };
      refuseUndoing({ seen, mark: markOfText(last), standing: { name: last.name, lede: last.lede }, typed });
      const to = { ...typed, note: 'Described anew' };
      await amend(study, persona, last, to, actor);
    },

    /**
     * Says a claim in a researcher's words; its evidence stays what it is. Empty words take them back: the claim says again
     * what was computed, and one that nothing bears any more goes.
     *
     * @param seen the mark of what the form showed; null of whoever does not care what stands there
     * @throws Problem `not-found` without such a claim, `invalid` naming what does not fit, `conflict` when that would undo
     *   what somebody else wrote since
     */
    reword: async (
      study: Pick<Study, 'id'>,
      persona: Pick<Persona, 'id'>,
      claimId: string,
      text: string,
      actor: Actor,
      seen: string | null = null,
    ): Promise<void> => {
      const last = await newest(persona);
      const portrait = portraitOf(last);
      const claim = portrait.claims.find(({ id }) => id === claimId);
      if (!claim) throw noSuchClaim();
      const own = readText(text, 'line', '#/text', 'The sentence does not fit');
      if (claim.isWritten && own === '')
        throw new Problem('invalid', 'The sentence does not fit', {
          detail: 'Mend it, then save again',
          errors: [{ pointer: '#/text', detail: 'Write what is assumed, or take the claim away' }],
        });
      const before = readWords(last.words);
      const standing = { text: claim.isWritten ? claim.text : (before[claimId] ?? claim.text) };
      refuseUndoing({ seen, mark: markOfClaim(claim, before), standing, typed: { text: own || claim.text } });
      const { [claimId]: _, ...words } = before;
      if (own !== '' && own !== claim.text && !claim.isWritten) words[claimId] = own;
      const isBorne = claim.lapsedIn === null || claim.status !== 'open';
      const claims = portrait.claims.flatMap((one): Claim[] => {
        if (one.id !== claimId) return [one];
        if (claim.isWritten) return [{ ...one, text: own }];
        if (!isBorne) return words[claimId] === undefined ? [] : [one];
        const { lapse: __, ...rest } = one;
        return [{ ...rest, lapsedIn: null }];
      });
      const to = { words: JSON.stringify(words), portrait: withClaims(portrait, claims), note: 'A claim said anew' };
      await amend(study, persona, last, to, actor);
    },

    /** Writes a claim down that nothing was counted for. It shows as assumed. */
    addOwnClaim: async (
      study: Pick<Study, 'id'>,
      persona: Pick<Persona, 'id'>,
      form: OwnClaimForm,
      actor: Actor,
    ): Promise<string> => {
      const last = await newest(persona);
      const portrait = portraitOf(last);
      const place = placeOf(form.part);
      if (place === null)
        throw new Problem('invalid', 'The claim does not fit', {
          detail: 'Mend it, then save again',
          errors: [{ pointer: '#/part', detail: `Choose ${[...RINGS, ...STAGES, ...FORCES].join(', ')}, or nothing` }],
        });
      const text = readText(form.text, 'line', '#/text', 'The claim does not fit');
      const heading = readText(form.heading, 'name', '#/heading', 'The claim does not fit');
      if (text === '')
        throw new Problem('invalid', 'The claim does not fit', {
          detail: 'Mend it, then save again',
          errors: [{ pointer: '#/text', detail: 'Write what is assumed in one sentence' }],
        });
      const claim: Claim = {
        id: `own:${newPublicId()}`,
        ...place,
        heading: heading || 'Assumed',
        text,
        status: 'assumed',
        evidence: null,
        source: null,
        quotes: [],
        counterQuotes: [],
        isWritten: true,
        lapsedIn: null,
      };
      const to = { portrait: withClaims(portrait, [...portrait.claims, claim]), note: 'An assumption written down' };
      await amend(study, persona, last, to, actor);
      return claim.id;
    },
    /**
     * Takes an assumption away; what was counted cannot be.
     *
     * @param seen the mark of what the page showed; null of whoever does not care what stands there
     * @throws Problem `not-found` without such a claim, `conflict` when somebody else said it otherwise since
     */
    removeOwnClaim: async (
      study: Pick<Study, 'id'>,
      persona: Pick<Persona, 'id'>,
      claimId: string,
      actor: Actor,
      seen: string | null = null,
    ): Promise<void> => {
      const last = await newest(persona);
      const portrait = portraitOf(last);
      const claim = portrait.claims.find(({ id, isWritten }) => id === claimId && isWritten);
      if (!claim)
        throw new Problem('not-found', 'Nobody wrote such a claim of this persona', {
          detail: 'Only what a researcher wrote can be taken away; what was counted goes when it is drawn anew',
        });
      const mark = markOfClaim(claim, readWords(last.words));
      refuseUndoing({ seen, mark, standing: { text: claim.text }, typed: { text: '' } });
      const left = portrait.claims.filter(({ id }) => id !== claimId);
      await amend(
        study,
        persona,
        last,
        { portrait: withClaims(portrait, left), note: 'An assumption taken away' },
        actor,
      );
    },

    /**
     * Who answers for it and what it is good for; of everybody who may work in the study.
     *
     * @param seen the mark of what the form showed; null of whoever does not care what stands there
     * @throws Problem `invalid` naming what does not fit, `conflict` when that would undo what somebody else wrote since
     */
    govern: async (
      study: Pick<Study, 'id' | 'workspaceId' | 'isClosed'>,
      persona: Pick<Persona, 'id' | 'studyId' | 'publicId'>,
      form: GovernanceForm,
      seen: string | null = null,
    ): Promise<void> => {
      const errors: ProblemError[] = [];
      const coders = await store.studies.coders(study);
      if (form.ownerId !== null && !coders.some(({ id }) => id === form.ownerId))
        errors.push({ pointer: '#/ownerId', detail: 'Choose somebody who works in this study' });
      const reviewOn = form.reviewOn.trim();
      if (reviewOn !== '' && !isDay(reviewOn))
        errors.push({ pointer: '#/reviewOn', detail: 'Enter a day as year-month-day, or leave it empty' });
      const texts = (['validFor', 'notValidFor', 'retireWhen'] as const).map((name) => {
        const { text, isTooLong } = cleanText(form[name], 'line');
        if (isTooLong) errors.push({ pointer: `#/${name}`, detail: 'Shorten it to 1,000 characters' });
        return text.trim();
      });
      if (errors.length > 0)
        throw new Problem('invalid', 'There is something to look at', { detail: 'Mend it, then save again', errors });
      const [validFor = '', notValidFor = '', retireWhen = ''] = texts;
      const to = { ownerId: form.ownerId, reviewOn: reviewOn || null, validFor, notValidFor, retireWhen };
      const now = await store.personas.find(persona.studyId, persona.publicId);
      if (!now) throw new Problem('not-found', 'There is no such persona in this study', { detail: GONE });
      refuseUndoing(
        { seen, mark: markOfCare(now), standing: careFields(now), typed: careFields(to) },
        (value, field) =>
          field === 'ownerId' ? (coders.find(({ id }) => String(id) === value)?.name ?? value) : value,
      );
      const was = careOf(now);
      refuseLate(await store.personas.govern(persona.id, to, seen === null ? {} : was));
    },
    remove: (persona: Pick<Persona, 'id'>): Promise<void> => store.personas.remove(persona.id, at()),

    /** Remarks on a claim of the newest version, or on the whole where `claim` is null. */
    comment: async (
      persona: Pick<Persona, 'id' | 'studyId'>,
      form: { claim: string | null; words: string },
      actor: Actor,
    ): Promise<void> => {
      const words = readText(form.words, 'line', '#/words', 'The remark cannot be kept');
      if (words === '')
        throw new Problem('invalid', 'The remark cannot be kept', {
          detail: 'Write it, then send it again',
          errors: [{ pointer: '#/words', detail: 'Write what you remark' }],
        });
      const { claims } = readPortrait((await newest(persona)).portrait);
      if (form.claim !== null && !claims.some(({ id }) => id === form.claim)) throw noSuchClaim();
      await store.personas.addComment({
        studyId: persona.studyId,
        personaId: persona.id,
        claim: form.claim,
        words,
        createdBy: actor?.userId ?? null,
        createdAt: at(),
      });
    },
    /** Notes that a remark is dealt with, that it is not after all, or takes it away. */
    changeComment: async (
      persona: Pick<Persona, 'id'>,
      publicId: string,
      how: 'resolve' | 'reopen' | 'remove',
      actor: Actor,
    ): Promise<void> => {
      const resolved = { resolvedBy: actor?.userId ?? null, resolvedAt: at() };
      const to = { resolve: resolved, reopen: { resolvedBy: null, resolvedAt: null }, remove: { removedAt: at() } }[
        how
      ];
      if (!(await store.personas.changeComment(persona.id, publicId, to)))
        throw new Problem('not-found', 'There is no such remark', {
          detail: 'Somebody may have taken it away: look at the comments again',
        });
    },
  };
}

const GONE = 'It may have been taken out of sight: look at the list of personas';
const noSuchClaim = () =>
  new Problem('not-found', 'The persona makes no such claim', {
    detail: 'It may have said so in an earlier version: its changes tell',
  });

const careOf = ({ ownerId, reviewOn, validFor, notValidFor, retireWhen }: PersonaCare): PersonaCare => ({
  ownerId,
  reviewOn,
  validFor,
  notValidFor,
  retireWhen,
});
const careFields = (care: PersonaCare): Record<keyof PersonaCare, string> => ({
  ...careOf(care),
  ownerId: care.ownerId === null ? '' : String(care.ownerId),
  reviewOn: care.reviewOn ?? '',
});

function readText(raw: string, kind: TextKind, pointer: string, title: string): string {
  const { text, isTooLong } = cleanText(raw, kind);
  if (isTooLong)
    throw new Problem('invalid', title, {
      detail: 'Shorten it, then save again',
      errors: [{ pointer, detail: `Shorten it to ${kind === 'name' ? '200' : '1,000'} characters` }],
    });
  return text.trim();
}

/** Where in the story a claim stands; null where there is no such place. */
function placeOf(part: string): Pick<Claim, 'section' | 'ring' | 'part'> | null {
  if (part === '') return { section: 'written', ring: null, part: null };
  const ring = RINGS.find((one) => one === part);
  if (ring) return { section: 'ring', ring, part: null };
  const stage = STAGES.find((one) => one === part);
  if (stage) return { section: 'stage', ring: null, part: stage };
  const force = FORCES.find((one) => one === part);
  if (force) return { section: 'force', ring: null, part: force };
  return null;
}
