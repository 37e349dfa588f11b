import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Code } from '../../src/store/notes.ts';
import { asForm, fieldsOf } from '../support/form-fields.ts';
import { openInterviewHouse } from '../support/interview-house.ts';
import { codeTold, tellInterview } from '../support/told-interviews.ts';

let house: Awaited<ReturnType<typeof openInterviewHouse>>;
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const addressOf = (code: Code) => `${house.studio}/codebook/${code.publicId}`;
const define = (name: string, under: Code | null = null) =>
  house.verbatim.codebook.add(house.study, { name, definition: '', under: under?.publicId ?? null }, null);
const kept = async ({ publicId }: Code) => {
  const { storyRing, storyStage, storyForce } = (await house.verbatim.store.notes.findCode(house.study.id, publicId))!;
  return [storyRing, storyStage, storyForce];
};

beforeAll(async () => {
  house = await openInterviewHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

test('a code gets its place in the story on its form, shows it, and loses it again; undoing brings it back', async () => {
  await house.researcher.post(`${house.studio}/codebook/new`, { name: 'Peace', definition: '', storyRing: 'success' });
  expect(
    await kept((await house.verbatim.store.codebook.all(house.study.id)).find(({ name }) => name === 'Peace')!),
  ).toEqual(['success', null, null]);
  const code = await define('Bills');
  const form = fieldsOf((await house.researcher.get(`${addressOf(code)}/edit`)).text, `${addressOf(code)}/edit`);
  expect(['storyRing', 'storyStage', 'storyForce'].map((name) => form.get(name))).toEqual([[''], [''], ['']]);
  const chosen = { storyRing: 'priority', storyStage: 'first-thought', storyForce: 'push' };
  await house.researcher.post(`${addressOf(code)}/edit`, asForm(form, chosen));
  expect(await kept(code)).toEqual(['priority', 'first-thought', 'push']);
  expect(plain((await house.researcher.get(addressOf(code))).text)).toContain(
    'Priority initiative · First thought · Push',
  );
  const again = fieldsOf((await house.researcher.get(`${addressOf(code)}/edit`)).text, `${addressOf(code)}/edit`);
  expect(again.get('storyStage')).toEqual(['first-thought']);
  await house.researcher.post(`${addressOf(code)}/edit`, asForm(again, { storyStage: '' }));
  expect(await kept(code)).toEqual(['priority', null, 'push']);
  await house.researcher.post(`${house.studio}/codebook/undo`);
  expect(await kept(code)).toEqual(['priority', 'first-thought', 'push']);
});

test('a place that is none is refused, with what was written still there', async () => {
  const code = await define('Doubts');
  const refused = await house.researcher.post(`${addressOf(code)}/edit`, {
    name: 'Doubts',
    definition: 'What they doubt',
    storyForce: 'fear',
  });
  expect(refused.status).toBe(422);
  expect(plain(refused.text)).toContain('Choose one of those listed');
  expect(refused.text).toContain('What they doubt');
  expect(await kept(code)).toEqual([null, null, null]);
});

test('a place that suggests itself by a name above is shown beside the choice, and nothing is chosen', async () => {
  const above = await define('Perceived barriers');
  const code = await define('Hidden fees', above);
  const page = await house.researcher.get(`${addressOf(code)}/edit`);
  expect(plain(page.text)).toContain('Proposed: “Perceived barriers”, by the name “Perceived barriers”');
  expect(fieldsOf(page.text, `${addressOf(code)}/edit`).get('storyRing')).toEqual(['']);
  expect(await kept(code)).toEqual([null, null, null]);
});

test('a place that was chosen for the code above holds for those under it, which say by which, until they have their own', async () => {
  const above = await define('Doubts of all kinds');
  const code = await define('Small print', above);
  await house.verbatim.codebook.define(
    house.study,
    above.publicId,
    { name: above.name, definition: '', storyForce: 'anxiety' },
    null,
  );
  expect(plain((await house.researcher.get(addressOf(code))).text)).toContain(
    'Anxiety, as “Doubts of all kinds” above it',
  );
  const page = await house.researcher.get(`${addressOf(code)}/edit`);
  expect(plain(page.text)).toContain('As “Doubts of all kinds” above it: Anxiety');
  await house.researcher.post(
    `${addressOf(code)}/edit`,
    asForm(fieldsOf(page.text, `${addressOf(code)}/edit`), { storyForce: 'habit' }),
  );
  const own = plain((await house.researcher.get(addressOf(code))).text);
  expect(own).toContain('In the story Habit');
});

test('a place suggests itself by the part of the guide in which most passages were said', async () => {
  const { verbatim, study } = house;
  await verbatim.guides.take(study, 'buying-insights', null);
  const guide = (await verbatim.guides.list(study)).find(({ code }) => code === 'buying-insights')!;
  const said = ['We hoped for quiet evenings.', 'My brother warned me of the fees.', 'The fees again, and again.'];
  const talk = await tellInterview(verbatim, study, 'Gus', said, undefined, guide.publicId);
  const code = await define('What the brother said');
  for (const words of ['quiet evenings', 'warned me of the fees', 'The fees again'])
    await codeTold(verbatim, study, talk, words, code);
  const { parts } = (await verbatim.guides.followedBy(
    (await verbatim.store.notes.findInterview(study.id, talk.publicId))!,
  ))!.guide;
  const ask = (part: string, atMs: number) =>
    verbatim.store.interviewNotes.mark({
      interviewId: talk.id,
      question: parts.find(({ title }) => title === part)!.prompts[0]!.id,
      atMs,
      madeBy: null,
      madeAt: '2026-03-02T09:00:00.000Z',
    });
  await ask('Success factors', 0);
  const before = plain((await house.researcher.get(`${addressOf(code)}/edit`)).text);
  expect(before).toContain(
    'Proposed: “Success factors”, since 3 of 3 passages were said in the part “Success factors”',
  );
  await ask('Perceived barriers', 1500);
  const after = plain((await house.researcher.get(`${addressOf(code)}/edit`)).text);
  expect(after).toContain(
    'Proposed: “Perceived barriers”, since 2 of 3 passages were said in the part “Perceived barriers”',
  );
});

test('passages of a code with a place can be said to speak against it, and others cannot', async () => {
  const { verbatim, study } = house;
  const talk = await tellInterview(verbatim, study, 'Hal', ['The bill was fine with me.']);
  const code = await define('The bill');
  const coding = await codeTold(verbatim, study, talk, 'The bill was fine', code);
  expect((await house.researcher.get(addressOf(code))).text).not.toContain('name="direction"');
  await verbatim.codebook.define(study, code.publicId, { name: code.name, definition: '', storyForce: 'push' }, null);
  expect((await house.researcher.get(addressOf(code))).text).toContain('name="direction"');
  await house.researcher.post(`${addressOf(code)}/codings/${coding}`, { do: 'direct', direction: 'against' });
  const [passage] = await verbatim.store.codedPassages.list(study.id, [code.id]);
  expect(passage?.direction).toBe('against');
});
