import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { runCli, startServer } from './run-cli.ts';

test('init makes the folder, prints it with a one-time code, and says where to use it', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'new');
  const { code, stdout, stderr } = await runCli(['init', '--json', '--data', folder], { env: { PORT: '3210' } });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    folder,
    created: true,
    setUpCode: expect.stringMatching(/^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/),
    setUpAddress: 'http://127.0.0.1:3210/set-up',
  });
  expect(existsSync(path.join(folder, 'verbatim.db'))).toBe(true);

  const again = await runCli(['init', '--data', folder]);
  expect(again.code).toBe(78);
  const ifNew = await runCli(['init', '--if-new', '--data', folder]);
  expect(ifNew.code).toBe(0);
  expect(ifNew.stdout).toContain('nothing was done');
});

test('a disk that was not mounted does not become a new installation', async () => {
  using place = temporaryFolder();
  const env = { VERBATIM_EXPECT_DATA: '1', VERBATIM_INIT: '1' };
  for (const folder of [place.folder, path.join(place.folder, 'missing')]) {
    for (const args of [['init', '--if-new'], ['serve'], ['start']]) {
      const { code, stderr } = await runCli([...args, '--data', folder], { env });
      expect(code).toBe(78);
      expect(stderr).toContain('VERBATIM_EXPECT_DATA=1');
    }
    expect(existsSync(path.join(folder, 'verbatim.db'))).toBe(false);
  }
});

test('serve makes nothing where nothing is', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'missing');
  const { code, stdout, stderr } = await runCli(['serve', '--data', folder]);
  expect(code).toBe(78);
  expect(stdout).toBe('');
  expect(stderr).toContain('npx verbatim restore');
  expect(existsSync(folder)).toBe(false);
});

test('serve refuses a database that is lost, emptied, damaged or another’s, and says how to get it back', async () => {
  using place = temporaryFolder();
  const [folder, other] = [path.join(place.folder, 'a'), path.join(place.folder, 'b')];
  const [file, aside] = [path.join(folder, 'verbatim.db'), path.join(place.folder, 'kept.db')];
  for (const one of [folder, other]) expect((await runCli(['init', '--data', one])).code).toBe(0);
  copyFileSync(file, aside);

  const harms: Record<string, () => void> = {
    missing: () => rmSync(file),
    emptied: () => truncateSync(file, 0),
    damaged: () => writeFileSync(file, Buffer.concat([readFileSync(aside).subarray(0, 4096), Buffer.alloc(90_000, 7)])),
    'another installation': () => copyFileSync(path.join(other, 'verbatim.db'), file),
  };
  for (const [reason, harm] of Object.entries(harms)) {
    copyFileSync(aside, file);
    for (const left of ['-wal', '-shm']) rmSync(file + left, { force: true });
    harm();
    const before = existsSync(file) ? readFileSync(file) : null;
    const { code, stderr } = await runCli(['serve', '--data', folder]);
    expect(stderr).toContain(reason);
    expect(stderr).toContain('npx verbatim restore');
    expect(code).toBe(78);
    expect(existsSync(file) ? readFileSync(file) : null).toEqual(before);
  }
});

test('one folder has one server; SIGTERM ends it cleanly and frees the folder', async () => {
  using place = temporaryFolder();
  await using server = await startServer(['start', '--data', place.folder]);
  expect(server.said.stdout).toMatch(/set-up code [a-z0-9-]{19} at http:\/\/127\.0\.0\.1:\d+\/set-up/);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

  const second = await runCli(['serve', '--data', place.folder]);
  expect(second.code).toBe(78);
  expect(second.stderr).toContain(`process ${server.child.pid}`);
  // A guest works beside it.
  expect((await runCli(['study', 'add', 'Beside', '--data', place.folder])).code).toBe(0);

  const { code, stdout, stderr } = await server.stop();
  expect(code).toBe(0);
  expect(stderr).toBe('');
  const logged = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect(logged.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain('stopped');
  expect(existsSync(path.join(place.folder, 'verbatim.db-wal'))).toBe(false);
  await using again = await startServer(['serve', '--data', place.folder]);
  expect((await again.stop()).code).toBe(0);
});

test('a request under way is finished before the end, while readiness is gone; a second signal waits for nobody', async () => {
  using place = temporaryFolder();
  await using server = await startServer(['start', '--data', place.folder]);
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  // A form half sent is a request under way.
  socket.write(
    `POST /s/none HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 5\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=`,
  );
  await new Promise((done) => setTimeout(done, 200));
  server.child.kill('SIGTERM');
  await new Promise((done) => setTimeout(done, 400));
  expect(server.child.exitCode).toBe(null);
  await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
  socket.write('bcdGET /readyz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n'.replace('bcd', 'bc1'));
  expect((await server.ended).code).toBe(0);
  expect(heard).toMatch(/^HTTP\/1\.1 404/);

  await using impatient = await startServer(['serve', '--data', place.folder]);
  const waiting = connect(Number(new URL(impatient.url).port), hostname);
  await once(waiting, 'connect');
  waiting.on('error', () => {});
  waiting.write(
    'POST /s/none HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=',
  );
  await new Promise((done) => setTimeout(done, 200));
  impatient.child.kill('SIGTERM');
  await new Promise((done) => setTimeout(done, 500));
  impatient.child.kill('SIGTERM');
  expect((await impatient.ended).code).toBe(143);
});

test('every fault of the environment is named at once', async () => {
  using place = temporaryFolder();
  const { code, stdout, stderr } = await runCli(['serve', '--data', place.folder], {
    env: { VERBATIM_X: '1', PORT: '99999' },
  });
  expect(code).toBe(78);
  expect(stdout).toBe('');
  expect(stderr).toContain('VERBATIM_X');
  expect(stderr).toContain('PORT');
});

test('a file of places that cannot be used is a fault of the set-up, and says what to do', async () => {
  using place = temporaryFolder();
  const file = path.join(place.folder, 'places.mmdb');
  const serve = () =>
    runCli(['serve', '--data', place.folder], { env: { VERBATIM_GEO_FILE: file, VERBATIM_INIT: '1' } });
  const missing = await serve();
  expect(missing.code).toBe(78);
  expect(missing.stderr).toContain(`VERBATIM_GEO_FILE ${file} cannot be read (ENOENT); put the file there`);
  writeFileSync(file, 'no database');
  const broken = await serve();
  expect(broken.code).toBe(78);
  expect(broken.stderr).toContain('is no mmdb file that can be read; fetch it again');
});

test('a port that is taken is a fault of the set-up', async () => {
  using place = temporaryFolder();
  const folders = ['a', 'b'].map((name) => path.join(place.folder, name));
  await using server = await startServer(['start', '--data', folders[0]!]);
  const { code, stderr } = await runCli(['start', '--data', folders[1]!], { env: { PORT: new URL(server.url).port } });
  expect(code).toBe(78);
  expect(stderr).toContain('is taken');
});

test('--data goes before VERBATIM_DATA', async () => {
  using place = temporaryFolder();
  const [named, asked] = [path.join(place.folder, 'named'), path.join(place.folder, 'asked')];
  mkdirSync(named);
  expect((await runCli(['init', '--data', asked], { env: { VERBATIM_DATA: named } })).code).toBe(0);
  expect(existsSync(path.join(asked, 'identity.json'))).toBe(true);
  expect(existsSync(path.join(named, 'identity.json'))).toBe(false);
});
