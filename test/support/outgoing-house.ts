import { type Purpose, SurveyDefinition } from '../../src/model/survey.ts';
import type { HookForm } from '../../src/services/outgoing.ts';
import type { Delivery } from '../../src/store/deliveries.ts';
import type { Hook } from '../../src/store/hooks.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openVerbatim, type Verbatim } from '../../src/verbatim.ts';
import { newFolder, temporaryFolder } from './house.ts';
import { testLimits } from './limits.ts';
import { PUBLIC_URL, plantPeople } from './post-house.ts';
import { smallSurvey } from './small-survey.ts';
import { LOOPBACK } from './stub-server.ts';

/** The small survey, which also asks for an address, takes one from the link, and asks whether it may be personal. */
export const outgoingSurvey: SurveyDefinition = SurveyDefinition.parse({
  ...smallSurvey,
  code: 'outgoing',
  consent: {
    ...smallSurvey.consent,
    purposes: [
      ...smallSurvey.consent.purposes,
      { code: 'personalisation', text: { en: 'My answers may be used to address me personally' } },
    ],
  },
  pages: [
    smallSurvey.pages[0],
    {
      code: 'words',
      questions: [
        { kind: 'rating', code: 'mood', text: { en: 'How are you?' }, steps: { min: 0, max: 10 } },
        { kind: 'text', code: 'story', text: { en: 'What happened?' }, long: true },
        { kind: 'text', code: 'mail', text: { en: 'Your e-mail' }, format: 'email' },
        { kind: 'hidden', code: 'campaign', text: { en: 'Campaign' }, parameter: 'c' },
      ],
    },
  ],
  instruments: undefined,
});

/** A Verbatim that may reach stubs on loopback: `await using house = await openOutgoingHouse()`. */
export async function openOutgoingHouse({
  now = () => new Date(),
  definition = outgoingSurvey,
}: {
  now?: () => Date;
  definition?: SurveyDefinition;
} = {}) {
  const { folder, [Symbol.dispose]: remove } = temporaryFolder();
  const reported: unknown[] = [];
  await newFolder(folder, now);
  const open = (): Promise<Verbatim> =>
    openVerbatim({
      folder,
      limits: testLimits,
      now,
      publicUrl: PUBLIC_URL,
      outgoing: { allowed: LOOPBACK, random: () => 0 },
      report: (error) => reported.push(error),
    });
  const verbatim = await open();
  const study: Study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(definition));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  const house = {
    verbatim,
    folder,
    reported,
    study,
    survey: survey as SurveyRow,
    /** Closes and opens again; the folder belongs to nobody `meanwhile`. */
    reopen: async (meanwhile: () => Promise<void> = async () => {}) => {
      await house.verbatim.close();
      await meanwhile();
      house.verbatim = await open();
    },
    /** A webhook to an address, or any other kind with its values. */
    hook: (address: string, more: Partial<HookForm> & { kind?: Hook['kind'] } = {}) => {
      const { kind = 'webhook', ...form } = more;
      return house.verbatim.outgoing.add(
        study,
        kind,
        {
          name: `To ${kind}`,
          events: ['response.completed', 'persona.changed'],
          survey: '',
          values: { address, ...form.values },
          ...Object.fromEntries(Object.entries(form).filter(([name]) => name !== 'values')),
        },
        null,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await house.verbatim.close();
      remove();
      if (reported.length > 0) throw reported[0];
    },
  };
  return house;
}
export type OutgoingHouse = Awaited<ReturnType<typeof openOutgoingHouse>>;

/** Somebody answers to the end; with an id, as the person whom the workspace knows by it. */
export async function answerFully(
  { verbatim, study, survey }: OutgoingHouse,
  {
    consents = ['analysis', 'quotes', 'personalisation'],
    externalId = null,
    story = 'It rained the whole day',
    isTest = false,
    before = null,
  }: {
    consents?: Purpose[];
    externalId?: string | null;
    story?: string;
    isTest?: boolean;
    before?: ((token: string) => Promise<unknown>) | null;
  } = {},
): Promise<{ token: string; responseId: string }> {
  let invitation: string | null = null;
  if (externalId !== null) {
    const [id = 0] = await plantPeople(verbatim, study.workspaceId, {
      [externalId]: { email: `${externalId}@people.example` },
    });
    const person = await verbatim.store.contacts.personById(id);
    const open = await verbatim.store.surveys.findPublished(survey.slug);
    if (!person || !open) throw new Error('There is nobody to invite');
    await verbatim.targeting.invite(open, [person]);
    invitation = verbatim.targeting.invitationToken(survey.publicId, person.publicId);
  }
  const started = await verbatim.fieldwork.start(survey.slug, {
    consents,
    language: null,
    invitation,
    isTest,
    query: { c: 'spring@shop.example' },
  });
  if (!started.started || !('revision' in started.next)) throw new Error('It did not start');
  const { token } = started.next;
  await verbatim.fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'village', topics: ['news', 'sport'] });
  await before?.(token);
  const revision = before ? 3 : 2;
  const second = await verbatim.fieldwork.answer(
    { token, page: 2, revision },
    { mood: '7', story, mail: 'me@people.example' },
  );
  if (second.outcome !== 'saved') throw new Error(`The second page was not saved: ${JSON.stringify(second)}`);
  await verbatim.fieldwork.complete(token, revision + 1);
  await verbatim.logs.settle();
  verbatim.outgoing.wake();
  return { token, responseId: publicHalf(token) };
}

/** A hook's log, oldest first. */
export const logOf = async ({ verbatim }: OutgoingHouse, hook: Hook): Promise<Delivery[]> =>
  (await verbatim.store.deliveries.log(hook.id, null, 1000)).reverse();

/** Waits until something holds, and wakes the courier meanwhile. */
export async function until(house: OutgoingHouse, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    house.verbatim.outgoing.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It did not come to hold in eight seconds');
}

/** Waits until a hook has so many deliveries and none of them is on its way. */
export async function settledLog(house: OutgoingHouse, hook: Hook, count: number): Promise<Delivery[]> {
  await until(house, async () => {
    const log = await logOf(house, hook);
    return log.length >= count && log.every(({ state }) => state !== 'waiting' && state !== 'claimed');
  });
  return logOf(house, hook);
}

/** Waits until a hook's first delivery has been tried and waits for its next turn. */
export const triedOnce = (house: OutgoingHouse, hook: Hook): Promise<void> =>
  until(house, async () => {
    const [first] = await logOf(house, hook);
    return first?.attempts === 1 && first.state === 'waiting';
  });
