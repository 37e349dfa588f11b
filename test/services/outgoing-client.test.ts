import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { OutgoingRequest } from '../../src/exchange/outgoing/mapping.ts';
import { readAllowed } from '../../src/services/address-guard.ts';
import { outgoingClient } from '../../src/services/outgoing-client.ts';
import { temporaryFolder } from '../support/house.ts';
import { LOOPBACK, startStub } from '../support/stub-server.ts';

const post = (url: string, body: string | null = '{}'): OutgoingRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body,
});
/** Fails the test when a name is looked up that should not be. */
const noLookUp = () => Promise.reject(new Error('Nothing was to be looked up'));

test('a request arrives whole, with our own name and nothing that was not asked for', async () => {
  await using stub = await startStub(() => ({ status: 201, body: 'made', headers: { 'set-cookie': 'a=b' } }));
  const client = outgoingClient({ allowed: LOOPBACK, resolve: noLookUp });
  expect(await client.send(post(`${stub.url}/in?x=1`, '{"words":"grün"}'))).toEqual({
    outcome: 'answered',
    status: 201,
    retryAfter: null,
    text: 'made',
  });
  await client.send(post(`${stub.url}/in`));
  expect(stub.taken[0]).toMatchObject({ method: 'POST', path: '/in?x=1', body: '{"words":"grün"}' });
  expect(stub.taken[1]?.headers).toEqual({
    host: `127.0.0.1:${stub.port}`,
    connection: 'close',
    'user-agent': 'Verbatim',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'content-length': '2',
  });
});

test('a name is looked up once, and the connection goes to the address that was judged', async () => {
  await using stub = await startStub();
  const asked: string[] = [];
  const { allowed } = readAllowed('http://127.0.0.1');
  // Whoever owns the name answers differently the second time.
  const answers = [['127.0.0.1'], ['127.0.0.2']];
  const client = outgoingClient({
    allowed,
    resolve: async (host) => {
      asked.push(host);
      return answers.shift() ?? [];
    },
  });
  const url = `http://rebind.example:${stub.port}/in`;
  expect(await client.send(post(url))).toMatchObject({ outcome: 'answered', status: 200 });
  expect(asked).toEqual(['rebind.example']);
  expect(stub.taken[0]?.headers.host).toBe(`rebind.example:${stub.port}`);
  // The next request looks again, and the address of then is judged anew.
  expect(await client.send(post(url))).toMatchObject({ outcome: 'forbidden' });
  expect(stub.taken).toHaveLength(1);
});

test('one forbidden address among several is enough to send nothing', async () => {
  const client = outgoingClient({ allowed: [], resolve: async () => ['93.184.215.14', '10.0.0.1'] });
  const sent = await client.send(post('https://two.example/in'));
  expect(sent).toEqual({ outcome: 'forbidden', reason: 'The address is refused: 10.0.0.1 is a private network' });
});

test('a host that does not answer at its first address is reached at its next', async () => {
  await using stub = await startStub();
  const client = outgoingClient({ allowed: LOOPBACK, resolve: async () => ['127.0.0.77', '127.0.0.1'] });
  expect(await client.send(post(`http://two.example:${stub.port}/in`))).toMatchObject({ outcome: 'answered' });
});

test('nothing connects to a stub on loopback unless the operator allows it', async () => {
  await using stub = await startStub();
  for (const [url, allow] of [
    [stub.url, ''],
    [`https://127.0.0.1:${stub.port}`, ''],
    [`http://name.example:${stub.port}`, 'http://10.0.0.0/8'],
    [`http://name.example:${stub.port}`, 'name.example'],
  ] as const) {
    const client = outgoingClient({ allowed: readAllowed(allow).allowed, resolve: async () => ['127.0.0.1'] });
    expect(await client.send(post(`${url}/in`))).toMatchObject({ outcome: 'forbidden' });
  }
  expect(stub.taken).toEqual([]);
});

test('redirects are answers and are not followed', async () => {
  await using inner = await startStub();
  await using stub = await startStub(() => ({ status: 302, headers: { location: `${inner.url}/secret` } }));
  const sent = await outgoingClient({ allowed: LOOPBACK }).send(post(`${stub.url}/in`));
  expect(sent).toMatchObject({ outcome: 'answered', status: 302 });
  expect(inner.taken).toEqual([]);
});

test('no more than 64 KB of an answer is read, though it never ends', async () => {
  let isClosed = false;
  await using stub = await startStub(() => (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(16 * 1024)), 1);
    response.on('close', () => {
      isClosed = true;
      clearInterval(timer);
    });
  });
  const sent = await outgoingClient({ allowed: LOOPBACK }).send(post(`${stub.url}/in`));
  expect(sent).toMatchObject({ outcome: 'answered', status: 200 });
  expect(sent.outcome === 'answered' && sent.text.length).toBe(64 * 1024);
  await expect.poll(() => isClosed).toBe(true);
});

test('an answer that drips, one that never begins and a name nobody answers for all end in time', async () => {
  await using dripping = await startStub(() => (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  });
  await using silent = await startStub(() => () => {});
  const client = outgoingClient({
    allowed: LOOPBACK,
    timeoutMs: 150,
    resolve: () => new Promise(() => {}),
  });
  const reason = 'No whole answer came within 0.15 seconds';
  expect(await client.send(post(`${dripping.url}/in`))).toEqual({ outcome: 'silent', wasSent: true, reason });
  expect(await client.send(post(`${silent.url}/in`))).toEqual({ outcome: 'silent', wasSent: true, reason });
  expect(await client.send(post('https://slow.example/in'))).toEqual({ outcome: 'silent', wasSent: false, reason });
});

test('a server that hangs up, one that is not there and a name that is not known are told apart', async () => {
  const hangingUp = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => hangingUp.listen(0, '127.0.0.1', resolve));
  const { port } = hangingUp.address() as AddressInfo;
  const client = outgoingClient({ allowed: LOOPBACK, resolve: () => Promise.reject(new Error('ENOTFOUND')) });
  expect(await client.send(post(`http://127.0.0.1:${port}/in`))).toMatchObject({ outcome: 'silent', wasSent: true });
  await new Promise((resolve) => hangingUp.close(resolve));
  expect(await client.send(post(`http://127.0.0.1:${port}/in`))).toEqual({
    outcome: 'silent',
    wasSent: false,
    reason: 'Nothing listens at the address',
  });
  expect(await client.send(post('https://nobody.example/in'))).toMatchObject({ outcome: 'silent', wasSent: false });
});

test('a proxy that the environment names is not used', async () => {
  await using proxy = await startStub();
  await using stub = await startStub();
  const script = `
    import { outgoingClient } from ${JSON.stringify(path.resolve('src/services/outgoing-client.ts'))};
    import { readAllowed } from ${JSON.stringify(path.resolve('src/services/address-guard.ts'))};
    const client = outgoingClient({ allowed: readAllowed('http://127.0.0.0/8').allowed });
    const sent = await client.send({ method: 'GET', url: '${stub.url}/in', headers: {}, body: null });
    process.stdout.write(JSON.stringify(sent));`;
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: '' },
  });
  let out = '';
  child.stdout.on('data', (part) => {
    out += part;
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ outcome: 'answered', status: 200 });
  expect([proxy.taken.length, stub.taken.length]).toEqual([0, 1]);
});

test('over TLS the certificate is asked for and checked by the name, though the connection goes to an address', async () => {
  const { folder, [Symbol.dispose]: remove } = temporaryFolder();
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=hooks.example -addext subjectAltName=DNS:hooks.example -keyout ${key} -out ${cert}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
  const names: unknown[] = [];
  const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (req, res) => {
    names.push(req.headers.host);
    res.end('in');
  });
  server.on('secureConnection', (socket) => names.push((socket as { servername?: unknown }).servername));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = async (name: string, trusts: boolean) => {
    const script = `
      import { outgoingClient } from ${JSON.stringify(path.resolve('src/services/outgoing-client.ts'))};
      import { readAllowed } from ${JSON.stringify(path.resolve('src/services/address-guard.ts'))};
      const client = outgoingClient({ allowed: readAllowed('127.0.0.1').allowed, resolve: async () => ['127.0.0.1'] });
      const sent = await client.send({ method: 'GET', url: 'https://${name}:${port}/in', headers: {}, body: null });
      process.stdout.write(JSON.stringify(sent));`;
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...(trusts ? { NODE_EXTRA_CA_CERTS: cert } : {}) },
    });
    let out = '';
    child.stdout.on('data', (part) => {
      out += part;
    });
    await new Promise((resolve) => child.on('close', resolve));
    return JSON.parse(out) as { outcome: string; reason?: string; status?: number };
  };
  try {
    expect(await ask('hooks.example', true)).toMatchObject({ outcome: 'answered', status: 200 });
    expect(names).toEqual(['hooks.example', `hooks.example:${port}`]);
    expect(await ask('other.example', true)).toMatchObject({ outcome: 'silent', wasSent: false });
    expect((await ask('hooks.example', false)).reason).toContain('certificate');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    remove();
  }
});

test('a client may read more of an answer, and a request can be stopped before its time is over', async () => {
  await using stub = await startStub((_request, count) =>
    count === 1 ? { status: 200, body: 'a'.repeat(200_000) } : () => {},
  );
  const client = outgoingClient({ allowed: LOOPBACK, answerBytesMax: 150_000 });
  expect(await client.send(post(stub.url))).toMatchObject({ outcome: 'answered', text: 'a'.repeat(150_000) });
  const stopped = new AbortController();
  const sent = client.send(post(stub.url), stopped.signal);
  await stub.until(2);
  const at = performance.now();
  stopped.abort();
  expect(await sent).toMatchObject({ outcome: 'silent', wasSent: true });
  expect(performance.now() - at).toBeLessThan(1_000);
});
