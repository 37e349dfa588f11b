import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { type Client, headerOf, postRequest } from './client.ts';
import { invalid } from './figures.ts';
import type { House } from './house.ts';

/**
 * Respondents who have agreed to take part and stand before their first page: gives the address of each one's page.
 * Resolves once everything has been projected, so that a slice of time measures its own work only.
 */
export async function startResponses(
  house: House,
  slug: string,
  clients: readonly Client[],
  count: number,
): Promise<string[]> {
  const request = postRequest(`/s/${slug}`, 'consent=analysis&language=en');
  const pages: string[] = [];
  let left = count;
  await Promise.all(
    clients.map(async (client) => {
      while (left > 0) {
        left -= 1;
        const reply = await client.send(request);
        const page = headerOf(reply, 'Location');
        if (reply.status !== 303 || page === null) invalid(`a start answered ${reply.status}`);
        pages.push(page);
      }
    }),
  );
  await projected(house);
  return pages;
}

/** Resolves when the projections have caught up with the records. */
export async function projected(
  house: House,
  mostMs = 600_000,
  log: 'responses' | 'intake' = 'responses',
): Promise<void> {
  const database = new DatabaseSync(house.database, { readOnly: true });
  const behind = database.prepare(
    `select coalesce((select max(seq) from ${log === 'responses' ? 'response_records' : 'intake_records'}), 0)
          - coalesce((select seq from watermarks where name = '${log}'), 0) as n`,
  );
  const until = performance.now() + mostMs;
  while (Number(behind.get()?.['n']) > 0) {
    if (performance.now() > until) invalid('the projections did not catch up');
    await wait(20);
  }
  database.close();
}
