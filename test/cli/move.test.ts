import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FolderError } from '../../src/store/data-folder.ts';
import { moveInstallation } from '../../src/store/open-installation.ts';
import { connectAlone } from '../../src/store/postgres.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openVerbatim, type Verbatim } from '../../src/verbatim.ts';
import { fullPortrait } from '../support/full-portrait.ts';
import { newFolder, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { plantGroup } from '../support/plant-group.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { postgresPrograms } from '../support/postgres-programs.ts';
import { makePostgres } from '../support/real-postgres.ts';
import { smallSurvey } from '../support/small-survey.ts';
import { plantTalkedStudy } from '../support/talked-study.ts';

const RESPONSES = process.env['PROVE'] === '1' ? 100_000 : 300;
const now = () => new Date('2026-03-20T10:00:00.000Z');

/** A study with responses, talks, codes and a persona that quotes them. */
async function plant(verbatim: Verbatim): Promise<{ study: Study; survey: SurveyRow }> {
  const { store } = verbatim;
  const study = await plantTalkedStudy(verbatim);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(smallSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey is not there');
  for (let from = 0; from < RESPONSES; from += 5_000)
    await plantResponses(
      verbatim,
      { study, survey },
      Array.from({ length: Math.min(5_000, RESPONSES - from) }, (_, at) => ({
        answers: {
          city: said((from + at) % 3 === 0 ? 'village' : 'city'),
          topics: said(['news', 'sport']),
          'holds.outdoors': said(1 + ((from + at) % 5)),
          'holds.company': said(1 + ((from + at * 3) % 5)),
          'holds.quiet': said(1 + ((from + at * 2) % 5)),
          mood: said((from + at) % 11),
          story: said(`Person ${from + at}: the bill was “too dear” 💸, and so we left; nobody asked twice.`),
        },
        startedAt: new Date(Date.parse('2026-03-02T08:00:00.000Z') + (from + at) * 1000).toISOString(),
      })),
    );
  await verbatim.analysis.score(study, survey, null);
  await verbatim.analysis.idle();
  const spans = (await store.notes.codings(study.id, {})).slice(0, 3).map((coding) => ({
    sourceId: coding.sourceId,
    sourceVersion: coding.sourceVersion,
    spanStart: coding.spanStart,
    spanEnd: coding.spanEnd,
    spanHash: coding.spanHash,
  }));
  const at = now().toISOString();
  const segment = await store.segments.addDefined(study.id, 'Rooted', { all: [] }, survey.id, null, at);
  const portrait = fullPortrait(spans);
  await store.personas.addVersion(
    { studyId: study.id, personaId: null, segmentIds: [segment.id], kind: portrait.kind },
    {
      name: 'Rooted',
      lede: 'Stays where she is',
      portrait: JSON.stringify(portrait),
      words: '{}',
      note: '',
      groupId: await plantGroup(verbatim, survey.id, portrait),
      createdBy: null,
    },
    at,
  );
  return { study, survey };
}

async function exportsOf(verbatim: Verbatim, { study, survey }: { study: Study; survey: SurveyRow }) {
  const text = async (parts: AsyncGenerator<string>): Promise<string> => (await Array.fromAsync(parts)).join('');
  const [persona] = await verbatim.store.personas.list(study.id);
  const asked = { audience: 'internal', version: '', segmentation: '', reason: 'to compare', print: '' };
  const reports: Record<string, string> = {};
  for (const [kind, format] of [
    ['persona-sheet', 'json'],
    ['persona-sheet', 'html'],
    ['study-report', 'json'],
    ['code-book', 'csv'],
    ['quote-book', 'json'],
  ] as const) {
    const { bytes } = await verbatim.reports.make(
      study,
      { ...asked, kind, format, persona: kind === 'persona-sheet' ? (persona?.publicId ?? '') : '' },
      null,
    );
    reports[`${kind} as ${format}`] = Buffer.from(bytes).toString('base64');
  }
  const choice = {
    format: 'qdpx' as const,
    audience: 'internal' as const,
    unmasked: true,
    answers: RESPONSES < 1000,
    recordings: true,
    reason: 'to compare',
  };
  const project = await verbatim.projectExports.file(study, choice, null);
  return {
    ...reports,
    csv: await text(verbatim.exports.csv(survey)),
    jsonl: await text(verbatim.exports.jsonl(survey)),
    codebook: await verbatim.codebookFiles.codebook(study, 'own'),
    project: (project.bytes instanceof Uint8Array
      ? Buffer.from(project.bytes)
      : Buffer.concat(await Array.fromAsync(project.bytes))
    ).toString('base64'),
  };
}

describe.skipIf(postgresPrograms === null)('moving to a PostgreSQL', () => {
  test(
    'carries everything over, goes on where it stopped, copies anew what differs, and every export is the same afterwards',
    async () => {
      await using made = await makePostgres({ isEmpty: true });
      using place = temporaryFolder();
      const folder = path.join(place.folder, 'data');
      await newFolder(folder, now);
      const before = await openVerbatim({ folder, limits: testLimits, now });
      const planted = await plant(before);
      const told = await exportsOf(before, planted);
      await expect(moveInstallation(folder, made.url, now)).rejects.toThrow(/Another Verbatim is running/);
      await before.close();

      // Somebody ends it in the middle.
      let tables = 0;
      await expect(
        moveInstallation(folder, made.url, now, () => {
          tables += 1;
          if (tables === 20) throw new Error('ended');
        }),
      ).rejects.toThrow('ended');
      await expect(openVerbatim({ folder, databaseUrl: made.url, limits: testLimits, now })).rejects.toThrow(
        FolderError,
      );
      const client = await connectAlone(made.url);
      await client.query(
        "update answers set value = '\"elsewhere\"' where item = 'city' and response_id = (select min(response_id) from answers)",
      );
      const touched = await client.query('select 1 from answers where value = \'"elsewhere"\'');
      expect(touched.rowCount).toBe(1);

      const began = performance.now();
      const moved = await moveInstallation(folder, made.url, now);
      const tookMs = Math.round(performance.now() - began);
      const rowsOf = (table: string) => moved.find((one) => one.table === table)?.rows;
      expect(rowsOf('responses')).toBe(RESPONSES);
      expect(rowsOf('response_records')).toBe(RESPONSES * 3);
      expect(rowsOf('interviews')).toBe(2);
      expect(rowsOf('codings')).toBeGreaterThan(3);
      expect(rowsOf('persona_versions')).toBe(1);
      expect((await client.query('select 1 from answers where value = \'"elsewhere"\'')).rowCount).toBe(0);
      expect((await client.query("select 1 from pg_tables where tablename like 'move_%'")).rowCount).toBe(0);
      const references = await client.query("select 1 from pg_constraint where contype = 'f' and convalidated");
      expect(references.rowCount).toBeGreaterThan(100);
      await client.end();

      expect(existsSync(path.join(folder, 'verbatim.db'))).toBe(false);
      expect(readdirSync(folder).some((name) => name.startsWith('set-aside-'))).toBe(true);
      await expect(openVerbatim({ folder, limits: testLimits, now })).rejects.toThrow(/Name it in DATABASE_URL/);

      const after = await openVerbatim({ folder, databaseUrl: made.url, limits: testLimits, now });
      const again = await exportsOf(after, planted);
      for (const [name, text] of Object.entries(told))
        expect(again[name as keyof typeof again] === text, name).toBe(true);
      // Numbers go on where the file's would have.
      await plantResponses(after, planted, [{ answers: { city: said('city') } }]);
      expect(await after.logs.responses.count()).toBe(RESPONSES * 3 + 3);
      await after.close();
      console.log(
        `moved ${moved.length} tables with ${moved.reduce((sum, { rows }) => sum + rows, 0)} rows in ${tookMs} ms`,
      );
    },
    RESPONSES > 1000 ? 3_600_000 : 180_000,
  );
});
