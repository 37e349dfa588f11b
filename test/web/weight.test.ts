import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { visitor } from '../journeys/visitor.ts';
import { everyKind } from '../support/every-kind.ts';

let house: OpenHouse;
let slug: string;
beforeAll(async () => {
  house = await openHouse();
  const { studies, surveys } = house.verbatim;
  const study = await studies.addTo('Fieldwork', null, null, null);
  const draft = await surveys.importJson(study.id, JSON.stringify(everyKind));
  await surveys.publish(draft, draft.draftRevision, null);
  slug = draft.slug;
});
afterAll(() => house.close());

/** Everything a browser fetches by itself to show a page: the page, its styles, its scripts, its pictures. */
async function fetched(address: string): Promise<{ address: string; bytes: number }[]> {
  const page = await fetch(new URL(address, house.url));
  expect(page.status).toBe(200);
  const text = await page.text();
  const links = [
    ...[...text.matchAll(/<link[^>]*\shref="([^"]+)"/g)].map((match) => match[1] ?? ''),
    ...[...text.matchAll(/<(?:script|img|iframe|source|video|audio)[^>]*\ssrc="([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    ),
  ].filter((link) => !link.startsWith('data:'));
  const scripts = new Set(
    [...text.matchAll(/data-enhance="([^"]+)"/g)].flatMap((match) => (match[1] ?? '').split(' ')),
  );
  const loader = links.find((link) => link.endsWith('/enhance.js')) ?? '';
  const all = [...links, ...[...scripts].map((name) => loader.replace('enhance.js', `${name}.js`))];
  const parts = [{ address, bytes: gzipSync(text, { level: 9 }).length }];
  for (const link of all) {
    const at = new URL(link, house.url);
    expect(at.origin).toBe(house.url);
    const part = await fetch(at);
    expect([link, part.status]).toEqual([link, 200]);
    const body = Buffer.from(await part.arrayBuffer());
    expect(body.toString()).not.toMatch(/@import|url\(/);
    parts.push({ address: link, bytes: gzipSync(body, { level: 9 }).length });
  }
  return parts;
}
const sum = (parts: { bytes: number }[]) => parts.reduce((so, { bytes }) => so + bytes, 0);

test('the first page of a survey takes at most three requests and 14 KB, all of them here', async () => {
  const parts = await fetched(`/s/${slug}`);
  expect(parts.map(({ address }) => address.split('/').at(-1))).toEqual([slug, 'respond.css', 'enhance.js']);
  expect(sum(parts)).toBeLessThan(14 * 1024);
});

test('styles and scripts may be kept for ever, so a page after the first fetches little more than itself', async () => {
  const person = visitor(house.url);
  const { location } = await person.post(`/s/${slug}`, { consent: 'analysis' });
  const first = new Set((await fetched(`/s/${slug}`)).map(({ address }) => address));
  const parts = (await fetched(location)).filter(({ address }) => !first.has(address));
  expect(parts.length).toBeLessThanOrEqual(3);
  expect(sum(parts)).toBeLessThan(14 * 1024);
  for (const { address } of parts.slice(1))
    expect((await person.get(address)).headers.get('cache-control')).toContain('immutable');
});

test('what is sent compressed is as small as was counted', async () => {
  for (const encoding of ['gzip', 'br']) {
    const page = await fetch(new URL(`/s/${slug}`, house.url), { headers: { 'accept-encoding': encoding } });
    expect(page.headers.get('content-encoding')).toBe(encoding);
    expect(Number(page.headers.get('content-length'))).toBeLessThan(4 * 1024);
  }
});
