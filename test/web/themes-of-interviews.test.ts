import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/store/analyses.ts';
import { interviewsOf } from '../../src/themes/question.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor } from '../journeys/visitor.ts';
import { plantPeople } from '../support/post-house.ts';

/** What each of the sixteen people interviewed speaks of, four turns each; the interviewer asks before every turn. */
const SAID = {
  garden: (n: number) => `${HOWS[n % 3]} garden has trees and flowers, word${n % 30}`,
  train: (n: number) => `${HOWS[n % 3]} late train stands at the station every morning, word${n % 30}`,
  rent: (n: number) => `${HOWS[n % 3]} landlord wants more rent for the house, word${n % 30}`,
};
const HOWS = ['The', 'Our', 'That'];
type Topic = keyof typeof SAID;
const several = (n: number, one: Topic, other: Topic): [Topic, Topic][] =>
  Array.from({ length: n }, () => [one, other]);
/** Eight speak of the garden and eight of the train, three of both; three speak of neither. */
const TOPICS = [
  ...several(5, 'garden', 'garden'),
  ...several(5, 'train', 'train'),
  ...several(3, 'rent', 'rent'),
  ...several(3, 'garden', 'train'),
];
const transcriptOf = (n: number, topics: readonly [Topic, Topic]) =>
  Array.from(
    { length: 4 },
    (_, turn) =>
      `Interviewer: Tell me about the elevator, please ${turn}\nP${n}: ${SAID[topics[turn % 2 === 0 ? 0 : 1]](n * 4 + turn)}`,
  ).join('\n');

let house: OpenHouse;
let ada: Visitor;
let study: string;
const interviews: string[] = [];

const store = () => house.verbatim.store;
const plain = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const log = async (participant: string, transcript: string, more: Record<string, string> = {}) => {
  const logged = await ada.post(`${study}/interviews/new`, {
    participant,
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript,
    mayQuote: '1',
    ...more,
  });
  expect(logged.status, logged.text.slice(0, 3000)).toBe(303);
  return logged.location;
};
const find = async (themes = '3') => {
  const asked = await ada.post(`${study}/themes/find`, { item: 'interviews', themes, seed: '1' });
  expect(asked.status, plain(asked).slice(0, 2000)).toBe(303);
  return finishRun(ada, asked.location);
};
const newest = async (): Promise<Run> => {
  const run = await store().analyses.latestDone(1, 'themes', { surveyId: null });
  if (!run) throw new Error('There is no run');
  return run;
};
const shown = async () => house.verbatim.themes.counted(await newest());
const themeOf = async (word: string) => {
  const theme = (await shown()).themes.find(({ words }) => words.includes(word));
  if (!theme)
    throw new Error(
      `No theme speaks of ${word}: ${(await shown()).themes.map(({ words }) => words.join()).join(' | ')}`,
    );
  return theme;
};
const correct = async (form: Record<string, string | string[]>) => {
  const posted = await ada.post(`${study}/themes/correct`, { run: (await newest()).publicId, ...form });
  expect(posted.status, plain(posted).slice(0, 2000)).toBe(303);
  return posted;
};
/** The share of a theme as its page tells it. */
const factsOf = async (theme: string) =>
  plain(await ada.get(`${study}/themes?theme=${theme}`)).replaceAll('\u00a0', ' ');

beforeAll(async () => {
  house = await openHouse();
  ({ researcher: ada, study } = await enterStudio(house));
  await plantPeople(house.verbatim, 1, { 'crm-0': {}, 'crm-8': {}, 'crm-13': {} });
}, 60_000);
afterAll(() => house.close());

describe('themes of interviews', () => {
  test('a study without interviews and open questions says what is missing', async () => {
    expect(plain(await ada.get(`${study}/themes/find`))).toContain(
      'Publish a survey that has one, or log an interview',
    );
    const sent = await ada.post(`${study}/themes/find`, { item: 'interviews', themes: '', seed: '1' });
    expect(sent.status).toBe(422);
  });

  test('an interview in which only the interviewer speaks has nothing to find', async () => {
    const only = await log('P99', 'Interviewer: Are you there?\nInterviewer: Nobody answers.');
    const asked = await ada.post(`${study}/themes/find`, { item: 'interviews', themes: '', seed: '1' });
    await house.verbatim.analysis.idle();
    expect(plain(await ada.get(asked.location))).toContain('has a turn of somebody interviewed');
    await ada.post(`${only}/withdraw`, { withdraw: '1' });
  });

  test('one turn alone gives a page that says there are too few', async () => {
    const one = await log('P98', 'P98: The garden is large.\nInterviewer: Is it?');
    await find('');
    const page = plain(await ada.get(`${study}/themes`));
    expect(page).toContain('No themes found');
    expect(page).toContain('In 1 turn of those interviewed');
    await ada.post(`${one}/withdraw`, { withdraw: '1' });
  });

  test('themes are found in what those interviewed said, and counted by interview', async () => {
    for (const [n, topics] of TOPICS.entries())
      interviews.push(
        await log(`P${n}`, transcriptOf(n, topics), {
          person: [0, 8, 13].includes(n) ? `crm-${n}` : '',
          heldOn: n % 2 ? '2026-03-02' : '2026-05-02',
          mode: n < 8 ? 'by phone' : 'in person',
        }),
      );
    await find();
    const state = await shown();
    expect(state.documents).toHaveLength(64);
    const page = await ada.get(`${study}/themes`);
    expect(plain(page)).toContain('3 themes in 16 interviews');
    expect(plain(page)).toContain('In 64 turns of those interviewed; what interviewers say is not read.');
    expect(plain(page)).toContain('2 interviews without consent to analysis are left out.');
    expect(plain(page)).toContain('With 64 turns the themes are tentative');
    expect(page.text).not.toContain('elevator');
    const garden = await themeOf('trees');
    const facts = await factsOf(garden.id);
    // Five times four turns, and three times two.
    expect(facts).toMatch(/Interviews 8 of 16 Turns 26 of 64 Of all interviews, uncorrected 50\.0% 28\.0% to 72\.0%/);
  });

  test('quotes lead to the moment in the interview where they were said', async () => {
    const garden = await themeOf('trees');
    const page = await ada.get(`${study}/themes?theme=${garden.id}`);
    const [, at, turn] = /href="([^"]*\/interviews\/[^"#]+)#turn-(\d+)"/.exec(page.text) ?? [];
    const interview = await ada.get(at ?? '');
    const words = new RegExp(`id="turn-${turn}"[\\s\\S]*?<p[^>]*>([\\s\\S]*?)</p>`).exec(interview.text)?.[1] ?? '';
    expect(words).toMatch(/garden|flowers|trees/i);
  });

  test('what is personal in a turn stays under its mask', async () => {
    await log('P50', 'P50: The garden has trees and flowers, write to eve@people.example\nInterviewer: Yes.');
    await house.verbatim.themePlacing.placeNow();
    const garden = await themeOf('trees');
    const page = await ada.get(`${study}/themes/answers?theme=${garden.id}&order=least`);
    const all =
      plain(page) +
      plain(await ada.get(`${study}/themes/answers?theme=${garden.id}`)) +
      plain(await ada.get(`${study}/themes/answers?theme=${garden.id}&page=3`));
    expect(all).toContain('The garden has trees and flowers, write to');
    expect(all).not.toContain('eve@people.example');
  });

  test('a turn of a later interview is placed, and one without consent to analysis never is', async () => {
    const before = (await shown()).documents.length;
    const silent = await log('P51', 'P51: A late train to the station\nInterviewer: Again?');
    expect((await ada.post(`${silent}/withdraw`, { withdraw: '1' })).status).toBe(303);
    await log('P52', 'P52: The late train every morning at the station\nInterviewer: Again?', { heldOn: '2026-06-02' });
    expect(await house.verbatim.themePlacing.placeNow()).toBe(1);
    const state = await shown();
    expect(state.documents).toHaveLength(before + 1);
    expect(plain(await ada.get(`${study}/themes`))).toContain('3 themes in 18 interviews');
    expect(plain(await ada.get(`${study}/themes`))).toContain('2 turns came in after the run and were placed');
  });

  test('corrections hold, and the next run keeps them', async () => {
    const [garden, train] = [await themeOf('trees'), await themeOf('train')];
    await correct({ kind: 'rename', theme: garden.id, label: 'Green outside' });
    // A turn of somebody whom the workspace does not know, so that nobody whom rules find comes to speak of the train.
    const [document = ''] = (await store().themes.spoken(interviewsOf(1)))
      .filter(({ response }) => interviews[1]?.endsWith(response))
      .map((turn) => turn.document);
    const posted = await correct({ kind: 'move', document, to: train.id });
    expect(plain(await ada.get(posted.location))).toContain('1 turn of 66 changed by hand, 2 actions.');
    await correct({ kind: 'lock', theme: train.id });
    await find();
    const state = await shown();
    expect(state.themes.find(({ id }) => id === garden.id)?.label).toBe('Green outside');
    expect(state.documents.find(({ id }) => id === document)?.themes[0]?.theme).toBe(train.id);
    await correct({ kind: 'undo', of: '2' });
    expect(await store().themes.journal(interviewsOf(1))).toHaveLength(4);
    // What is of interviews is no question's of a survey.
    expect(await store().themes.journal({ studyId: 1, surveyId: 1, item: 'interviews' })).toEqual([]);
  });

  test('pages of numbers count interviews, and lists count turns', async () => {
    const map = plain(await ada.get(`${study}/themes/map`));
    expect(map).toContain('18 interviews');
    const together = plain(await ada.get(`${study}/themes/together`));
    expect(together).toContain('interviews of the 18 that speak of any theme');
    const compare = plain(await ada.get(`${study}/themes/compare?by=mode`));
    expect(compare).toContain('by phone, n 10, not tested');
    expect(compare).toContain('in person, n 8, not tested');
    expect(plain(await ada.get(`${study}/themes/time`))).toContain('Share of interviews');
    expect(plain(await ada.get(`${study}/themes/review`))).toMatch(/turns? to review/);
    const filtered = plain(await ada.get(`${study}/themes?mode=in+person`));
    expect(filtered).toContain('3 themes in 8 interviews');
    const wrong = await ada.get(`${study}/themes?mode=by+pigeon&from=soon`);
    expect(wrong.status).toBe(200);
    expect(plain(wrong)).toContain('There is no mode “by pigeon” here');
  });

  test('a rule on a theme of interviews finds those who spoke of it, by how surely', async () => {
    const train = await themeOf('train');
    const count = async (rule: Parameters<typeof house.verbatim.segments.count>[1]) => {
      const { admitted } = await house.verbatim.segments.count(
        { id: 1, workspaceId: 1 } as Parameters<typeof house.verbatim.segments.count>[0],
        rule,
        null,
      );
      const ids = await store().people.identities(admitted.map(({ id }) => id));
      return admitted.map(({ id }) => ids.get(id)).sort();
    };
    expect(await count({ theme: train.id })).toEqual(['crm-13', 'crm-8']);
    expect(await count({ not: { theme: train.id } })).toEqual(['crm-0']);
    const said = (await store().themes.speakers(1, train.id, null)).flatMap(({ confidence }) => confidence || []);
    const most = Math.max(...said);
    expect(await count({ theme: train.id, minConfidence: most })).toHaveLength(
      said.filter((one) => one >= most).length,
    );
    expect(await count({ theme: train.id, minConfidence: 0 })).toHaveLength(2);
  });

  test('interviews are told apart by the segments of those they were with', async () => {
    const train = await themeOf('train');
    const segment = await house.verbatim.segments.define(
      { id: 1, workspaceId: 1 } as Parameters<typeof house.verbatim.segments.define>[0],
      { name: 'Commuters', rule: { theme: train.id }, surveyId: null },
      null,
    );
    const filtered = await ada.get(`${study}/themes?segment=${segment.publicId}`);
    expect(plain(filtered)).toMatch(/themes? in 2 interviews/);
    expect(plain(filtered)).toContain('Segment: Commuters');
    const groups = plain(await ada.get(`${study}/themes/compare?by=segments`));
    expect(groups).toContain('Commuters, n 2, not tested');
    expect(plain(await ada.get(`${study}/themes?segment=nobody`))).toContain('There is no segment “nobody” here');
  });

  test('a theme of interviews becomes a code on the turns it is in', async () => {
    const train = await themeOf('train');
    const accepted = await ada.post(`${study}/themes/accept`, { run: (await newest()).publicId, theme: train.id });
    expect(accepted.status).toBe(303);
    const [code] = await store().notes.codes(1);
    expect(code?.definition).toMatch(/^Turns about: /);
    const turns = (await shown()).documents.filter(({ themes }) => themes.some(({ theme }) => theme === train.id));
    expect(Number(code?.uses)).toBe(turns.length);
  });

  test('a blind check draws turns, says so, and tells what came of it', async () => {
    const run = (await newest()).publicId;
    const start = plain(await ada.get(`${study}/themes/checks/new?run=${run}`));
    expect(start).toContain('People code a sample of turns');
    expect(start).toContain('those of one interview hang together');
    const theme = (await themeOf('train')).id;
    const check = (await ada.post(`${study}/themes/checks`, { run, theme, seed: '1' })).location.replace(/\/code$/, '');
    for (;;) {
      const page = await ada.get(`${check}/code`);
      if (page.status === 303) break;
      expect(plain(page)).toMatch(/ Turn \d+ /);
      const said = [...page.text.matchAll(/<fieldset class="card field blind[\s\S]*?<\/fieldset>/g)].map(
        ([one]) =>
          [
            `said-${/name="said-(\d+)"/.exec(one)?.[1]}`,
            /train/i.test(one.split('</blockquote>')[0] ?? '') ? theme : 'none',
          ] as const,
      );
      expect((await ada.post(`${check}/code`, Object.fromEntries(said))).status).toBe(303);
    }
    await ada.post(`${check}/see`);
    expect(plain(await ada.get(check))).toContain('Share of all turns, as people see it');
    const facts = await factsOf(theme);
    expect(facts).toContain('Of all turns, corrected');
    expect(facts).toMatch(/Agreement with people alpha (1\.00|0\.9)/);
    expect(await store().themeChecks.list(interviewsOf(1))).toHaveLength(1);
    // A reflexive study takes no coefficient for proof where people code what was said in interviews.
    await ada.post(`${study}/agreement/method`, { method: 'reflexive' });
    const reflexive = plain(await ada.get(check));
    expect(reflexive).toContain('Where people and machine differ');
    expect(reflexive).toContain('coded reflexively');
    expect(reflexive).not.toMatch(/Krippendorff|Kappa|Alpha/);
    expect(await factsOf(theme)).not.toMatch(/alpha/);
    await ada.post(`${study}/agreement/method`, { method: 'codebook' });
    expect(await factsOf(theme)).toMatch(/Agreement with people alpha/);
  });

  test('whoever takes their consent back is counted nowhere, and is quoted nowhere', async () => {
    const gone = interviews[0]!;
    const refused = await ada.post(`${gone}/withdraw`);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('<title>Error: ');
    expect(refused.text).toMatch(/<details[^>]* open>[\s\S]*id="withdraw-error">Tick that the words are to be deleted/);
    expect((await ada.post(`${gone}/withdraw`, { withdraw: '1' })).status).toBe(303);
    const left = plain(await ada.get(gone));
    expect(left).toContain('Whoever was interviewed took their consent back.');
    expect(left).not.toMatch(/May be quoted|Give words a code/);
    const page = await ada.get(`${study}/themes`);
    expect(plain(page)).toContain('3 themes in 17 interviews');
    expect(plain(page)).toContain('4 turns that were read were left out, withdrawn or changed since');
    const garden = await themeOf('trees');
    const quoted = await ada.get(`${study}/themes?theme=${garden.id}`);
    expect(quoted.text).not.toContain(gone.split('/').at(-1));
    const { admitted } = await house.verbatim.segments.count(
      { id: 1, workspaceId: 1 } as Parameters<typeof house.verbatim.segments.count>[0],
      { theme: garden.id },
      null,
    );
    const ids = await store().people.identities(admitted.map(({ id }) => id));
    expect([...ids.values()]).not.toContain('crm-0');
  });

  test('a corrected turn is placed anew, and counts once', async () => {
    const later = await log('P53', 'P53: The late train every evening at the station\nInterviewer: Again?');
    expect(await house.verbatim.themePlacing.placeNow()).toBe(1);
    const before = (await shown()).documents.length;
    const text = 'The late train each evening at the station';
    const corrected = await ada.post(`${later}/turns/1/correct`, { do: 'save', version: '1', text, reason: '' });
    expect(corrected.status).toBe(303);
    expect(await house.verbatim.themePlacing.placeNow()).toBe(1);
    expect((await shown()).documents).toHaveLength(before);
  });
});
