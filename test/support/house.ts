import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Limits } from '../../src/model/limits.ts';
import type { EmbeddingsOptions } from '../../src/services/embeddings.ts';
import type { RewordingOptions } from '../../src/services/rewording.ts';
import type { TranscriptionOptions } from '../../src/services/transcription.ts';
import { initFolder } from '../../src/store/data-folder.ts';
import { initOnPostgres } from '../../src/store/open-installation.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openVerbatim, type Verbatim } from '../../src/verbatim.ts';
import { testLimits } from './limits.ts';
import { madeBefore } from './made-before.ts';
import { ensureNotice, plantNotice } from './plant-notice.ts';
import { makePostgres } from './real-postgres.ts';
import { smallSurvey } from './small-survey.ts';

/** Nobody guesses at passwords of tests, which make and check thousands of them. */
export const LIGHT_PASSWORDS = { memory: 64, passes: 1, parallelism: 1 };

/** A clock that stands until it is moved. */
export function fixedClock(start = '2026-03-02T09:00:00.000Z') {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    forward: (ms: number) => {
      at += ms;
    },
  };
}

export type House = { verbatim: Verbatim; folder: string; reported: unknown[] } & AsyncDisposable;

/** A folder that goes when the test ends. */
export function temporaryFolder(): { folder: string } & Disposable {
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-test-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** An empty installation with a privacy notice: a copy of the one made before the tests, where they were begun in the usual way. */
export async function newFolder(folder: string, now: () => Date): Promise<void> {
  const made = madeBefore('folder');
  if (made) cpSync(made, folder, { recursive: true });
  else {
    await initFolder(folder, now);
    await plantNotice(folder);
  }
}

/**
 * A Verbatim of its own on a temporary folder: `await using house = await openHouse()`.
 *
 * @param now the real clock unless a test brings its own
 */
export async function openHouse({
  now = () => new Date(),
  limits = {},
  embeddings = null,
  transcription = null,
  rewording = null,
  databaseUrl,
}: {
  now?: () => Date;
  limits?: Partial<Limits>;
  embeddings?: EmbeddingsOptions | null;
  transcription?: TranscriptionOptions | null;
  rewording?: RewordingOptions | null;
  /** The PostgreSQL that holds its data, made with `makePostgres()`; by default one of its own where the tests are to run on it. */
  databaseUrl?: string;
} = {}): Promise<House> {
  const { folder, [Symbol.dispose]: remove } = temporaryFolder();
  const reported: unknown[] = [];
  const own =
    databaseUrl === undefined && process.env['VERBATIM_TEST_ENGINE'] === 'postgres' ? await makePostgres() : null;
  const url = databaseUrl ?? own?.url ?? null;
  if (url === null) await newFolder(folder, now);
  else await initOnPostgres(folder, url, now);
  const verbatim = await openVerbatim({
    folder,
    databaseUrl: url,
    limits: { ...testLimits, ...limits },
    now,
    embeddings,
    transcription,
    rewording,
    passwordCost: LIGHT_PASSWORDS,
    report: (error) => reported.push(error),
  });
  if (url !== null) await ensureNotice(verbatim);
  return {
    verbatim,
    folder,
    reported,
    [Symbol.asyncDispose]: async () => {
      await verbatim.close();
      await own?.[Symbol.asyncDispose]();
      remove();
    },
  };
}

/** A study with the small survey published in it. */
export async function plantStudy(verbatim: Verbatim, name = 'A study'): Promise<{ study: Study; survey: SurveyRow }> {
  const { studies, surveys, store } = verbatim;
  await ensureNotice(verbatim);
  const study = await studies.addTo(name, null, null, null);
  const draft = await surveys.importJson(study.id, JSON.stringify(smallSurvey));
  await surveys.publish(draft, 1, null);
  const survey = await store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  return { study, survey };
}
