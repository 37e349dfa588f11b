import path from 'node:path';
import type { PrivacyNotice } from '../../src/model/privacy-notice.ts';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
import { privacyNoticeStore } from '../../src/store/privacy-notices.ts';
import type { Verbatim } from '../../src/verbatim.ts';

const LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pl',
  'pt',
  'ar',
  'ja',
  'sv',
  'ru',
  'tr',
  'zh',
  'he',
  'fa',
  'fi',
  'cs',
  'uk',
];
const inAll = (text: string) => Object.fromEntries(LANGUAGES.map((language) => [language, text]));

/** A privacy notice that is whole in every language that surveys of the tests are written in; anybody may take part. */
export const wholeNotice = {
  controllerName: 'Institute of Tests',
  controllerAddress: '1 Test Street, Testing',
  contact: 'privacy@example.org',
  purposes: inAll('To see whether everything holds.'),
  legalBasis: 'consent',
  kept: { months: 24 },
  recipients: 'nobody',
  minimumAge: 0,
  rights: inAll('You may ask for your answers at any time.'),
} as const satisfies PrivacyNotice;

const INSTALLATION = { workspaceId: null, studyId: null };

/** Gives an installation that nobody has opened yet a notice for all of its studies, so that their surveys can be published. */
export async function plantNotice(folder: string): Promise<void> {
  const database = kyselyOver('sqlite', openSqlite(path.join(folder, 'verbatim.db')));
  await privacyNoticeStore(database.kysely).save(INSTALLATION, 0, wholeNotice, {
    at: '2026-01-01T00:00:00.000Z',
    userId: null,
  });
  await database.kysely.destroy();
}

/** The same for one that is open; it stays as it is where it has one. */
export async function ensureNotice({ privacyNotices }: Verbatim): Promise<void> {
  const { revision } = await privacyNotices.read(INSTALLATION);
  if (revision === 0) await privacyNotices.save(INSTALLATION, 0, wholeNotice, null);
}
