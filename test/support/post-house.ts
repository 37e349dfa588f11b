import type { PostSettings } from '../../src/services/post-office.ts';
import { openVerbatim, type Verbatim } from '../../src/verbatim.ts';
import { newFolder, plantStudy, temporaryFolder } from './house.ts';
import { testLimits } from './limits.ts';

export const PUBLIC_URL = 'https://research.example';

export const postFor = (smtpUrl: string): PostSettings => ({
  smtpUrl,
  from: 'Research <research@lab.example>',
  replyTo: 'answers@lab.example',
  perMinute: 6000,
});

/**
 * A Verbatim of its own that writes letters: `await using house = await openPostHouse({ smtpUrl })`. `reopen` closes it
 * and opens the same folder again.
 */
export async function openPostHouse({
  smtpUrl,
  publicUrl = PUBLIC_URL,
  now = () => new Date(),
}: {
  smtpUrl: string | null;
  publicUrl?: string | null;
  now?: () => Date;
}) {
  const { folder, [Symbol.dispose]: remove } = temporaryFolder();
  const reported: unknown[] = [];
  await newFolder(folder, now);
  const open = (url: string | null): Promise<Verbatim> =>
    openVerbatim({
      folder,
      limits: testLimits,
      now,
      publicUrl,
      post: url === null ? null : postFor(url),
      report: (error) => reported.push(error),
    });
  const house = {
    verbatim: await open(smtpUrl),
    folder,
    reported,
    reopen: async (url: string | null) => {
      await house.verbatim.close();
      house.verbatim = await open(url);
    },
    [Symbol.asyncDispose]: async () => {
      await house.verbatim.close();
      remove();
    },
  };
  return house;
}

/** People of a study's workspace by the id they come with, with attributes. */
export async function plantPeople(
  verbatim: Verbatim,
  workspaceId: number,
  people: Record<string, Record<string, string>>,
): Promise<number[]> {
  return verbatim.intake.people(
    workspaceId,
    Object.entries(people).map(([externalId, attributes]) => ({
      externalId,
      attributes: Object.entries(attributes).map(([name, value]) => ({
        name,
        family: 'other' as const,
        value,
        source: 'test',
      })),
    })),
  );
}

/** A study with the small survey, and three people: Ada, who reads German, Bea, and one without an address. */
export async function plantInvitees(verbatim: Verbatim) {
  const { study, survey } = await plantStudy(verbatim, `A study ${Math.random()}`);
  const [ada = 0, bea = 0, cai = 0] = await plantPeople(verbatim, study.workspaceId, {
    'crm-1': { email: 'ada@people.example', first_name: 'Ada', last_name: 'Lovelace', language: 'de', plan: 'Pro' },
    'bea@people.example': { plan: 'Free', phone: '+49 170 1234567' },
    'crm-3': { plan: 'Pro' },
  });
  return { study, survey, ada, bea, cai };
}

export const MESSAGE = {
  en: { subject: 'Hello {{name}}', text: 'Dear {{name}},\n\n{{link}}\n\nNo more: {{optOut}}\n' },
  de: { subject: 'Hallo {{name}}', text: 'Guten Tag {{name}}: {{link}}\nNicht mehr: {{optOut}}\n' },
};

/** Answers a survey as one person does, by their personal link. */
export async function answerAs(verbatim: Verbatim, slug: string, invitation: string): Promise<void> {
  const started = await verbatim.fieldwork.start(slug, {
    consents: ['analysis'],
    language: null,
    invitation,
    isTest: false,
  });
  if (!started.started || !('revision' in started.next)) throw new Error('It did not start');
  await verbatim.fieldwork.answer({ ...started.next, page: 1 }, { city: 'village' });
  await verbatim.fieldwork.complete(started.next.token, 2);
  await verbatim.logs.settle();
}

/** Waits until no letter waits or is being sent. */
export async function settled(verbatim: Verbatim, surveyId: number, wave = 1): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const letters = await verbatim.store.mailings.letters(surveyId, wave);
    if (letters.every((letter) => letter.state !== 'waiting' && letter.state !== 'sending')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('Letters are still waiting after ten seconds');
}
