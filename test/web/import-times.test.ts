import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor } from '../journeys/visitor.ts';

let house: OpenHouse;
let ada: Visitor;
let study: string;
let survey: string;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher: ada, study } = await enterStudio(house));
  const definition = {
    format: 1,
    code: 'why',
    title: { en: 'Why' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'Why did you move?' } }] }],
  };
  const made = await ada.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  survey = made.location;
  await ada.post(`${survey}/publish`, { revision: '1' });
}, 60_000);
afterAll(() => house.close());

const plain = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

test('a column chosen as the time of the answers says in which months themes were spoken of', async () => {
  const rows = Array.from({ length: 120 }, (_, index) => {
    const words = index % 2 === 0 ? 'the garden has trees and flowers' : 'waiting for the morning train';
    return `${words} word${index % 20},${String(1 + (index % 28)).padStart(2, '0')}.0${1 + Math.floor(index / 40)}.2026`;
  });
  const staged = await ada.upload(
    `${survey}/import`,
    'file',
    { name: 'rows.csv', bytes: Buffer.from(['why,day', ...rows].join('\n')) },
    { header: '1' },
  );
  const asked = await ada.get(staged.location);
  expect(asked.text).toMatch(/<option value="time">when they answered/);
  const form = { header: '1', quoted: '1', delimiter: ',', 'column-1': 'item:why', 'column-2': 'time' };
  expect((await ada.post(`${staged.location}/columns`, form)).status).toBe(303);
  expect(plain(await ada.get(staged.location))).toContain('“day” says when people answered, in UTC.');
  expect((await ada.post(`${staged.location}/commit`)).status).toBe(303);
  const code = survey.split('/').at(-1) ?? '';
  const { location } = await ada.post(`${study}/themes/find`, { item: `${code} why`, themes: '2', seed: '1' });
  await finishRun(ada, location);
  const time = plain(await ada.get(`${study}/themes/time`));
  expect(time).toContain('Share of answers, Jan 2026 to Mar 2026');
  expect(time.match(/50\.0% \(35\.2% to 64\.8%\), n 40/g)).toHaveLength(6);
});
