import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPersonaHouse } from '../support/persona-house.ts';

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let persona: string;
let folder: string;

beforeAll(async () => {
  house = await openPersonaHouse();
  persona = await house.add('Rooted carer', house.full());
  folder = path.join(house.verbatim.folder, 'reports');
});
afterAll(() => house[Symbol.asyncDispose]());

const ask = async (): Promise<{ at: string; id: string }> => {
  const form = { kind: 'persona-sheet', persona, format: 'md', audience: 'internal' };
  const at = (await house.researcher.post(`${house.studio}/reports`, form)).location;
  return { at, id: at.split('/').at(-1)! };
};
/** A report that was asked for on its page, and built as far as that goes. */
async function asked(): Promise<{ at: string; id: string }> {
  const report = await ask();
  await house.verbatim.analysis.idle();
  return report;
}

test.each([
  '[{"span":',
  'null',
  '{}',
  '[null]',
  '[{"digest":"x"}]',
  '[{"digest":5,"span":{"sourceId":"a","sourceVersion":1,"spanStart":0,"spanEnd":1,"spanHash":"x"}}]',
  '[{"digest":"x","span":{"sourceId":"a","sourceVersion":"1","spanStart":0,"spanEnd":1,"spanHash":"x"}}]',
])('a report whose list of quotes is damaged is gone, and the sweep goes on to the others: %s', async (damage) => {
  const sound = await asked();
  const swept = await asked();
  writeFileSync(path.join(folder, `${swept.id}.quotes`), damage);
  await house.verbatim.reports.sweep();
  expect((await house.researcher.get(swept.at)).text).toContain('This report is gone');
  expect((await house.researcher.get(`${sound.at}/file`)).status).toBe(200);
  writeFileSync(path.join(folder, `${sound.id}.quotes`), damage);
  const gone = await house.researcher.get(`${sound.at}/file`);
  expect([gone.status, gone.text.includes('Ask for it again')]).toEqual([410, true]);
  expect(readdirSync(folder)).toEqual([]);
});

test('where the disk is full the page says what to do, and nothing of the report stays', async () => {
  // The first is under way while the second waits, whose file then lands on a device without room.
  const first = await ask();
  const second = await ask();
  symlinkSync('/dev/full', path.join(folder, `${second.id}.part`));
  await house.verbatim.analysis.idle();
  const page = await house.researcher.get(second.at);
  expect(page.text).toContain('The disk is full');
  expect(page.text).toContain('Free some space');
  expect(readdirSync(folder).sort()).toEqual([first.id, `${first.id}.quotes`].sort());
});

test('where the folder cannot be written to the page says so and what to do', async () => {
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(folder, 'in the way');
  const { at } = await asked();
  rmSync(folder);
  const page = await house.researcher.get(at);
  expect(page.text).toMatch(/cannot be written to \((ENOTDIR|EEXIST)\)/);
  expect(page.text).toContain('then ask for it again');
  expect(existsSync(folder)).toBe(false);
  expect((await house.researcher.get(`${(await asked()).at}/file`)).status).toBe(200);
});
