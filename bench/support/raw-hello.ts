import type { AddressInfo } from 'node:net';
import express from 'express';

/* Express that reads nothing and answers one line: what any of our answers costs at least. */

const app = express();
app.post('/', (_req, res) => {
  res.json({ hello: 'world' });
});
const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
