import { expect, test } from 'vitest';
import { emptyPortrait, type Portrait, readPortrait } from '../../../src/personas/portrait.ts';
import type { Code } from '../../../src/store/notes.ts';
import type { Study } from '../../../src/store/studies.ts';
import type { Verbatim } from '../../../src/verbatim.ts';
import { portraitWords } from '../../../src/workers/tasks/portrait-words.ts';
import { openHouse } from '../../support/house.ts';
import { codeTold, taskContext, tellInterview } from '../../support/told-interviews.ts';

const define = (verbatim: Verbatim, study: Study, name: string, story: Record<string, string> = {}, under?: Code) =>
  verbatim.codebook.add(study, { name, definition: '', under: under?.publicId ?? null, ...story }, null);
const choose = (verbatim: Verbatim, study: Study, code: Code, story: Record<string, string>) =>
  verbatim.codebook.define(study, code.publicId, { name: code.name, definition: '', ...story }, null);

/** Four talks about leaving a supplier: three inside, one of them not to be quoted, and one outside. */
async function openTold() {
  const house = await openHouse();
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('Leaving', null, null, null);
  const tell = (name: string, turns: readonly string[], purposes?: readonly string[]) =>
    tellInterview(verbatim, study, name, turns, purposes);
  const talks = {
    ada: await tell('Ada', [
      'The bill doubled over the winter and nobody told us why.',
      'I was afraid that the hidden fees would come back with the new one.',
    ]),
    bea: await tell('Bea', [
      'The bill doubled again, so I began to look around in earnest.',
      'I feared hidden fees at every corner. Nobody names them.',
    ]),
    cem: await tell('Cem', ['Our bill doubled, that was the day I decided.'], ['analysis']),
    dov: await tell('Dov', ['It was my brother who moved, and the bill was fine with me.']),
  };
  const codes = {
    barriers: await define(verbatim, study, 'What kept them', { storyRing: 'barrier' }),
    bill: await define(verbatim, study, 'The bill doubled'),
    brother: await define(verbatim, study, 'A brother'),
  };
  const fees = await define(verbatim, study, 'Hidden fees', { storyForce: 'anxiety' }, codes.barriers);
  await choose(verbatim, study, codes.bill, { storyRing: 'priority', storyStage: 'first-thought', storyForce: 'push' });
  const code = (who: keyof typeof talks, words: string, one: Code, direction?: string) =>
    codeTold(verbatim, study, talks[who], words, one, direction);
  await code('ada', 'The bill doubled over the winter', codes.bill);
  await code('bea', 'The bill doubled again', codes.bill);
  await code('cem', 'Our bill doubled', codes.bill);
  await code('dov', 'the bill was fine with me', codes.bill, 'against');
  await code('dov', 'It was my brother who moved', codes.brother);
  await code('ada', 'afraid that the hidden fees would come back', fees);
  await code('bea', 'I feared hidden fees at every corner', fees);
  const inside = {
    responses: null,
    interviews: new Set([talks.ada, talks.bea, talks.cem].map(({ publicId }) => publicId)),
  };
  const context = taskContext(verbatim, house.folder);
  const draw = (more: Partial<Parameters<typeof portraitWords>[1]> = {}) =>
    portraitWords(context, {
      studyId: study.id,
      workspaceId: study.workspaceId,
      inside,
      kind: 'qualitative',
      today: '2026-03-30',
      ...more,
    });
  return {
    house,
    verbatim,
    study,
    talks,
    codes: { ...codes, fees },
    code,
    draw,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  };
}
type Told = Awaited<ReturnType<typeof openTold>>;
const quoted = async ({ verbatim, study }: Told, spans: Portrait['claims'][number]['quotes']) =>
  (await verbatim.evidence.readQuotes(study.id, spans)).map((quote) =>
    quote.isVerbatim ? quote.marked : quote.reason,
  );

test('a persona of interviews tells what people said where somebody gave codes a place, each with how many of how many said it', async () => {
  await using told = await openTold();
  const { claims, interviews, story } = await told.draw();
  const { bill, fees } = told.codes;
  expect(interviews).toEqual({ inside: 3, all: 4 });
  const found = claims.map(({ id, section, ring, part, text, evidence }) => ({
    id,
    section,
    place: ring ?? part,
    text,
    evidence,
  }));
  const ofBill = { kind: 'people', people: 3, of: 3, rest: { people: 0, of: 1 }, passages: 3, against: 0 };
  const ofFees = { kind: 'people', people: 2, of: 3, rest: { people: 0, of: 1 }, passages: 2, against: 0 };
  expect(found).toEqual([
    {
      id: `code:${bill.publicId}`,
      section: 'ring',
      place: 'priority',
      text: 'All speak of “The bill doubled”',
      evidence: ofBill,
    },
    // The place of the code above it holds where it has none of its own.
    {
      id: `code:${fees.publicId}`,
      section: 'ring',
      place: 'barrier',
      text: 'Most speak of “Hidden fees”',
      evidence: ofFees,
    },
    {
      id: `code:${bill.publicId}@stage`,
      section: 'stage',
      place: 'first-thought',
      text: 'All speak of “The bill doubled”',
      evidence: ofBill,
    },
    {
      id: `code:${bill.publicId}@force`,
      section: 'force',
      place: 'push',
      text: 'All speak of “The bill doubled”',
      evidence: ofBill,
    },
    {
      id: `code:${fees.publicId}@force`,
      section: 'force',
      place: 'anxiety',
      text: 'Most speak of “Hidden fees”',
      evidence: ofFees,
    },
  ]);
  expect(story?.forces.map(({ place, people, of, passages }) => [place, people, of, passages])).toEqual([
    ['push', 3, 3, 3],
    ['pull', 0, 3, 0],
    ['anxiety', 2, 3, 2],
    ['habit', 0, 3, 0],
  ]);
  // Nobody’s portrait tells what was only said elsewhere.
  expect(JSON.stringify(claims)).not.toContain('brother');
});

test('quotes of a persona are of those who agreed, and of words that are those that were kept', async () => {
  await using told = await openTold();
  const before = await told.draw();
  const [bill] = before.claims;
  expect((await quoted(told, bill!.quotes)).toSorted()).toEqual([
    'The bill doubled again',
    'The bill doubled over the winter',
  ]);
  expect(before.quotes.length).toBeGreaterThan(0);
  told.verbatim.connection
    .prepare('update source_texts set text = replace(text, ?, ?) where text like ?')
    .run('over the winter', 'over the summer', '%over the winter%');
  const after = await told.draw();
  expect(await quoted(told, after.claims[0]!.quotes)).toEqual(['The bill doubled again']);
  expect(after.claims[0]!.evidence).toEqual(bill!.evidence);
});

test('whoever takes consent back is in no count, no quote, no ladder and no word of a persona that is drawn after', async () => {
  await using told = await openTold();
  const { verbatim, study, talks, codes } = told;
  for (const [position, kind] of (['attribute', 'value'] as const).entries())
    await verbatim.ladderRungs.add(
      study,
      talks.ada,
      {
        ladder: position === 0 ? null : 1,
        kind,
        text: position === 0 ? 'One bill' : 'Peace',
        code: '',
        source: '',
        mode: 'soft',
      },
      null,
    );
  const before = await told.draw();
  expect(before.ladders).toMatchObject({ ladders: 1, people: 1, cutoff: 1, links: [{ count: 1 }] });
  expect(before.words.distrusted.map(({ words, here, nHere }) => [words, here, nHere])).toEqual([
    ['hidden fees', 2, 3],
  ]);
  await verbatim.consents.withdraw(study, talks.ada, null);
  const after = await told.draw();
  expect(after.interviews).toEqual({ inside: 2, all: 3 });
  expect(after.ladders).toBeNull();
  expect(after.words.distrusted).toEqual([]);
  expect(after.claims.find(({ id }) => id === `code:${codes.bill.publicId}`)?.evidence).toMatchObject({
    people: 2,
    of: 2,
  });
  expect(after.claims.find(({ id }) => id === `code:${codes.fees.publicId}`)).toMatchObject({
    text: 'One of them speaks of “Hidden fees”',
    status: 'open',
  });
});

test('what speaks against a claim stands beside it, and a claim that as many deny is open', async () => {
  await using told = await openTold();
  await told.code('bea', 'Nobody names them', told.codes.fees, 'against');
  await told.code('ada', 'would come back with the new one', told.codes.fees, 'against');
  const { claims, against } = await told.draw();
  const fees = claims.find(({ id }) => id === `code:${told.codes.fees.publicId}`)!;
  expect(fees).toMatchObject({ status: 'open', evidence: { people: 2, passages: 2, against: 2 } });
  expect((await quoted(told, fees.counterQuotes)).toSorted()).toEqual([
    'Nobody names them',
    'would come back with the new one',
  ]);
  expect(against.map(({ text }) => text)).toEqual(['2 of them speak against “Hidden fees”']);
});

test('what somebody codes blind just now is in no persona until the round is opened', async () => {
  await using told = await openTold();
  const { verbatim, study, talks, codes } = told;
  const users = [];
  for (const name of ['eve', 'fay']) {
    await verbatim.accounts.add(
      { email: `${name}@lab.example`, name, password: 'three words together' },
      { isAdmin: false, role: 'researcher', studyId: study.id },
    );
    users.push(Number((await verbatim.store.accounts.findByEmail(`${name}@lab.example`))!.id));
  }
  await verbatim.agreement.begin(
    study,
    {
      name: 'Round',
      unit: 'turn',
      codes: [codes.bill.publicId],
      coders: users,
      minimum: 0.8,
      isBlind: true,
      of: { interviews: [talks.ada.publicId] },
      draw: null,
    },
    null,
  );
  const { claims, gaps, words } = await told.draw();
  expect(claims[0]?.evidence).toMatchObject({ people: 2, of: 2 });
  expect(JSON.stringify(claims)).not.toContain((await verbatim.store.transcripts.turnsOf(talks.ada))[0]!.publicId);
  expect(words.distrusted).toEqual([]);
  expect(gaps.map(({ n }) => n)).toEqual([1, 2]);
});

test('a claim that a researcher worded is told however few say it, and the portrait reads back as it was drawn', async () => {
  await using told = await openTold();
  const id = `code:${told.codes.brother.publicId}`;
  const inside = { responses: null, interviews: new Set([told.talks.dov.publicId]) };
  expect((await told.draw({ inside })).claims.map((claim) => claim.id)).not.toContain(id);
  const drawn = await told.draw({ inside, worded: [id] });
  expect(drawn.claims.find((claim) => claim.id === id)).toMatchObject({
    section: 'says',
    text: 'They speak of “A brother”',
  });
  const whole = { ...emptyPortrait('qualitative'), ...drawn };
  expect(readPortrait(JSON.stringify(whole))).toEqual(whole);
});
