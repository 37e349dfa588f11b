import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * The limit of a page: node:http that sends the same headers and bytes, read from the files named in its arguments, and
 * does nothing else.
 */

const [headFile = '', bodyFile = ''] = process.argv.slice(2);
const body = readFileSync(bodyFile);
const headers: [string, string][] = JSON.parse(readFileSync(headFile, 'utf8'));
const flat = headers.flat();

const server = createServer((_request, response) => {
  response.writeHead(200, flat);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(`ready ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
