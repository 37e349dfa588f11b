import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret, TOTP } from 'otpauth';
import pino from 'pino';
import { createRenderer } from '../../src/render/renderer.ts';
import type { SingleSignOnOptions } from '../../src/services/single-sign-on.ts';
import { openVerbatim, templatesFolder, viewsFolder } from '../../src/verbatim.ts';
import { createApp } from '../../src/web/app.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { fixedClock, LIGHT_PASSWORDS, newFolder, plantStudy, temporaryFolder } from './house.ts';
import { testLimits } from './limits.ts';
import { postFor } from './post-house.ts';

export const PASSWORD = 'three words together';

/**
 * A Verbatim on loopback with a clock that the test moves, and two studies that Ada owns by their workspace. Letters go out where
 * there is a mail server, and people sign in at a provider where there is one.
 */
export async function openAccountHouse({
  smtpUrl = null,
  publicUrl = null,
  singleSignOn = null,
  trustProxy = 0,
  needsSecondFactor = false,
  start = '2026-03-02T09:00:00.000Z',
}: {
  smtpUrl?: string | null;
  publicUrl?: string | null;
  singleSignOn?: SingleSignOnOptions | null;
  trustProxy?: number;
  needsSecondFactor?: boolean;
  start?: string;
} = {}) {
  const { folder, [Symbol.dispose]: remove } = temporaryFolder();
  const clock = fixedClock(start);
  await newFolder(folder, clock.now);
  const verbatim = await openVerbatim({
    folder,
    limits: testLimits,
    now: clock.now,
    publicUrl,
    post: smtpUrl === null ? null : postFor(smtpUrl),
    singleSignOn,
    needsSecondFactor,
    passwordCost: LIGHT_PASSWORDS,
  });
  const { app } = createApp({
    verbatim,
    renderer: createRenderer({ viewsFolder, templatesFolder }),
    log: pino({ level: 'silent' }),
    publicUrl,
    trustProxy,
    isOpen: () => true,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { study } = await plantStudy(verbatim);
  await verbatim.accounts.add(
    { email: 'ada@example.org', name: 'Ada', password: PASSWORD },
    { isAdmin: true, role: 'owner', studyId: null },
  );

  const enter = async (email: string, password = PASSWORD): Promise<Visitor> => {
    const person = visitor(url);
    const { status, location } = await person.post('/sign-in', { email, password });
    if (status !== 303 || location !== '/studio') throw new Error(`${email} was not let in: ${status} ${location}`);
    return person;
  };
  return {
    verbatim,
    url,
    clock,
    study,
    at: `/studio/${study.publicId}/members`,
    enter,
    /** Somebody with a role in the study. */
    add: (name: string, role: 'owner' | 'researcher' | 'viewer') =>
      verbatim.accounts.add(
        { email: `${name.toLowerCase()}@example.org`, name, password: PASSWORD },
        { isAdmin: false, role, studyId: study.id },
      ),
    /** The code that an app shows now for the key on its page. */
    codeFor: (key: string): string =>
      new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) }).generate({ timestamp: clock.now().getTime() }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await verbatim.close();
      remove();
    },
  };
}
export type AccountHouse = Awaited<ReturnType<typeof openAccountHouse>>;

/** The text of the element that is to be copied. */
export const copied = (page: string): string => /data-copy-text>([^<]+)</.exec(page)?.[1] ?? '';
/** What a page asks of a passkey. */
export const passkeyOptions = (page: string): string =>
  (/data-options="([^"]+)"/.exec(page)?.[1] ?? '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&amp;', '&');
