import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPostgres } from '../../src/store/postgres.ts';
import { toldGroupStore } from '../../src/store/told-groups.ts';
import { postgresPrograms } from '../support/postgres-programs.ts';
import { makePostgres } from '../support/real-postgres.ts';

test.skipIf(postgresPrograms === null)(
  'of two processes that are asked at once the second is told after the first, also when that came to nothing',
  async () => {
    await using place = await makePostgres();
    const [one, other] = await Promise.all([openPostgres(place.url, 'desk'), openPostgres(place.url, 'desk')]);
    const order: string[] = [];
    const ask = (database: typeof one, name: string, fault?: Error) =>
      toldGroupStore(database).alone(async () => {
        order.push(`${name} begins`);
        await wait(50);
        // What is done meanwhile goes by other connections.
        await toldGroupStore(database).of(1);
        order.push(`${name} ends`);
        if (fault) throw fault;
        return name;
      });
    const asked = [ask(one, 'a', new Error('nothing came of it')), ask(other, 'b')];
    const [first, second] = await Promise.allSettled(asked);
    expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
    const names = order.map((word) => word[0]);
    expect([names[0] === names[1], names[2] === names[3]]).toEqual([true, true]);
    await one.kysely.destroy();
    await other.kysely.destroy();
  },
);
