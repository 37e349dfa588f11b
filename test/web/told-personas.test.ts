import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Portrait } from '../../src/personas/portrait.ts';
import type { Visitor } from '../journeys/visitor.ts';
import { openPersonaHouse } from '../support/persona-house.ts';
import { plantGroup } from '../support/plant-group.ts';

/* A persona that was drawn anew after one of its people left, read by a researcher and a viewer. */

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let viewer: Visitor;
let persona: string;
let at: string;
let before: Portrait;
let after: Portrait;

beforeAll(async () => {
  house = await openPersonaHouse();
  const { verbatim, study } = house;
  before = house.full();
  const { size } = before;
  after = { ...before, size: { ...size!, n: size!.n - 1, base: size!.base - 1 } };
  persona = await house.add('Rooted renters', before);
  const { id } = (await verbatim.store.personas.find(study.id, persona))!;
  const group = (await verbatim.store.personaGroups.find((await plantGroup(verbatim, house.survey.id, before))!))!;
  const { base, inside } = group.members;
  await verbatim.store.personas.addVersion(
    { studyId: study.id, personaId: id, segmentIds: null },
    {
      name: 'Rooted renters',
      lede: '',
      portrait: JSON.stringify(after),
      note: 'Drawn anew',
      groupId: await verbatim.store.personaGroups.add(house.survey.id, {
        base: base.slice(1),
        inside: inside.slice(1),
        counted: null,
      }),
      createdBy: null,
    },
    verbatim.now().toISOString(),
  );
  viewer = await house.member('vera', 'viewer');
  at = `${house.studio}/personas`;
});
afterAll(() => house[Symbol.asyncDispose]());

const shown = (n: number) => n.toLocaleString('en-GB');

test('a viewer reads the version that was told first while another would give one person away, and is told so', async () => {
  // Nobody but researchers has looked yet: the newest is told, and the older one is not told any more.
  const own = await house.researcher.get(`${at}/${persona}`);
  expect(own.text).toContain(shown(after.size!.n));
  expect(own.text).not.toContain('held back');

  const read = await viewer.get(`${at}/${persona}`);
  expect(read.text).toContain(shown(after.size!.base));
  expect(read.text).not.toContain('held back');
  const older = await viewer.get(`${at}/${persona}?version=1`);
  expect(older.status).toBe(200);
  expect(older.text).toContain('Figures are held back');
  expect(older.text).not.toContain(shown(before.size!.base));
});

test('what changed, both side by side, and files tell a viewer no figures of the other version', async () => {
  for (const address of [
    `${at}/${persona}/changes`,
    `${at}/${persona}/changes?from=1&to=2`,
    `${at}/${persona}/persona.json?version=1`,
    `${at}/${persona}/claims.csv?version=1`,
    `${at}/compare?a=${persona}&b=${persona}`,
    at,
  ]) {
    const { status, text } = await viewer.get(address);
    expect(status, address).toBe(200);
    expect(text.includes(shown(before.size!.base)) || text.includes(`"base": ${before.size!.base}`), address).toBe(
      false,
    );
  }
});

test('a third version that would give one more away is held back, and the sheet says of which version the figures are', async () => {
  const { verbatim, study } = house;
  const { id } = (await verbatim.store.personas.find(study.id, persona))!;
  const [second] = await verbatim.store.personas.versionsOf(id);
  const { members } = (await verbatim.store.personaGroups.find(Number(second!.groupId)))!;
  const third: Portrait = { ...after, size: { ...after.size!, n: after.size!.n - 2, base: after.size!.base - 2 } };
  await verbatim.store.personas.addVersion(
    { studyId: study.id, personaId: id, segmentIds: null },
    {
      name: 'Renters, later',
      lede: '',
      portrait: JSON.stringify(third),
      note: 'Drawn anew',
      groupId: await verbatim.store.personaGroups.add(house.survey.id, {
        base: members.base.slice(2),
        inside: members.inside.slice(2),
        counted: null,
      }),
      createdBy: null,
    },
    verbatim.now().toISOString(),
  );
  const read = await viewer.get(`${at}/${persona}`);
  expect(read.text).toContain('These are the figures of version 2. Newer ones are held back');
  expect(read.text).toContain(shown(after.size!.base));
  expect(read.text).not.toContain(shown(third.size!.base));
  expect(read.text, 'and there is nothing newer to go to').not.toContain('not the newest');
  expect((await house.researcher.get(`${at}/${persona}`)).text).toContain(shown(third.size!.base));
});
