import { afterAll, beforeAll, expect, test } from 'vitest';
import { noticesOf } from '../../src/web/studio/admin.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor, visitor } from '../journeys/visitor.ts';

const PASSWORD = 'three words together';
let house: OpenHouse;
let admin: Visitor;
let other: Visitor;

beforeAll(async () => {
  house = await openHouse();
  admin = (await enterStudio(house)).researcher;
  const { id } = await house.verbatim.studies.named('A study');
  await house.verbatim.accounts.add(
    { email: 'owner@example.org', name: 'Owner', password: PASSWORD },
    { isAdmin: false, role: 'owner', studyId: id },
  );
  other = visitor(house.url);
  expect((await other.post('/sign-in', { email: 'owner@example.org', password: PASSWORD })).status).toBe(303);
});
afterAll(() => house.close());

test('only administrators see how the installation fares, and only they are led there', async () => {
  expect((await admin.get('/studio/admin')).status).toBe(200);
  expect((await admin.get('/studio')).text).toContain('href="/studio/admin"');
  expect((await other.get('/studio/admin')).status).toBe(403);
  expect((await other.get('/studio')).text).not.toContain('/studio/admin');
  expect((await visitor(house.url).get('/studio/admin')).status).toBe(303);
});

test('health, sizes, queues, accounts without a second factor and versions stand on it, and nothing of a study', async () => {
  const { text } = await admin.get('/studio/admin');
  const plain = text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(plain).toMatch(/Ready for answers yes/);
  expect(plain).toMatch(/Accounts 2 Accounts without a second factor 2/);
  expect(plain).toMatch(/Writes waiting 0 Long work waiting 0/);
  expect(plain).toMatch(/Database SQLite 3\.\d+/);
  expect(plain).toContain(`Node ${process.versions.node}`);
  expect(plain).toContain('None yet. The first daily copy');
  expect(plain.slice(plain.indexOf('How Verbatim fares'))).not.toContain('A study');
});

test('a copy that was made shows with its age, its kind and its size', async () => {
  await house.verbatim.upkeep.copy();
  const { text } = await admin.get('/studio/admin');
  const plain = text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(plain).toMatch(/Last daily copy well, just now/);
  expect(plain).toMatch(/daily or by hand no [\d.]+ MiB/);
});

test('what somebody should do something about stands above the rest', () => {
  const now = new Date('2026-03-10T09:00:00.000Z');
  const well = {
    databaseBytes: 1,
    journalBytes: 0,
    disk: { freeBytes: 1, freeShare: 0.5 },
    copies: [{ file: 'a', at: new Date('2026-03-10T01:00:00.000Z'), kind: 'daily' as const, isSealed: true, bytes: 1 }],
    lastCopy: { at: '2026-03-10T01:00:00.000Z', isWell: true, detail: 'a', ms: 1 },
    lastCheck: { at: '2026-03-08T01:00:00.000Z', isWell: true, detail: 'b', ms: 1 },
    copiesDaily: true,
    sealsCopies: true,
  };
  expect(noticesOf([], well, now)).toEqual([]);
  const ill = noticesOf(
    ['the database cannot be written'],
    {
      ...well,
      disk: { freeBytes: 1, freeShare: 0.06 },
      copies: well.copies.map((copy) => ({ ...copy, at: new Date('2026-03-05T01:00:00.000Z') })),
      lastCopy: { ...well.lastCopy, isWell: false, detail: 'no space' },
      lastCheck: { ...well.lastCheck, isWell: false, detail: 'table a' },
    },
    now,
  );
  expect(ill.map(({ kind, title }) => [kind, title])).toEqual([
    ['bad', 'Not ready for answers'],
    ['bad', 'The database is damaged'],
    ['bad', 'The last daily copy failed'],
    ['warn', 'The newest copy was made 5 days ago'],
    ['warn', 'Only 6 % of the disk is free'],
  ]);
});
