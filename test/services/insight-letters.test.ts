import { expect, test } from 'vitest';
import { fixedClock, plantStudy } from '../support/house.ts';
import { openPostHouse, PUBLIC_URL } from '../support/post-house.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const FORM = { statement: 'Lifts decide for families', note: '', status: 'standing', ownerId: null };
const until = async (holds: () => boolean) => {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(holds()).toBe(true);
};

test('a follower gets one letter for all that was changed in ten minutes, and none for their own changes', async () => {
  const clock = fixedClock();
  await using smtp = await startSmtpServer();
  await using house = await openPostHouse({ smtpUrl: smtp.url, now: clock.now });
  const { accounts, distribution, insightNews, insights, store } = house.verbatim;
  const { study } = await plantStudy(house.verbatim);
  const member = (name: string) =>
    accounts.add(
      { email: `${name}@lab.example`, name, password: 'three words together' },
      { isAdmin: false, role: 'researcher', studyId: study.id },
    );
  const [ada, bea] = [await member('ada'), await member('bea')];
  const { publicId } = await insights.add(study, FORM, { userId: ada.id });
  const insight = async () => (await store.insights.find(study.id, publicId))!;
  await insightNews.follow(await insight(), ada.id);
  await insightNews.follow(await insight(), bea.id);
  clock.forward(1_000);
  await insights.change(await insight(), { ...FORM, decision: 'Show the lift' }, { userId: ada.id });
  await insights.change(await insight(), { ...FORM, decision: 'Show the lift', ticket: 'T-1' }, { userId: ada.id });
  expect(smtp.letters).toHaveLength(0);
  clock.forward(11 * 60_000);
  distribution.wake();
  await until(() => smtp.letters.length === 1);
  const [letter] = smtp.letters;
  expect(letter?.to).toContain('bea@lab.example');
  expect(letter?.text).toContain('What was decided: Show the lift');
  expect(letter?.text).toContain('Where it is carried on: T-1');
  expect(letter?.text).toContain(`${PUBLIC_URL}/studio/${study.publicId}/insights/${publicId}`);
  // Told once: what comes later is told by itself.
  await insights.change(await insight(), { ...FORM, decision: 'Paint it', ticket: 'T-1' }, { userId: ada.id });
  clock.forward(11 * 60_000);
  distribution.wake();
  await until(() => smtp.letters.length === 2);
  expect(smtp.letters[1]?.text).toContain('Paint it');
  expect(smtp.letters[1]?.text).not.toContain('T-1');
  expect(house.reported).toEqual([]);
});
