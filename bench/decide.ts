/**
 * How fast it is decided which surveys wait on a page, against Express that answers one line:
 *
 *   node bench/decide.ts [--rounds 5] [--ms 1000] [--at 16,64] [--visitors 200] [--profile FOLDER]
 *
 * A hundred published surveys, each with a moment and an audience of two of two hundred segments; every segment asks for
 * attributes, and for events in a window of days. The visitors are known people with a year of events, and each page that
 * opens asks once, with the page, the visit and the browser, as the widget does.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { Moment } from '../src/model/moment.ts';
import { openVerbatim } from '../src/verbatim.ts';
import { openClients } from './support/client.ts';
import { atLeast, type Goal, invalid, medianOf, printGoals, printTable, quantileOf, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { type Server, startServer } from './support/server.ts';
import { closedSlice } from './support/slices.ts';
import { tenQuestions } from './support/surveys.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1000' },
    at: { type: 'string', default: '16,64' },
    visitors: { type: 'string', default: '200' },
    profile: { type: 'string' },
  },
});
const [rounds, ms, visitors] = [Number(values.rounds), Number(values.ms), Number(values.visitors)];
const [SURVEYS, SEGMENTS] = [100, 200];
const EVENTS = ['Order Completed', 'Quote Asked', 'Page Viewed', 'Help Opened', 'Offer Shared'];

const house = makeHouse();
const writeKey = await furnish();

async function furnish(): Promise<string> {
  const verbatim = await openVerbatim({ folder: house.folder, limits: readConfig({}).limits });
  const study = await verbatim.store.studies.findByIdOrName('Bench');
  if (!study) throw new Error('The study is not there');
  const source = await verbatim.sources.add(study.workspaceId, 'Bench', null);
  const segments: string[] = [];
  for (let index = 0; index < SEGMENTS; index += 1) {
    const rule = {
      all: [
        { attribute: 'age', op: 'gte', value: 18 + (index % 40) },
        {
          any: [
            { attribute: 'plan', op: 'is', value: index % 2 ? 'pro' : 'free' },
            { attribute: 'city', op: 'in', value: ['Ulm', 'Bonn'] },
          ],
        },
        {
          event: EVENTS[index % EVENTS.length],
          op: 'gte',
          value: 1 + (index % 7),
          within: { last: 7 + (index % 60), unit: 'day' },
        },
      ],
    };
    segments.push(
      (await verbatim.segments.define(study, { name: `Segment ${index}`, rule, surveyId: null }, null)).publicId,
    );
  }
  await verbatim.offers.saveOrigins(study, ['https://example.org']);
  for (let index = 0; index < SURVEYS; index += 1) {
    const draft = await verbatim.surveys.importJson(
      study.id,
      JSON.stringify({ ...tenQuestions, code: `survey-${index}` }),
    );
    await verbatim.surveys.publish(draft, 1, null);
    const [one, other] = [segments[index * 2], segments[index * 2 + 1]];
    const audience = await verbatim.segments.define(
      study,
      { name: `Audience ${index}`, rule: { any: [{ segment: one }, { segment: other }] }, surveyId: null },
      null,
    );
    await verbatim.store.surveys.setAudience(draft.id, audience.id);
    const row = await verbatim.store.surveys.findById(study.id, draft.id);
    if (!row) throw new Error('A survey is not there');
    await verbatim.offers.saveMoment(
      row,
      Moment.parse({
        isOn: true,
        trigger: { on: 'page' },
        pages: [{ match: 'contains', value: '/shop' }],
        priority: index,
      }),
    );
  }
  await verbatim.intake.people(
    study.workspaceId,
    Array.from({ length: visitors }, (_, index) => ({
      externalId: `person-${index}`,
      attributes: [
        { name: 'age', family: 'demographic' as const, value: 18 + (index % 60), source: 'bench' },
        { name: 'plan', family: 'other' as const, value: index % 3 ? 'free' : 'pro', source: 'bench' },
      ],
    })),
  );
  const now = Date.now();
  await verbatim.intake.events(
    study.workspaceId,
    Array.from({ length: visitors * 50 }, (_, index) => ({
      externalId: `person-${index % visitors}`,
      messageId: `m${index}`,
      name: EVENTS[index % EVENTS.length] ?? '',
      occurredAt: new Date(now - ((index * 7919) % (365 * 86_400)) * 1000).toISOString(),
      properties: { revenue: index % 50 },
    })),
  );
  await verbatim.logs.settle();
  await verbatim.close();
  return source.writeKey;
}

const product = await house.serve(values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []);
const hello = await startServer([path.join(import.meta.dirname, 'support/raw-hello.ts')]);

let asked = 0;
function question(): Buffer {
  asked += 1;
  const body = JSON.stringify({
    writeKey,
    userId: `person-${asked % visitors}`,
    page: { url: 'https://example.org/shop/12', path: '/shop/12', title: 'The shop', query: '', referrer: '' },
    session: 3,
    pageOfSession: 2,
    viewport: 1280,
    language: 'en',
    timeZone: 'Europe/Berlin',
    isAsking: false,
  });
  return post('/v1/decide', body);
}
const post = (address: string, body: string): Buffer =>
  Buffer.from(
    `POST ${address} HTTP/1.1\r\nHost: bench\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
const line = post('/', '');

const rows = [['connections', 'server', 'answers/s', 'ratio', 'CPU µs', 'CPU ratio', 'p50 ms', 'p99 ms']];
const goals: Goal[] = [];
const measured: Record<string, unknown> = {};
for (const connections of values.at.split(',').map(Number)) {
  const sides = [
    { name: 'Verbatim', server: product, next: question },
    { name: 'Express, one line', server: hello, next: () => line },
  ] as const;
  const clients = new Map<Server, Awaited<ReturnType<typeof openClients>>>();
  for (const { server } of sides) clients.set(server, await openClients(server.port, connections));
  const seen = new Map(
    sides.map(({ name }) => [name as string, { rates: [] as number[], cpu: 0, count: 0, latencies: [] as number[] }]),
  );
  for (let round = -1; round < rounds; round += 1)
    for (const { name, server, next } of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = server.cpuMs();
      const slice = await closedSlice({ clients: clients.get(server) ?? [], next, status: 200 }, ms);
      if (slice.wrong > 0) invalid(`${slice.wrong} answers of ${name} were wrong`);
      const kept = seen.get(name);
      if (round < 0 || !kept) continue;
      kept.rates.push(slice.count / slice.seconds);
      kept.cpu += server.cpuMs() - before;
      kept.count += slice.count;
      kept.latencies.push(...slice.latenciesMs);
    }
  const [ours, theirs] = [seen.get('Verbatim'), seen.get('Express, one line')];
  if (!ours || !theirs) throw new Error('Nothing was measured');
  const ratio = medianOf(ours.rates.map((rate, round) => rate / (theirs.rates[round] ?? Number.NaN)));
  const cpuUs = ({ cpu, count }: { cpu: number; count: number }) => (cpu * 1000) / count;
  for (const [name, kept] of seen)
    rows.push([
      String(connections),
      name,
      show(medianOf(kept.rates)),
      kept === ours ? show(ratio) : '',
      show(cpuUs(kept)),
      kept === ours ? show(cpuUs(theirs) / cpuUs(ours)) : '',
      show(quantileOf(kept.latencies, 0.5)),
      show(quantileOf(kept.latencies, 0.99)),
    ]);
  measured[`c${connections}`] = { ratio, cpuRatio: cpuUs(theirs) / cpuUs(ours) };
  goals.push(atLeast(`decisions/s ÷ Express's one line, c${connections}`, ratio, 0.35));
  for (const each of clients.values()) for (const client of each) client.close();
}
await product.stop();
await hello.stop();
house.remove();

console.log(
  `Which of ${SURVEYS} surveys wait, by ${SEGMENTS} segments, for ${visitors} visitors; ${rounds} rounds of ${ms} ms.`,
);
printTable(rows);
printGoals('decide', goals, { rounds, ms, visitors, measured });
