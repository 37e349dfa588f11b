import { expect, test } from 'vitest';
import type { Study } from '../../src/store/studies.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { fixedClock, openHouse } from '../support/house.ts';
import { codeTold, tellInterview } from '../support/told-interviews.ts';

const LINES = ['The bill doubled and nobody told us why.', 'I feared hidden fees at every corner.'];

async function addCoder(verbatim: Verbatim, study: Study, name: string): Promise<number> {
  const email = `${name.toLowerCase()}@lab.example`;
  await verbatim.accounts.add(
    { email, name, password: 'three words together' },
    { isAdmin: false, role: 'researcher', studyId: study.id },
  );
  return Number((await verbatim.store.accounts.findByEmail(email))!.id);
}

/** Three talks in which two codes stand, and a persona of them drawn by Eve. */
async function openStanding() {
  const clock = fixedClock();
  const house = await openHouse({ now: clock.now });
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('Leaving', null, null, null);
  const eve = await addCoder(verbatim, study, 'Eve');
  const talks = [];
  for (const [name, purposes] of [
    ['Ada', ['analysis', 'quotes', 'share']],
    ['Bea', ['analysis', 'quotes']],
    ['Cem', ['analysis']],
  ] as const)
    talks.push(await tellInterview(verbatim, study, name, LINES, purposes));
  const define = (name: string, storyRing: string) =>
    verbatim.codebook.add(study, { name, definition: '', storyRing }, null);
  const codes = { bill: await define('The bill', 'priority'), fees: await define('Hidden fees', 'barrier') };
  for (const talk of talks) {
    await codeTold(verbatim, study, talk, 'The bill doubled', codes.bill);
    await codeTold(verbatim, study, talk, 'hidden fees at every corner', codes.fees);
  }
  const persona = await verbatim.personas.drawFrom(
    study,
    { kind: 'qualitative', segments: [], combine: 'any', interviews: { by: 'all' }, name: 'The leaver' },
    { userId: eve },
  );
  const standing = async (of = study) => {
    const [version] = await verbatim.store.personas.versionsOf(persona.id);
    return verbatim.personaStandings.standingOf(of, persona, version!);
  };
  return {
    verbatim,
    study,
    eve,
    talks,
    codes,
    persona,
    standing,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  };
}

test('a persona says from how many interviews of which days it is, who drew it, and how many agree that they are quoted', async () => {
  await using open = await openStanding();
  const { kind, grounds, consents, changes, agreement, saturation } = await open.standing();
  expect(kind).toBe('qualitative');
  expect(grounds).toEqual([
    { kind: 'interviews', name: 'Interviews', survey: null, count: 3, of: 3, from: '2026-03-02', to: '2026-03-02' },
  ]);
  // The third was counted and is not quoted; of the two who are, one agreed that anybody reads it.
  expect(consents).toEqual({ people: 2, client: 2, public: 1, gone: 0, isOfAnswers: false });
  expect(changes).toMatchObject([{ number: 1, name: 'The leaver', by: 'Eve' }]);
  expect(agreement).toEqual({ codes: 2, measured: 0, reached: 0, lowest: null, rounds: [] });
  expect(saturation).toMatchObject({ interviews: 3, codes: 2, reachedAt: null });
});

test('a withdrawal and a consent that ended show in what an old version stands on', async () => {
  await using open = await openStanding();
  const { verbatim, study, talks } = open;
  await verbatim.consents.withdraw(study, talks[0]!, null);
  expect((await open.standing()).consents).toEqual({ people: 1, client: 1, public: 0, gone: 1, isOfAnswers: false });
  await verbatim.consents.record(
    study,
    talks[1]!,
    { purposes: ['analysis'], text: 'v2', givenOn: '2026-03-02', givenHow: 'by letter', expiresOn: '' },
    null,
  );
  const { consents, grounds } = await open.standing();
  expect(consents).toEqual({ people: 1, client: 0, public: 0, gone: 1, isOfAnswers: false });
  expect(grounds).toMatchObject([{ count: 3, of: 2 }]);
});

test('the agreement of coders is that of the newest round opened on codes that claims rest on; a reflexive study has none', async () => {
  await using open = await openStanding();
  const { verbatim, study, talks, codes, eve } = open;
  const fay = await addCoder(verbatim, study, 'Fay');
  const round = await verbatim.agreement.begin(
    study,
    {
      name: 'First round',
      unit: 'turn',
      codes: [codes.bill.publicId],
      coders: [eve, fay],
      minimum: 0.8,
      isBlind: true,
      of: { interviews: talks.map(({ publicId }) => publicId) },
      draw: null,
    },
    null,
  );
  // While they code blind, nothing of what others found there is told.
  expect((await open.standing()).saturation).toBeNull();
  for (const [at, talk] of talks.entries()) {
    const turn = (await verbatim.store.transcripts.turnsOf(talk)).find(({ text }) => text === LINES[0])!;
    const passage = { sourceId: turn.publicId, version: turn.version, start: null, end: null, words: 'nobody told us' };
    for (const userId of at === 2 ? [eve] : [eve, fay])
      await verbatim.codings.code(
        study,
        passage,
        { publicId: codes.bill.publicId, name: '', definition: '' },
        { userId },
        { counts: false },
      );
  }
  for (const userId of [eve, fay])
    await verbatim.agreement.done((await verbatim.store.codingRounds.find(study.id, round.publicId))!, userId);
  const { agreement, saturation } = await open.standing();
  expect(agreement).toMatchObject({ codes: 2, measured: 1, reached: 0, rounds: [{ name: 'First round' }] });
  expect(agreement?.lowest).toMatchObject({ name: 'The bill', minimum: 0.8 });
  expect(agreement!.lowest!.alpha).toBeGreaterThan(0);
  expect(agreement!.lowest!.alpha).toBeLessThan(0.8);
  expect(saturation).toMatchObject({ interviews: 3 });
  const reflexive = await open.standing({ ...study, method: 'reflexive' });
  expect([reflexive.agreement, reflexive.saturation]).toEqual([null, null]);
});

test('behind an insight that it claims, a persona says how many of the people it stands for', async () => {
  await using open = await openStanding();
  const { verbatim, study, talks, codes, eve } = open;
  const passages = await verbatim.store.codedPassages.list(study.id, [codes.fees.id]);
  const insight = await verbatim.insights.add(
    study,
    { statement: 'Hidden fees keep them from leaving', note: '', status: 'standing', ownerId: null },
    { userId: eve },
  );
  await verbatim.insights.support(
    insight,
    passages.map(({ publicId }) => publicId),
    'for',
    { userId: eve },
  );
  const persona = await verbatim.personas.drawFrom(
    study,
    {
      kind: 'qualitative',
      segments: [],
      combine: 'any',
      interviews: { by: 'hand', interviews: [talks[0]!.publicId, talks[2]!.publicId] },
      name: 'Two of them',
    },
    null,
  );
  const byCode = await verbatim.personas.drawFrom(
    study,
    {
      kind: 'qualitative',
      segments: [],
      combine: 'any',
      interviews: { by: 'code', code: codes.bill.publicId },
      name: 'By code',
    },
    null,
  );
  await verbatim.insights.claim(study, byCode, { id: insight.id, statement: 'Fees' }, '', null);
  const ofCode = async () => {
    const [version] = await verbatim.store.personas.versionsOf(byCode.id);
    return (await verbatim.personaStandings.standingOf(study, byCode, version!)).insights;
  };
  expect(await ofCode()).toMatchObject([{ people: 3, inside: 3 }]);
  await verbatim.insights.claim(study, persona, { id: insight.id, statement: 'Hidden fees keep them' }, '', null);
  const standing = async () => {
    const [version] = await verbatim.store.personas.versionsOf(persona.id);
    return (await verbatim.personaStandings.standingOf(study, persona, version!)).insights;
  };
  expect(await standing()).toEqual([
    { insight: insight.publicId, words: 'Hidden fees keep them', people: 3, inside: 2 },
  ]);
  await verbatim.consents.withdraw(study, talks[2]!, null);
  expect(await standing()).toEqual([
    { insight: insight.publicId, words: 'Hidden fees keep them', people: 2, inside: 1 },
  ]);
  // Whom it stands for cannot be told without the code that its interviews were chosen by.
  verbatim.connection
    .prepare('update personas set interviews = ? where id = ?')
    .run('{"by":"code","code":"gone"}', byCode.id);
  const reread = (await verbatim.store.personas.find(study.id, byCode.publicId))!;
  const [version] = await verbatim.store.personas.versionsOf(byCode.id);
  expect((await verbatim.personaStandings.standingOf(study, reread, version!)).insights).toEqual([]);
});
