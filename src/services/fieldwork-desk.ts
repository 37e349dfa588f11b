import { createHash, randomInt } from 'node:crypto';
import { Problem, type ProblemError } from '../model/problem.ts';
import { HttpsAddress } from '../model/survey.ts';
import { chancesOf, drawWinners } from '../reports/prize-draw.ts';
import type { Supplier, Wave } from '../store/fieldwork.ts';
import { publicHalf } from '../store/identifiers.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { newToken } from './admission.ts';
import type { Actor, Context } from './context.ts';
import { insistKnown } from './insist-known.ts';

/** More links than these are for several files. */
export const SINGLE_LINKS_MAX = 10_000;
/** Where a supplier wants people back, by how it ended, and what that is called. */
export const RETURN_LINK_NAMES = {
  completeLink: 'Where those who completed go back to',
  screenedOutLink: 'Where those who were screened out go',
  quotaFullLink: 'Where those go whose quota was full',
  duplicateLink: 'Where those go who have answered before',
} as const;
export const RETURN_LINKS = ['completeLink', 'screenedOutLink', 'quotaFullLink', 'duplicateLink'] as const;

export type NewSupplier = Pick<Supplier, 'name' | 'idParameter' | (typeof RETURN_LINKS)[number]>;
export type WaveForm = Pick<Wave, 'name' | 'startsAt' | 'endsAt' | 'target' | 'cost' | 'invited'>;

/** A draw of winners as it is kept: enough to make it again, and nobody's address. */
export type Draw = {
  seed: number;
  winners: number;
  /** How many addresses took part, and a fingerprint of them. */
  chances: number;
  fingerprint: string;
  drawnAt: string;
  drawnBy: number | null;
};

/** What researchers set up around a survey's fieldwork: waves, suppliers, single-use links, the prize draw. */
export function fieldworkDeskService({ store, now }: Context) {
  const at = () => now().toISOString();

  function checkWave({ name, startsAt, endsAt, target, cost, invited }: WaveForm): void {
    const errors: ProblemError[] = [];
    if (name.trim() === '' || name.length > 80)
      errors.push({ pointer: '#/name', detail: 'Enter a name of up to 80 letters' });
    if (endsAt !== null && endsAt <= startsAt)
      errors.push({ pointer: '#/endsAt', detail: 'Enter an end that comes after the start' });
    for (const [pointer, value] of [
      ['target', target],
      ['invited', invited],
    ] as const)
      if (value !== null && !(Number.isInteger(value) && value >= 1 && value <= 100_000_000))
        errors.push({ pointer: `#/${pointer}`, detail: 'Enter a whole number from 1, or leave it empty' });
    if (cost !== null && !(cost >= 0 && cost <= 1e12))
      errors.push({ pointer: '#/cost', detail: 'Enter an amount such as 1200 or 1200.50, or leave it empty' });
    if (errors.length > 0) throw new Problem('invalid', 'This wave does not fit', { errors });
  }

  const drawName = (survey: SurveyRow) => `draws-${survey.id}`;
  const readDraws = async (survey: SurveyRow): Promise<Draw[]> =>
    JSON.parse((await store.accounts.setting(drawName(survey))) ?? '[]') as Draw[];
  const fingerprintOf = (contacts: readonly string[]): string =>
    createHash('sha256').update(chancesOf(contacts).join('\n')).digest('base64url').slice(0, 22);
  const contactsOf = async (survey: SurveyRow): Promise<string[]> =>
    (await store.fieldwork.drawEntries(survey.id)).map((entry) => entry.contact);

  return {
    /** @throws Problem `invalid` naming what does not fit */
    addWave: async (survey: SurveyRow, wave: WaveForm): Promise<Wave> => {
      checkWave(wave);
      return store.fieldwork.addWave({ ...wave, name: wave.name.trim(), surveyId: survey.id });
    },
    /** @throws Problem `invalid` naming what does not fit, `not-found` when the survey has no such wave */
    changeWave: async (survey: SurveyRow, publicId: string, wave: WaveForm): Promise<void> => {
      checkWave(wave);
      const found = (await store.fieldwork.waves(survey.id)).find((one) => one.publicId === publicId);
      if (!found) throw new Problem('not-found', 'There is no such wave of this survey');
      await store.fieldwork.changeWave(found.id, { ...wave, name: wave.name.trim() });
    },

    /**
     * Adds somebody who sends people and wants them back.
     *
     * @throws Problem `invalid` for a return address that is not https or has no place for the id
     */
    addSupplier: async (survey: SurveyRow, supplier: NewSupplier): Promise<Supplier> => {
      insistKnown(survey, 'A supplier’s ids');
      const errors: ProblemError[] = [];
      if (supplier.name.trim() === '' || supplier.name.length > 80)
        errors.push({ pointer: '#/name', detail: 'Name: enter one of up to 80 letters' });
      if (!/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(supplier.idParameter) || RESERVED.has(supplier.idParameter))
        errors.push({
          pointer: '#/idParameter',
          detail: 'Parameter: enter a name of letters, digits, - and _ that is not supplier, source, test or language',
        });
      for (const name of RETURN_LINKS)
        if (!isReturnLink(supplier[name]))
          errors.push({
            pointer: `#/${name}`,
            detail: `${RETURN_LINK_NAMES[name]}: enter an address that begins with https:// and holds {id}`,
          });
      if (errors.length > 0) throw new Problem('invalid', 'This supplier does not fit', { errors });
      return store.fieldwork.addSupplier({
        ...supplier,
        name: supplier.name.trim(),
        surveyId: survey.id,
        createdAt: at(),
      });
    },
    /** From now on nobody new comes in from them; those who have begun may finish and are led back. */
    endSupplier: async (survey: SurveyRow, publicId: string): Promise<void> => {
      const supplier = await store.fieldwork.findSupplier(survey.id, publicId);
      if (!supplier) throw new Problem('not-found', 'There is no such supplier of this survey');
      if (supplier.endedAt === null) await store.fieldwork.endSupplier(supplier.id, at());
    },

    /**
     * Makes links that are good for one response each. They are given out here and never again: the database keeps
     * nothing but their hashes.
     *
     * @throws Problem `invalid` for a number that does not fit
     */
    makeSingleLinks: async (survey: SurveyRow, count: number): Promise<string[]> => {
      insistKnown(survey, 'Links for one person each');
      if (!Number.isInteger(count) || count < 1 || count > SINGLE_LINKS_MAX)
        throw new Problem('invalid', 'This number of links does not fit', {
          errors: [{ pointer: '#/count', detail: 'Enter a number from 1 to 10,000' }],
        });
      const tokens = Array.from({ length: count }, newToken);
      await store.fieldwork.addSingleLinks(survey.id, tokens.map(publicHalf), at());
      return tokens;
    },

    /**
     * Draws winners by chance, and keeps the seed so that the draw can be made again.
     *
     * @throws Problem `invalid` for a number that does not fit, `conflict` when nobody has entered
     */
    draw: async (survey: SurveyRow, winners: number, actor: Actor): Promise<void> => {
      const contacts = await contactsOf(survey);
      const chances = chancesOf(contacts).length;
      if (chances === 0) throw new Problem('conflict', 'Nobody has entered the draw yet');
      if (!Number.isInteger(winners) || winners < 1 || winners > chances)
        throw new Problem('invalid', 'This number of winners does not fit', {
          errors: [{ pointer: '#/winners', detail: `Enter a number from 1 to ${chances}` }],
        });
      const draw: Draw = {
        seed: randomInt(2 ** 31),
        winners,
        chances,
        fingerprint: fingerprintOf(contacts),
        drawnAt: at(),
        drawnBy: actor?.userId ?? null,
      };
      await store.accounts.putSetting(drawName(survey), JSON.stringify([...(await readDraws(survey)), draw]));
    },
    /** Every draw, newest first; winners are null when entries have come or gone since, so that it cannot be repeated. */
    draws: async (survey: SurveyRow): Promise<(Draw & { names: string[] | null })[]> => {
      const contacts = await contactsOf(survey);
      const fingerprint = fingerprintOf(contacts);
      return (await readDraws(survey))
        .map((draw) => ({
          ...draw,
          names: draw.fingerprint === fingerprint ? drawWinners(contacts, draw.winners, draw.seed) : null,
        }))
        .reverse();
    },
  };
}
export type FieldworkDesk = ReturnType<typeof fieldworkDeskService>;

/** What addresses of surveys say already. */
const RESERVED = new Set(['supplier', 'source', 'test', 'language']);

function isReturnLink(link: string): boolean {
  if (link.length > 500 || !link.includes('{id}')) return false;
  return HttpsAddress.safeParse(link).success;
}
