import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildDemo } from '../../src/cli/demo/build-demo.ts';
import { giveFaces } from '../../src/cli/demo/demo-faces.ts';
import { prepareDemoFolder } from '../../src/cli/demo/demo-folder.ts';
import { clubPlan } from '../../src/demo/club-members.ts';
import { quoteFormPlan } from '../../src/demo/quote-form.ts';
import { fitOf, type KeptTest } from '../../src/services/segmentations.ts';
import type { Study } from '../../src/store/studies.ts';
import { openVerbatim, type Verbatim } from '../../src/verbatim.ts';
import { temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';
import { runCli, startServer } from './run-cli.ts';

/** Far apart, in other months and seasons, one in the middle of a day. */
const CLOCKS = ['2026-05-01T00:00:00.000Z', '2027-12-14T15:30:00.000Z'];
/** What depends on the day does not depend on how many answered, and these are enough for every play. */
const FEWER = { respondents: 400 };
const MEMBERS = Object.values(clubPlan.habits).reduce((sum, { members }) => sum + members, 0);

/** Builds the demonstration as on a day, and opens it on that day. */
async function openDemo(folder: string, clock: string, size: { respondents?: number } = {}): Promise<Verbatim> {
  const now = () => new Date(clock);
  expect(await prepareDemoFolder(folder, { isFresh: false })).toBe(true);
  await buildDemo({ folder, limits: testLimits, now, ...size }, () => {});
  return openVerbatim({ folder, limits: testLimits, now });
}

async function studyOf({ store }: Verbatim): Promise<Study> {
  const study = await store.studies.findByIdOrName('Moving house');
  if (!study) throw new Error('The study is not there');
  return study;
}

/** What a newcomer is led to: a look without centring, a battery without segments, and words that were taken back. */
async function expectSurprises(verbatim: Verbatim, study: Study): Promise<void> {
  const { store, insights } = verbatim;
  const named = async (name: string) => (await store.segmentations.list(study.id)).find((one) => one.name === name)!;
  const [uncentred] = await store.segmentations.runs((await named('The same answers, not centred')).id, 'fit');
  const yes = fitOf(uncentred!)!.centres.filter((centre) => centre.every(({ z }) => (z ?? 0) > -0.1));
  expect(yes).toHaveLength(1);
  const [battery] = await store.segmentations.runs((await named('How people are')).id, 'test');
  expect((JSON.parse(battery!.result ?? 'null') as KeptTest).test.verdict).toBe('none');

  const reviewed = [];
  for (const persona of await store.personas.list(study.id))
    if (await insights.personaNeedsReview(study, persona, persona.versions[0]!))
      reviewed.push(persona.versions[0]!.name);
  expect(reviewed).toEqual(['Fresh starter']);
  const rooted = (await store.personas.list(study.id)).find(({ versions }) => versions[0]?.name === 'Rooted carer')!;
  const claims = await insights.claimsOf(study, rooted);
  const rent = claims.find(({ words }) => words === 'The rent sets them moving.')!;
  expect(rent.isAssumption).toBe(true);
  expect(rent.evidence.filter(({ stance, state }) => stance === 'against' && state === 'stands')).toHaveLength(3);
}

/** What researchers are to find in it, on whatever day it is built. */
async function expectFindings(verbatim: Verbatim, study: Study): Promise<void> {
  const { store, comparisons, evidence, plays, segments } = verbatim;
  for (const { code, example } of plays.list()) {
    const { people } = await segments.count(study, example.rule, null);
    expect(people.admitted, code).toBeGreaterThanOrEqual(10);
  }

  // Members cancel after payments that failed, and nothing else comes before it half as clearly.
  const asked = { studyId: study.id, segmentId: null };
  const before = (await store.comparisons.latestDone({ ...asked, kind: 'before' }))!;
  const { rows, people } = comparisons.resultOf(before, 'before');
  expect(people.came).toBe(clubPlan.cancelled.members);
  expect(people.cases).toBeGreaterThan(80);
  const [first, ...others] = rows;
  expect(first?.label).toBe('did “Payment Failed”');
  expect(first?.low).toBeGreaterThan(0.4);
  expect(first?.adjustedP).toBeLessThan(0.001);
  expect(first?.cases.share).toBeGreaterThan(0.6);
  // Controls are drawn by chance, so others may differ a little.
  for (const { difference } of others) expect(Math.abs(difference)).toBeLessThan((first?.difference ?? 0) / 2);

  // The form lost people on Android, as planted, and what these people said says why.
  const look = (await store.comparisons.latestDone({ ...asked, kind: 'change' }))!;
  const { groups } = comparisons.resultOf(look, 'change');
  expect(groups[0]?.parts.map(({ level }) => level)).toEqual(['Android']);
  expect(groups[0]?.own.difference).toBeCloseTo(-quoteFormPlan.loss, 2);
  const quotes = await evidence.readQuotes(study.id, groups[0]?.said.quotes ?? []);
  expect(quotes).toHaveLength(3);
  for (const quote of quotes) expect(quote.isVerbatim && quote.marked).toMatch(/hidden|cover|button/i);
}

test('built on another day it has the same in it, so many whole days later: plays find people, and findings are found', async () => {
  using place = temporaryFolder();
  const verbatim = await openDemo(place.folder, CLOCKS[1]!, FEWER);
  const study = await studyOf(verbatim);
  await expectFindings(verbatim, study);
  const { newest, interview } = verbatim.connection
    .prepare(
      'select (select max(occurred_at) from events) as newest, (select max(held_on) from interviews) as interview',
    )
    .get() as { newest: string; interview: string };
  expect(newest < '2027-12-14').toBe(true);
  expect(newest > '2027-12-12').toBe(true);
  expect(interview).toBe('2027-11-02');
  await verbatim.close();
});

test('the demonstration is a whole study: answers, interviews, themes, named segments, personas, and a survey for a rule', async () => {
  using place = temporaryFolder();
  const { folder } = place;
  const verbatim = await openDemo(folder, CLOCKS[0]!);
  expect(await prepareDemoFolder(folder, { isFresh: false })).toBe(false);
  const { store } = verbatim;
  const study = await studyOf(verbatim);
  expect(study.inventedNotice).toContain('do not exist');
  const surveys = await store.surveys.list(study.id);
  const [survey, second] = ['moving-house', 'satisfaction'].map((slug) => surveys.find((one) => one.slug === slug));
  expect((await store.responses.countBySurvey(study.id)).get(survey!.id)?.completed).toBe(1_200);
  // Those who answered, those who opened the quote form, and the members of the club.
  expect(await store.people.count(study.workspaceId)).toBe(1_200 + 2 * quoteFormPlan.visitors + MEMBERS);
  // One more was there, and took back what they said.
  expect(await store.notes.countInterviews(study.id)).toBe(14);
  const { parts, marked } = await verbatim.feedbackDesk.marks(study, null);
  expect(marked).toBeGreaterThan(80);
  expect(parts[0]?.all.rating.mean).toBeGreaterThan(1);

  const segments = await store.segments.list(study.id);
  const sizes = await store.segments.memberCounts(study.id);
  const found = segments.filter((segment) => segment.origin !== 'rule');
  expect(found.map(({ name }) => name).sort()).toEqual([
    'Career climbers',
    'Fresh starters',
    'Quiet seekers',
    'Rooted carers',
  ]);
  // As planted: the quiet seekers are the fewest, about a sixth of all.
  const quiet = sizes.get(found.find(({ name }) => name === 'Quiet seekers')!.id) ?? 0;
  expect(quiet).toBe(Math.min(...found.map(({ id }) => sizes.get(id) ?? 0)));
  expect(quiet).toBeGreaterThan(50);

  const personas = await store.personas.list(study.id);
  expect(personas).toHaveLength(4);
  for (const { versions } of personas) {
    const { claims, quotes } = JSON.parse(versions[0]!.portrait) as { claims: unknown[]; quotes: unknown[] };
    expect(versions[0]!.lede).not.toBe('');
    expect(claims.length).toBeGreaterThan(3);
    expect(quotes.length).toBeGreaterThan(0);
  }

  const rule = segments.find((segment) => segment.origin === 'rule')!;
  expect(second?.audienceSegmentId).toBe(rule.id);
  const audience = await verbatim.segments.count(study, JSON.parse(rule.rule ?? 'null'), survey!.id);
  expect(audience.people.admitted).toBeGreaterThan(20);
  expect(audience.responses?.members.length).toBe(audience.people.admitted);

  // Visitors were put into segments by a few questions, some of them into none, and nobody without their consent.
  const segmentation = (await store.segmentations.list(study.id)).find(
    ({ name }) => name === 'What people want from a home',
  );
  const [tool] = await store.typingTools.list(segmentation!.id);
  const typed = await store.typedSurveys.typed(tool!.id);
  expect(typed).toHaveLength(60);
  expect(typed.filter(({ segment }) => segment === null).length).toBeGreaterThan(5);
  expect(typed.filter(({ personId }) => personId === null)).toHaveLength(6);
  const followUp = (await store.surveys.list(study.id)).find(({ slug }) => slug === 'next-home')!;
  const lately = segments.find(({ id }) => id === followUp.audienceSegmentId)!;
  const meant = await verbatim.segments.count(study, JSON.parse(lately.rule ?? 'null'), null);
  expect(meant.people.admitted).toBeGreaterThan(20);

  await expectFindings(verbatim, study);
  await expectSurprises(verbatim, study);
  await verbatim.close();

  await using server = await startServer(['demo', '--data', folder]);
  const [, email, password] = /E-mail +(\S+)\n +Password +(\S+)/.exec(server.said.stdout) ?? [];
  const signedIn = await fetch(`${server.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.url },
    body: new URLSearchParams({ email: email ?? '', password: password ?? '' }),
  });
  expect(signedIn.status).toBe(303);
  expect(signedIn.headers.getSetCookie().join()).toContain('sid=');
  // While it is served, nobody can take the folder away.
  expect((await runCli(['demo', '--fresh', '--build-only', '--data', folder])).code).toBe(78);
  expect((await server.stop()).code).toBe(0);
});

test('only a demonstration is ever made anew; anything else is left alone', async () => {
  using place = temporaryFolder();
  const real = path.join(place.folder, 'real');
  await runCli(['init', '--data', real]);
  const refused = await runCli(['demo', '--fresh', '--build-only', '--data', real]);
  expect(refused.code).toBe(78);
  expect(refused.stderr).toContain('left alone');
  expect(existsSync(path.join(real, 'verbatim.db'))).toBe(true);

  const demo = path.join(place.folder, 'demo');
  await prepareDemoFolder(demo, { isFresh: false });
  writeFileSync(path.join(demo, 'left.txt'), 'from a building that was interrupted');
  expect(await prepareDemoFolder(demo, { isFresh: false })).toBe(true);
  expect(existsSync(path.join(demo, 'left.txt'))).toBe(false);
});

test('no two segments get one face, and those that stand out most choose first', () => {
  const faces = [{ scale: 'a' }, { scale: 'b' }];
  expect(
    giveFaces(
      [
        { a: 1, b: 0.9 },
        { a: 2, b: 0 },
        { a: 0, b: 0 },
      ],
      faces,
    ),
  ).toEqual([{ scale: 'b' }, { scale: 'a' }, undefined]);
  expect(giveFaces([], faces)).toEqual([]);
});
