import { afterAll, beforeAll, expect, test } from 'vitest';
import { association } from '../../src/stats/association.ts';
import type { Segmentation } from '../../src/store/segmentations.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: string;
beforeAll(async () => {
  house = await openFieldHouse();
  study = `/studio/${house.study.publicId}`;
});
afterAll(() => house[Symbol.asyncDispose]());

/** Brings segments from a file by its page. */
async function brought(name: string, lines: readonly string[], header: string): Promise<Segmentation> {
  const at = `${study}/segmentations/import`;
  const { location } = await house.researcher.upload(
    at,
    'file',
    { name: `${name}.csv`, bytes: Buffer.from([header, ...lines].join('\n')) },
    { header: '1' },
  );
  const who = header.startsWith('response') ? 'response' : 'external';
  const form = { name, header: '1', who, 'column-1': 'who', 'column-2': 'segment' };
  const { status } = await house.researcher.post(`${location}/commit`, form);
  expect(status).toBe(303);
  await house.verbatim.analysis.idle();
  return (await house.verbatim.store.segmentations.list(house.study.id)).find((one) => one.name === name)!;
}
async function crossed(form: Record<string, string>) {
  const { status, location, text } = await house.researcher.post(`${study}/segmentations/define/crossed`, form);
  if (status !== 303) return { status, text, location: '' };
  await house.verbatim.analysis.idle();
  const run = await house.researcher.get(location);
  return run.status === 303 ? { ...(await house.researcher.get(run.location)), location: run.location } : run;
}
const row = (html: string, name: string): string => {
  const found = [...html.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].findLast(([, inner = '']) => inner.includes(name));
  return (found?.[1] ?? '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
};
const COUNTS = [
  [40, 10],
  [20, 50],
];

let values: Segmentation;
let worth: Segmentation;
test('people of two files: n, share, what would be expected, and how far they hang together', async () => {
  const people = COUNTS.flatMap((own, a) => own.flatMap((n, b) => Array.from({ length: n }, () => [a, b] as const)));
  await house.verbatim.intake.people(
    house.study.workspaceId,
    [...people, null, null].map((_, i) => ({ externalId: `p${i}`, attributes: [] })),
  );
  await house.verbatim.logs.settle();
  const file = (side: 0 | 1, names: string[]) => people.map((own, i) => `p${i},${names[own[side]]}`);
  values = await brought('Values', [...file(0, ['Open', 'Safe']), 'p120,Open'], 'id,segment');
  worth = await brought('Worth', [...file(1, ['High', 'Low']), 'p121,Low'], 'id,segment');
  const { text, location } = await crossed({
    name: 'Values by worth',
    first: values.publicId,
    second: worth.publicId,
    together: 'no',
    fewest: '30',
  });
  expect(row(text, 'Open × High')).toMatch(/^Open × High 40 33\.3% \(25\.5% to 42\.2%\) 25\.0$/);
  expect(row(text, 'Safe × Low')).toMatch(/^Safe × Low 50 41\.7% .* 35\.0$/);
  const { cramersV, cramersVLow, cramersVHigh } = association(COUNTS)!;
  expect(text).toContain(
    `Cramér’s V ${cramersV.toFixed(2)} (95% interval ${cramersVLow.toFixed(2)} to ${cramersVHigh.toFixed(2)}`,
  );
  expect(text).toContain('In a segment of “Values” only: 1');
  expect(text).toContain('In a segment of “Worth” only: 1');
  expect(text).toContain('Too few to report by themselves: Safe × High; Open × Low');
  const { status, location: page } = await house.researcher.post(`${location}/accept`, { note: '' });
  expect(status).toBe(303);
  const [made] = await house.verbatim.store.segmentations.list(house.study.id);
  expect(made).toMatchObject({ origin: 'crossed', name: 'Values by worth' });
  const current = await house.verbatim.store.segmentations.current(made!.id);
  expect(current).toHaveLength(4);
  const cell = current.find(({ name }) => name === 'Safe × Low')!;
  const { people: count } = await house.verbatim.segments.count(house.study, { segment: cell.publicId }, null);
  expect(count).toMatchObject({ admitted: 50, refused: 70 });
  expect((await house.researcher.get(page)).text).toContain('Two segmentations laid across each other.');
});

test('small combinations are put together only where a researcher asks for it', async () => {
  const { text } = await crossed({
    name: 'Fewer',
    first: values.publicId,
    second: worth.publicId,
    together: 'yes',
    fewest: '30',
  });
  expect(row(text, 'Other combinations')).toMatch(/^Other combinations 30 25\.0% /);
  expect(text).not.toContain('Safe × High');
});

test('responses of a survey are crossed as responses, with what is known of the people behind them', async () => {
  const ids = Array.from({ length: 60 }, (_, i) => `answer${i}`.padEnd(22, 'x'));
  await plantResponses(
    house.verbatim,
    { study: house.study, survey: house.survey },
    ids.map((id) => ({ id, answers: { city: said('city') } })),
  );
  const one = await brought(
    'One',
    ids.map((id, i) => `${id},${i < 30 ? 'A' : 'B'}`),
    'response,segment',
  );
  const two = await brought(
    'Two',
    ids.slice(0, 50).map((id, i) => `${id},${i % 2 ? 'X' : 'Y'}`),
    'response,segment',
  );
  const { text, location } = await crossed({
    name: 'Of answers',
    first: one.publicId,
    second: two.publicId,
    together: 'no',
  });
  expect(row(text, 'A × X')).toMatch(/^A × X 15 30\.0%/);
  expect(text).toContain('In a segment of “One” only: 10');
  await house.researcher.post(`${location}/accept`, { note: '' });
  const made = (await house.verbatim.store.segmentations.list(house.study.id)).find(
    ({ name }) => name === 'Of answers',
  )!;
  const [cell] = await house.verbatim.store.segmentations.current(made.id);
  expect(await house.verbatim.store.segments.members(cell!.id)).toHaveProperty('size', 15);
  // What nobody has in common is a plain refusal.
  const none = await crossed({ name: 'Nothing', first: one.publicId, second: worth.publicId, together: 'no' });
  expect(none.text).toContain('Nobody is in a segment of both');
});

test('a segmentation is not crossed with itself, nor with one of which nothing stands', async () => {
  const same = await crossed({ name: 'Same', first: values.publicId, second: values.publicId, together: 'no' });
  expect(same.status).toBe(422);
  expect(same.text).toContain('Choose another segmentation than the first');
  const fewest = await crossed({
    name: 'Fewest',
    first: values.publicId,
    second: worth.publicId,
    together: 'yes',
    fewest: 'many',
  });
  expect(fewest.status).toBe(422);
  const gone = await crossed({ name: 'Gone', first: values.publicId, second: 'x'.repeat(22), together: 'no' });
  expect(gone.status).toBe(422);
});
