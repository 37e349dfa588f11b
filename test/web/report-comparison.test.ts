import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBlocks, type Block, type ReportDocument } from '../../src/reports/document.ts';
import type { Study } from '../../src/store/studies.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { findSegments } from '../support/find-segments.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantHomes, wishInputs } from '../support/plant-homes.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
let segmentation: string;
beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
  const { survey } = await plantHomes(house.verbatim, study, 'homes');
  const found = await findSegments(house.verbatim, study, survey, { inputs: wishInputs(), k: 3, seed: 1 });
  segmentation = found.segmentation.publicId;
});
afterAll(() => house[Symbol.asyncDispose]());

const documentOf = async (audience: string): Promise<ReportDocument> =>
  (
    await house.verbatim.reports.make(
      study,
      {
        kind: 'segment-comparison',
        format: 'json',
        audience,
        persona: '',
        version: '',
        segmentation,
        reason: '',
        print: '',
      },
      null,
    )
  ).document;
const tables = (blocks: readonly Block[]) =>
  [...allBlocks(blocks)].flatMap((block) => (block.kind === 'table' ? [block] : []));

test('a comparison says how many are in each segment, with intervals, and that no profile was worked out yet', async () => {
  const { blocks } = await documentOf('internal');
  const [sizes] = tables(blocks);
  expect(sizes?.rows).toHaveLength(3);
  for (const { cells } of sizes?.rows ?? []) expect(cells[3]).toMatch(/% to .*%/);
  expect(blocks.some((block) => block.kind === 'empty')).toBe(true);
});

test('with a profile it holds a table for each thing, and every row names the run it comes from', async () => {
  const at = `/studio/${study.publicId}/segmentations/${segmentation}/profile`;
  const page = await house.researcher.get(at);
  await house.researcher.post(at, Object.fromEntries(fieldsOf(page.text, at)));
  await house.verbatim.analysis.idle();
  const { blocks, sources } = await documentOf('internal');
  const all = tables(blocks);
  expect(all.length).toBeGreaterThan(3);
  const run = sources.find(({ id }) => id.startsWith('profile '));
  expect(run?.detail).toMatch(/tests/);
  expect(all.at(-1)?.rows.every(({ refs }) => refs.includes(run!.id))).toBe(true);
});

test('for others nothing of fewer than the smallest cell is told: a segment that holds so few has no figure', async () => {
  house.verbatim.connection.prepare('update studies set least_cell = 100 where id = ?').run(study.id);
  const changed = (await house.verbatim.store.studies.find(study.id))!;
  const inside = study;
  study = changed;
  const { blocks } = await documentOf('client');
  study = inside;
  const [sizes] = tables(blocks);
  const counts = (sizes?.rows ?? []).map(({ cells }) => cells[1]!);
  const known = counts.filter((text) => /^\d/.test(text)).map((text) => Number(text.replaceAll(',', '')));
  expect(known.every((n) => n >= 100)).toBe(true);
});
