import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { plantNotice } from '../support/plant-notice.ts';
import { smallSurvey } from '../support/small-survey.ts';
import { runCli, startServer } from './run-cli.ts';

const PASSWORD = 'markerpassword of three words';

test('a walk through the product leaves no address, token, network, answer or password in the log, and each line has its request', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  const at = ['--data', folder];
  const survey = path.join(place.folder, 'survey.json');
  writeFileSync(survey, JSON.stringify(smallSurvey));
  expect((await runCli(['init', ...at])).code).toBe(0);
  await plantNotice(folder);
  const user = ['user', 'add', '--email', 'marker.person@example.org', '--admin', '--password-stdin', ...at];
  expect((await runCli(user, { stdin: PASSWORD })).code).toBe(0);
  await runCli(['study', 'add', 'Markerstudy', ...at]);
  const published = await runCli(['survey', 'import', survey, '--study', 'Markerstudy', '--publish', '--json', ...at]);
  const { slug } = JSON.parse(published.stdout) as { slug: string };
  const source = await runCli(['source', 'add', 'Markersource', '--study', 'Markerstudy', '--json', ...at]);
  const writeKey = /"writeKey": "([^"]+)"/.exec(source.stdout)?.[1] ?? '';
  expect(writeKey).not.toBe('');

  await using server = await startServer(['serve', ...at], {
    env: { VERBATIM_LOG_LEVEL: 'debug', VERBATIM_TRUST_PROXY: '1' },
  });
  const secrets = [PASSWORD, 'marker', slug, writeKey, '198.51.100.77', '198.51.100', '127.0.0.1', '2001:db8:77'];
  const from = { 'x-forwarded-for': '198.51.100.77' };
  const form = (fields: Record<string, string>) => new URLSearchParams(fields);
  const ask = (address: string, init: RequestInit = {}) =>
    fetch(new URL(address, server.url), {
      redirect: 'manual',
      ...init,
      headers: { accept: 'text/html', origin: server.url, ...from, ...(init.headers as Record<string, string>) },
    });
  const ids: string[] = [];
  const asked = async (address: string, init: RequestInit = {}) => {
    const answer = await ask(address, init);
    const id = answer.headers.get('x-request-id') ?? '';
    expect(id, address).toMatch(/^[0-9a-f-]{36}$/);
    ids.push(id);
    return answer;
  };
  const post = (address: string, body: RequestInit['body'], headers: Record<string, string> = {}) =>
    asked(address, { method: 'POST', body: body ?? null, headers });

  // Those who work here: a wrong password, a right one, a page with what they look for in its address.
  const wrong = await post('/sign-in', form({ email: 'marker.other@example.org', password: 'markerwrong' }));
  expect(wrong.status).toBe(422);
  const entered = await post('/sign-in', form({ email: 'marker.person@example.org', password: PASSWORD }));
  expect(entered.status).toBe(303);
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  secrets.push(...cookie.split('; ').map((one) => one.split('=')[1] ?? ''));
  const studio = await asked('/studio', { headers: { cookie } });
  expect(studio.status).toBe(200);
  await asked('/studio/search?q=marker%20words', { headers: { cookie } });
  await asked('/studio/MARKERmarkerMARKERmark/surveys', { headers: { cookie } });

  // Respondents: begin, answer, send again, come to an address that is none.
  expect((await asked(`/s/${slug}`)).status).toBe(200);
  const begun = await post(`/s/${slug}`, form({ consent: 'analysis' }));
  const page = begun.headers.get('location') ?? '';
  expect(page).toMatch(/^\/r\//);
  secrets.push(page.split('/')[2] ?? '');
  await asked(page);
  for (let time = 0; time < 2; time += 1)
    await post(page, form({ city: 'city', topics: 'news', 'city-comment': 'marker answer' }));
  await post(page, 'marker=%E0%A4%A', { 'content-type': 'application/x-www-form-urlencoded' });
  await post(page, '{"marker":', { 'content-type': 'application/json' });
  await asked('/r/MARKERmarkerMARKERmark/1/1');
  await asked('/s/%E0%A4%A-marker');
  // Programs: events that read well and badly.
  const track = (body: string) =>
    post('/v1/track', body, { 'content-type': 'application/json', authorization: `Basic ${btoa(`${writeKey}:`)}` });
  await track(JSON.stringify({ type: 'track', event: 'marker event', userId: 'marker-person' }));
  await track('{"marker words');
  await asked('/api/v1/study', { headers: { authorization: 'Bearer vb_markerMARKERmarkerMARKERmarker' } });
  // What nobody foresaw.
  await asked('/marker/../marker?marker=1');

  const { stdout, stderr } = await server.stop();
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const log = `${lines.join('\n')}\n${stderr}`;
  const found = secrets.filter((secret) => secret !== '' && log.toLowerCase().includes(secret.toLowerCase()));
  expect(found).toEqual([]);
  // The log is there and says something: every request that was asked has its line, with a pattern and a status.
  const answered = lines
    .map(
      (line) =>
        JSON.parse(line) as { msg: string; request?: string; route?: string | null; status?: number; user?: number },
    )
    .filter(({ msg }) => msg === 'answered');
  expect(ids.filter((id) => !answered.some(({ request }) => request === id))).toEqual([]);
  expect(answered.map(({ route }) => route)).toContain('/r/:token/:page/:revision');
  expect(answered.every(({ status }) => typeof status === 'number' && status < 500)).toBe(true);
  expect(answered.some(({ user }) => user === 1)).toBe(true);
});

test('an error page and a refusal in JSON tell the number that the log has', async () => {
  using place = temporaryFolder();
  await using server = await startServer(['start', '--data', place.folder]);
  const page = await fetch(`${server.url}/nowhere`, { headers: { accept: 'text/html' } });
  const id = page.headers.get('x-request-id') ?? '';
  expect(await page.text()).toContain(id);
  const refusal = await fetch(`${server.url}/nowhere`, { headers: { accept: 'application/json' } });
  expect(await refusal.json()).toMatchObject({ request: refusal.headers.get('x-request-id') });
  const respondent = await fetch(`${server.url}/s/nowhere`, { headers: { accept: 'text/html' } });
  expect(await respondent.text()).toContain(respondent.headers.get('x-request-id'));
  const { stdout } = await server.stop();
  expect(stdout).toContain(id);
});
