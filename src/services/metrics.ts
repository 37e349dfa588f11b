import type { RecordCounts } from '../workers/counted-logs.ts';
import type { UpkeepFigures } from './upkeep.ts';

/** A request that was answered: by the pattern of its address and never by the address, which may hold a token. */
export type AnsweredRequest = { method: string; route: string | null; status: number; ms: number };

export type Metrics = {
  observe: (answered: AnsweredRequest) => void;
  /** All figures in the text format of Prometheus. */
  text: () => Promise<string>;
  contentType: string;
  /** Ends what watches the process. */
  close: () => void;
};

export type MetricSources = {
  counts: Readonly<RecordCounts>;
  /** How many writes wait. */
  writesWaiting: () => number;
  /** How many pieces of long work wait. */
  jobsWaiting: () => Promise<number>;
  figures: () => Promise<UpkeepFigures>;
  now: () => Date;
};

/** Seconds; a page should take less than the fourth, and none more than the last. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Who an address is for.
 *
 * @example
 * doorOf('/r/:token/:page/:revision') // => 'respondents'
 * doorOf('/studio/:study') // => 'studio'
 * doorOf(null) // => 'other'
 */
export function doorOf(route: string | null): 'respondents' | 'events' | 'api' | 'studio' | 'other' {
  const [, first = ''] = (route ?? '').split('/');
  if (['s', 'r', 'feedback', 'book', 'receipt', 'shared'].includes(first)) return 'respondents';
  if (first === 'v1') return 'events';
  return first === 'api' || first === 'studio' ? first : 'other';
}

/** Counts and measures, for whatever watches over the server. Nothing in it names a study, a person or an address. */
export async function openMetrics({
  counts,
  writesWaiting,
  jobsWaiting,
  figures,
  now,
}: MetricSources): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client');
  const register = new Registry();
  const registers = [register];
  // What every process has: processor, memory, handles, pauses of the event loop.
  collectDefaultMetrics({ register });
  const requests = new Counter({
    name: 'verbatim_requests_total',
    help: 'Requests answered, by the pattern of their address',
    labelNames: ['method', 'route', 'status'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'verbatim_request_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['door'] as const,
    buckets: BUCKETS,
    registers,
  });
  new Counter({
    name: 'verbatim_response_records_total',
    help: 'Records of responses by what became of them: acknowledged, repeated, refused, failed',
    labelNames: ['outcome'] as const,
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(counts)) this.inc({ outcome }, count);
    },
  });
  const gauge = (name: string, help: string, read: () => number | null | Promise<number | null>) =>
    new Gauge({
      name: `verbatim_${name}`,
      help,
      registers,
      async collect() {
        const value = await read();
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  // One look serves all that are read together.
  let look: Promise<UpkeepFigures> | null = null;
  const seen = (): Promise<UpkeepFigures> => {
    look ??= figures();
    return look;
  };
  const secondsSince = (at: string | Date | undefined): number | null =>
    at === undefined ? null : Math.max(0, (now().getTime() - new Date(at).getTime()) / 1000);
  gauge('writes_waiting', 'Writes that wait for their turn', writesWaiting);
  gauge('jobs_waiting', 'Pieces of long work that wait for their turn', jobsWaiting);
  gauge('database_bytes', 'Size of the database file', async () => (await seen()).databaseBytes);
  gauge('wal_bytes', 'Size of the write-ahead log', async () => (await seen()).journalBytes);
  gauge('disk_free_bytes', 'Free space where the data folder is', async () => (await seen()).disk.freeBytes);
  gauge('disk_free_ratio', 'Share of that disk that is free', async () => (await seen()).disk.freeShare);
  gauge('backup_age_seconds', 'Age of the newest copy', async () => secondsSince((await seen()).copies[0]?.at));
  gauge('backup_ok', '1 when the last daily copy was made, 0 when it failed', async () =>
    okOf((await seen()).lastCopy),
  );
  gauge('integrity_ok', '1 when the last look through the database found no damage', async () =>
    okOf((await seen()).lastCheck),
  );
  return {
    observe: ({ method, route, status, ms }) => {
      requests.inc({ method, route: route ?? 'none', status });
      durations.observe({ door: doorOf(route) }, ms / 1000);
    },
    text: async () => {
      look = null;
      return register.metrics();
    },
    contentType: register.contentType,
    close: () => register.clear(),
  };
}

const okOf = (done: { isWell: boolean } | null): number | null => (done === null ? null : Number(done.isWell));
