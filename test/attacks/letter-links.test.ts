import { request } from 'node:http';
import { expect, test } from 'vitest';
import { openAccountHouse } from '../support/account-house.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const PUBLIC_URL = 'https://research.example';

test('a link in a letter leads to the house’s own address, whatever host the request named', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openAccountHouse({ smtpUrl: smtp.url, publicUrl: PUBLIC_URL });
  const { port } = new URL(house.url);
  const forged = [
    { host: 'evil.example' },
    { host: 'research.example@evil.example' },
    { host: 'research.example', 'x-forwarded-host': 'evil.example' },
    { host: 'research.example', forwarded: 'host=evil.example;proto=https' },
  ];
  for (const [n, headers] of forged.entries()) {
    await house.add(`Reader${n}`, 'viewer');
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/sign-in/forgotten',
          headers: { ...headers, origin: PUBLIC_URL, 'content-type': 'application/x-www-form-urlencoded' },
        },
        (answer) => resolve(answer.resume().statusCode),
      );
      sent.once('error', reject).end(`email=reader${n}%40example.org`);
    });
    expect([headers, status]).toEqual([headers, 200]);
  }
  const letters = await smtp.taken(forged.length);
  for (const { text } of letters) {
    expect(text).toContain(`${PUBLIC_URL}/new-password/`);
    expect(text).not.toContain('evil');
  }
});
