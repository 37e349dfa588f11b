import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import { DatabaseSync } from 'node:sqlite';

/*
 * The limit of a durable submission: node:http and node:sqlite, one row with the form as JSON, synchronous = FULL, no
 * validation. `group` commits whatever has gathered in one transaction, `one` each request by itself.
 */

const [file = '', mode = 'group'] = process.argv.slice(2);
new DatabaseSync(file).exec(
  'pragma journal_mode = wal; create table if not exists rows (id integer primary key, key text not null unique, body text not null)',
);
// Opened again, since only then does it show what a file that is in WAL mode already is opened with.
const database = new DatabaseSync(file);
database.exec('pragma synchronous = full; pragma busy_timeout = 1000; pragma wal_autocheckpoint = 4000');
if (database.prepare('pragma synchronous').get()?.['synchronous'] !== 2) throw new Error('synchronous is not FULL');
const insert = database.prepare('insert into rows (key, body) values (?, ?) on conflict (key) do nothing');

type Waiting = { key: string; body: string; response: ServerResponse };
let waiting: Waiting[] = [];
const answer = (response: ServerResponse) => {
  response.writeHead(303, ['Location', '/done', 'Content-Length', '0']);
  response.end();
};

function commit(): void {
  const batch = waiting;
  waiting = [];
  database.exec('begin immediate');
  for (const { key, body } of batch) insert.run(key, body);
  database.exec('commit');
  for (const { response } of batch) answer(response);
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = JSON.stringify(parse(Buffer.concat(parts).toString()));
    waiting.push({ key: request.url ?? '', body, response });
    if (mode === 'one') commit();
    else if (waiting.length === 1) setImmediate(commit);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`ready ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => {
  database.close();
  process.exit(0);
});
