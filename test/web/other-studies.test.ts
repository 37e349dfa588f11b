import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { changedTables, tableDigests } from '../support/table-digests.ts';
import { ALL_SCOPES, type ApiHouse, openApiHouse } from './api/open-api.ts';
import { places } from './api/places.ts';

/*
 * What stands in one study is not found by its id from another, wherever an address takes an id, not even for somebody who
 * owns both. (Operations of the API are asked the same in test/web/api/every-operation.test.ts.)
 */

type Things = ReadonlyMap<string, string>;
const NOTHING = 'AAAAAAAAAAAAAAAAAAAAAA';
let api: ApiHouse;
let here: Things;
let elsewhere: Things;

/** One thing of each kind that is quickly made, by the name that addresses have for it. */
async function plant(home: ApiHouse): Promise<Things> {
  const { verbatim } = home.house;
  const actor = { userId: home.ownerId };
  const made: Record<string, string> = {};
  for (const one of ['readWave', 'addCoding', 'readCoding', 'readNote', 'readMemo', 'readSegment', 'readHook'] as const)
    Object.assign(made, await places[one]?.(home));
  for (const one of ['removeEvidence', 'readReport', 'readFeedback', 'unlabelResponse', 'readRun', 'readSegmentation'])
    Object.assign(made, await places[one]?.(home));
  Object.assign(made, await places['readPerson']?.({ ...home, isElsewhere: false }));
  const persona = (await home.client.assumePersona({ body: { name: 'Night owl' } })).data.id;
  const member = await verbatim.accounts.add(
    { email: `member-${home.study.publicId}@example.org`, name: 'Member', password: 'three words together' },
    { isAdmin: false, role: 'viewer', studyId: home.study.id },
  );
  const key = await verbatim.apiKeys.add(home.study, { name: 'K', scopes: ALL_SCOPES, days: '30' }, actor);
  const guide = await verbatim.guides.take(home.study, verbatim.guides.shipped()[0]?.code ?? '', actor);
  const share = await verbatim.shares.add(
    home.study,
    { name: 'Client', audience: 'client', days: '30', personas: [persona], plays: false },
    actor,
  );
  return new Map(
    Object.entries({
      ...made,
      item: made['feedback'] ?? '',
      entry: made['note'] ?? '',
      persona,
      member: member.publicId,
      key: key.row.publicId,
      guide: guide.publicId,
      share: share.publicId,
    }).filter(([, id]) => /^[\w-]{22}$/.test(id)),
  );
}

beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
  const { store, connection } = api.house.verbatim;
  // People belong to the workspace, so that the other study stands in another one.
  const { lastInsertRowid } = connection
    .prepare('insert into workspaces (public_id, name, created_at) values (?, ?, ?)')
    .run(newPublicId(), 'Another', '2026-01-01T00:00:00.000Z');
  const study = await store.studies.add(
    { workspaceId: Number(lastInsertRowid), name: 'Far', isClosed: true, inventedNotice: null, userId: api.ownerId },
    '2026-01-01T00:00:00.000Z',
  );
  here = await plant(api);
  elsewhere = await plant({ ...api, study, client: await api.clientFor(ALL_SCOPES, study) });
  await api.house.verbatim.analysis.idle();
}, 600_000);
afterAll(() => api.close());

type Position = { method: string; path: string; name: string };
/** Every place of every address of a study that an id goes to. */
const positions = (): Position[] =>
  api.house.routes
    .filter(({ path }) => path.startsWith('/studio/:study/'))
    .flatMap(({ method, path }) =>
      [...path.matchAll(/:(\w+)/g)].slice(1).map(([, name = '']) => ({ method, path, name })),
    );
/** The address with one id in its place, and things of this study in the others. */
const addressOf = ({ path, name: where }: Position, id: string): string =>
  path
    .replace(':study', api.study.publicId)
    .replaceAll(/:(\w+)/g, (_all, name: string) => (name === where ? id : (here.get(name) ?? NOTHING)));

test('things of as many kinds as addresses name are there to be asked for', () => {
  const kinds = new Set(positions().map(({ name }) => name));
  expect([...elsewhere.keys()].filter((kind) => kinds.has(kind)).length).toBeGreaterThan(22);
});

/** What goes on by itself, and the rows that say who asked. */
const GOES_ON = ['audit_log', 'sessions', 'deliveries', 'watermarks'];

test('the id of a thing of another study is as the id of nothing', async () => {
  const wrong: string[] = [];
  let asked = 0;
  const before = tableDigests(api.house.verbatim);
  for (const position of positions()) {
    const id = elsewhere.get(position.name);
    if (id === undefined) continue;
    const ask = async (which: string) => {
      const address = addressOf(position, which);
      const answer = await (position.method === 'GET' ? api.owner.get(address) : api.owner.post(address));
      const number = answer.headers.get('x-request-id') ?? '';
      return { status: answer.status, text: answer.text.replaceAll(which, '').replaceAll(number, '') };
    };
    const [found, missing] = [await ask(id), await ask(NOTHING)];
    asked += 1;
    if (found.status !== missing.status || found.text !== missing.text)
      wrong.push(`${position.method} ${position.path}, ${position.name}: ${found.status}, missing ${missing.status}`);
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(380);
  expect(changedTables(before, tableDigests(api.house.verbatim), GOES_ON)).toEqual([]);
}, 600_000);

/**
 * What a look may leave: rows of who looked and of what left the house, a count of openings, what is worked out because
 * somebody looks, and what goes on by itself meanwhile.
 */
const LEFT_BY_LOOKING = [
  ...['audit_log', 'sessions', 'api_keys', 'persona_openings', 'handed_on', 'told_groups'],
  ...['text_looks', 'quality_runs', 'comparisons', 'segment_counts', 'segment_sizes', 'deliveries'],
];

test('looking changes nothing', async () => {
  const before = tableDigests(api.house.verbatim);
  let looked = 0;
  for (const { method, path } of api.house.routes) {
    if (method !== 'GET' || !path.startsWith('/studio')) continue;
    const { status } = await api.owner.get(addressOf({ method, path, name: '' }, ''));
    if (status === 200) looked += 1;
  }
  expect(looked).toBeGreaterThan(180);
  expect(changedTables(before, tableDigests(api.house.verbatim), LEFT_BY_LOOKING)).toEqual([]);
}, 600_000);
