import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readNormsCsv } from '../exchange/instrument-csv.ts';
import { insertInstrument, nextVersion, withItemTurned } from '../model/insert-instrument.ts';
import { InstrumentFile, KnownKey, readInstrument } from '../model/instrument.ts';
import { Problem } from '../model/problem.ts';
import { keyHash } from '../scales/key-hash.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Actor, Context } from './context.ts';
import type { SurveyDrafts } from './survey-drafts.ts';

export type InstrumentEntry = {
  file: InstrumentFile;
  keyHash: string;
  /** True for what Verbatim ships, whether or not the workspace has changed it. */
  isShipped: boolean;
  /** 0 for what is shipped as it is. */
  number: number;
  changedAt: string | null;
};

const INSTRUMENTS_MAX = 200;

/** @throws Problem `invalid` for words of somebody else that nobody said they may use here */
export function refuseUndeclared({ terms }: { terms?: unknown }, isDeclared: boolean, pointer: string): void {
  if (terms === 'licensed' && !isDeclared)
    throw new Problem('invalid', 'This file cannot be read as an instrument', {
      errors: [{ pointer, detail: 'The words belong to somebody else: say that you may use them here' }],
    });
}

/**
 * Instruments of a workspace: those that Verbatim ships, and those that it entered or changed, in versions.
 *
 * @param folder holds one JSON file for each that is shipped, and `keys/` for keys without words
 */
export function instrumentService({ store, now }: Context, surveyDrafts: SurveyDrafts, folder: string) {
  const read = <Value>(at: string, shape: { parse: (value: unknown) => Value }): Value[] =>
    readdirSync(at)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => shape.parse(JSON.parse(readFileSync(path.join(at, name), 'utf8'))));
  let shipped: InstrumentFile[] | null = null;
  let keys: KnownKey[] | null = null;
  const ships = (): InstrumentFile[] => {
    shipped ??= read(folder, InstrumentFile);
    return shipped;
  };
  const asShipped = (file: InstrumentFile): InstrumentEntry => ({
    file,
    keyHash: keyHash(file),
    isShipped: true,
    number: 0,
    changedAt: null,
  });

  async function list(workspaceId: number): Promise<InstrumentEntry[]> {
    const own = await store.instruments.list(workspaceId);
    const codes = new Set(ships().map(({ code }) => code));
    return [
      ...ships()
        .filter(({ code }) => !own.some((one) => one.code === code))
        .map(asShipped),
      ...own.map(({ definition, keyHash, number, createdAt, code }) => ({
        file: definition,
        keyHash,
        isShipped: codes.has(code),
        number,
        changedAt: createdAt,
      })),
    ].sort((a, b) => Number(b.isShipped) - Number(a.isShipped) || (a.file.code < b.file.code ? -1 : 1));
  }

  /** Every version there is, the newest first; empty when there is no such instrument. */
  async function versions(workspaceId: number, code: string): Promise<InstrumentEntry[]> {
    const own = await store.instruments.versions(workspaceId, code);
    const first = ships().find((file) => file.code === code);
    return [
      ...own.map(({ definition, keyHash, number, createdAt }) => ({
        file: definition,
        keyHash,
        isShipped: first !== undefined,
        number,
        changedAt: createdAt,
      })),
      ...(first ? [asShipped(first)] : []),
    ];
  }

  async function find(workspaceId: number, code: string): Promise<InstrumentEntry> {
    const [newest] = await versions(workspaceId, code);
    if (!newest) throw new Problem('not-found', 'There is no such instrument in this workspace');
    return newest;
  }

  async function add(workspaceId: number, number: number, file: InstrumentFile, actor: Actor): Promise<void> {
    const isAdded = await store.instruments.add({
      workspaceId,
      code: file.code,
      number,
      definition: file,
      keyHash: keyHash(file),
      createdBy: actor?.userId ?? null,
      createdAt: now().toISOString(),
    });
    if (!isAdded)
      throw new Problem('conflict', 'Somebody else has changed this instrument meanwhile', {
        detail: 'Look at it again, then change it',
      });
  }

  return {
    list,
    find,
    versions,
    /** Keys that are known of instruments whose words are not ours to give. */
    knownKeys: (): readonly KnownKey[] => {
      keys ??= read(path.join(folder, 'keys'), KnownKey);
      return keys;
    },
    /**
     * Keeps an instrument: a new one, or the next version of one.
     *
     * @param after the number of the version that was looked at; null for a new instrument
     * @throws Problem `invalid` naming what does not fit, `conflict` when somebody else was faster or the code is taken
     */
    save: async (workspaceId: number, input: unknown, after: number | null, actor: Actor): Promise<InstrumentEntry> => {
      const found = readInstrument(input);
      if ('faults' in found)
        throw new Problem('invalid', 'This instrument cannot be kept yet', { errors: found.faults });
      const file = found.instrument;
      const known = await versions(workspaceId, file.code);
      if (after === null && known.length > 0)
        throw new Problem('invalid', 'This instrument cannot be kept yet', {
          errors: [
            { pointer: '#/code', detail: `There is an instrument called ${file.code} already: choose another code` },
          ],
        });
      if (after === null && (await store.instruments.list(workspaceId)).length >= INSTRUMENTS_MAX)
        throw new Problem('conflict', `A workspace has ${INSTRUMENTS_MAX} instruments of its own at most`, {
          detail: 'Remove one first',
        });
      const newest = known[0];
      if (after !== null && newest && newest.file.version === file.version && keyHash(file) !== newest.keyHash)
        throw new Problem('invalid', 'A changed key needs a new version', {
          errors: [
            {
              pointer: '#/version',
              detail: `Scores say by which version they were made: call this one something else, such as ${nextVersion(file.version)}`,
            },
          ],
        });
      await add(workspaceId, (after ?? 0) + 1, file, actor);
      return find(workspaceId, file.code);
    },
    /** Forgets the workspace's own versions; of what is shipped the shipped one is left. Surveys keep what they were given. */
    remove: (workspaceId: number, code: string): Promise<void> => store.instruments.remove(workspaceId, code),
    /**
     * Puts an instrument at the end of a survey's draft.
     *
     * @throws Problem `conflict` when the survey has it already
     */
    insert: async (survey: SurveyRow, { file }: InstrumentEntry, actor: Actor): Promise<void> => {
      const conflict = () =>
        new Problem('conflict', 'This survey has the instrument already', {
          detail: 'Choose another survey, or take it out of this one first',
        });
      if (insertInstrument(survey.draft, file) === null) throw conflict();
      const outcome = await surveyDrafts.edit(
        survey,
        {
          revision: survey.draftRevision,
          part: ({ instruments }) => instruments?.find(({ code }) => code === file.code) ?? null,
          change: (draft) => insertInstrument(draft, file) ?? draft,
        },
        actor,
      );
      if (!outcome.saved) throw conflict();
    },
    /**
     * Turns an item round in the draft of a survey, as a new version of its key; and in the workspace's instrument, where
     * that has the same key.
     *
     * @param item its address
     * @returns the new version's name, and whether the workspace's instrument has it too
     * @throws Problem `conflict` when the draft does not have the item in a key any more
     */
    turnItem: async (
      study: Study,
      survey: SurveyRow,
      { instrument: code, item }: { instrument: string; item: string },
      actor: Actor,
    ): Promise<{ version: string; isInstrumentChanged: boolean }> => {
      const gone = () =>
        new Problem('conflict', 'The survey’s draft does not score this item any more', {
          detail: 'Look at the survey’s scales, then score again',
        });
      const before = survey.draft.instruments?.find((one) => one.code === code);
      if (!before?.scales.some(({ items }) => items.some((key) => key.replace(/^-/, '') === item))) throw gone();
      const outcome = await surveyDrafts.edit(
        survey,
        {
          revision: survey.draftRevision,
          part: ({ instruments }) => instruments,
          change: (draft) => ({
            ...draft,
            instruments: (draft.instruments ?? []).map((one) => (one.code === code ? withItemTurned(one, item) : one)),
          }),
        },
        actor,
      );
      if (!outcome.saved) throw gone();
      const [entry] = await versions(study.workspaceId, code);
      const isSame = entry !== undefined && entry.keyHash === keyHash(before);
      if (isSame)
        await add(
          study.workspaceId,
          entry.number + 1,
          withItemTurned(entry.file, item.slice(item.indexOf('.') + 1)),
          actor,
        );
      return { version: nextVersion(before.version), isInstrumentChanged: isSame };
    },
    norms: (workspaceId: number, code: string) => store.instruments.norms(workspaceId, code),
    /** @throws Problem `invalid` naming what cannot be read */
    loadNorms: async (
      workspaceId: number,
      { file }: InstrumentEntry,
      { bytes, source, licence }: { bytes: Uint8Array | null; source: string; licence: string },
      actor: Actor,
    ): Promise<void> => {
      const errors: { pointer: string; detail: string }[] = [];
      if (source.trim() === '') errors.push({ pointer: '#/source', detail: 'Say where the norms come from' });
      if (licence.trim() === '')
        errors.push({ pointer: '#/licence', detail: 'Say under which terms you may use them' });
      const read = bytes
        ? readNormsCsv(
            bytes,
            file.scales.map(({ code }) => code),
          )
        : { errors: ['Choose a file'] };
      if ('errors' in read) errors.push(...read.errors.slice(0, 10).map((detail) => ({ pointer: '#/file', detail })));
      if ('errors' in read || errors.length > 0)
        throw new Problem('invalid', 'These norms cannot be used yet', { errors });
      await store.instruments.setNorms({
        workspaceId,
        code: file.code,
        norms: read.norms,
        source: source.trim().slice(0, 500),
        licence: licence.trim().slice(0, 300),
        loadedBy: actor?.userId ?? null,
        loadedAt: now().toISOString(),
      });
    },
    removeNorms: (workspaceId: number, code: string): Promise<void> => store.instruments.removeNorms(workspaceId, code),
  };
}
export type Instruments = ReturnType<typeof instrumentService>;
