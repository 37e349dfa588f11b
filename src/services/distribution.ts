import { languageFor, readAddress } from '../model/contact.ts';
import { checkMessage, composeLetter, type LetterKind, type Message } from '../model/mailing.ts';
import { Problem } from '../model/problem.ts';
import { openingOf } from '../model/survey-settings.ts';
import type { OptOutOrigin } from '../store/contacts.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Letter } from '../store/letter-queue.ts';
import type { Mailing, MailingSettings } from '../store/mailings.ts';
import type { Study } from '../store/studies.ts';
import type { PublishedSurvey, SurveyRow } from '../store/surveys.ts';
import type { Actor, Context } from './context.ts';
import { insistKnown } from './insist-known.ts';
import { mailResultService } from './mail-results.ts';
import { optOutService } from './opt-outs.ts';
import { type AnyTray, type Composed, domainOf, type PostSettings, postOffice, trayOf } from './post-office.ts';
import { type Recipient, recipientService } from './recipients.ts';
import type { Segments } from './segments.ts';
import type { Targeting } from './targeting.ts';

/** What stands in the address of a letter that one sends to oneself. */
export const EXAMPLE_TOKEN = 'example';

/** Bringing surveys to people: letters with personal links, reminders, who wants none, and how many answered. */
export function distributionService(
  context: Context,
  {
    targeting,
    segments,
    publicUrl,
    post,
    trays,
    report,
  }: {
    targeting: Targeting;
    segments: Segments;
    /** Where people reach Verbatim; links in letters are made of it and of nothing else. */
    publicUrl: string | null;
    post: PostSettings | null;
    /** Letters of other kinds that go out by the same office, before those of surveys. */
    trays: readonly AnyTray[];
    report: (error: unknown) => void;
  },
) {
  const { store, logs, now } = context;
  const optOuts = optOutService(context);
  const { sealOf } = optOuts;
  const { offered, recipients, reminders } = recipientService(context, { targeting, segments, optOuts });
  const office = post
    ? postOffice({
        settings: post,
        trays: [...trays, trayOf({ queue: store.letterQueue, compose, onAddressFault: noteAddressFault })],
        now,
        report,
      })
    : null;

  const at = () => now().toISOString();
  const linkFor = (survey: { publicId: string; slug: string }, personPublicId: string): string =>
    `${publicUrl}/s/${survey.slug}/for/${targeting.invitationToken(survey.publicId, personPublicId)}`;
  const optOutLink = (personPublicId: string): string => `${publicUrl}/opt-out/${optOuts.token(personPublicId)}`;

  /** What stands in the way of sending, in words; nothing when all is set up. */
  function obstacles(): string[] {
    return [
      ...(post
        ? []
        : ['No mail server is set: whoever runs this server sets VERBATIM_SMTP_URL and VERBATIM_MAIL_FROM']),
      ...(publicUrl
        ? []
        : [
            'PUBLIC_URL is not set, so Verbatim does not know the address that people reach it at, and cannot put links in letters',
          ]),
    ];
  }

  function needPublicUrl(): void {
    if (publicUrl === null)
      throw new Problem('conflict', 'Links cannot be made for other people yet', {
        detail: 'Whoever runs this server sets PUBLIC_URL to the address that people reach it at',
      });
  }

  function needPost(): NonNullable<typeof office> {
    const reasons = obstacles();
    if (!office || reasons.length > 0)
      throw new Problem('conflict', 'Letters cannot be sent yet', { detail: reasons.join('. ') });
    return office;
  }

  /** A survey that takes answers, or with `mayWait` one that will. */
  async function published(survey: SurveyRow, mayWait: boolean): Promise<PublishedSurvey> {
    insistKnown(survey, 'Personal letters');
    const found = await store.surveys.findPublished(survey.slug);
    const opening = found ? openingOf(found.state, found.settings, now()) : null;
    if (found && (opening === 'open' || (opening === 'not-yet' && mayWait))) return found;
    throw new Problem('conflict', 'This survey takes no answers just now', {
      detail:
        opening === null
          ? 'Publish it first'
          : opening === 'closed'
            ? 'Open it again first'
            : 'It is set to open later',
    });
  }

  /** Outside its time a wave's links would lead into another wave, or tell people that they have answered already. */
  async function needOpenWave(survey: SurveyRow, number: number): Promise<void> {
    const wave = (await store.fieldwork.waves(survey.id)).find((one) => one.number === number);
    if (!wave || (await store.fieldwork.waveAt(survey.id, at()))?.number === number) return;
    throw new Problem('conflict', `Wave ${number}, ${wave.name}, is not open just now`, {
      detail: 'Write once it has begun, or change its time under Fieldwork',
    });
  }

  function readMessage(message: Message): Message {
    const faults = checkMessage(message);
    if (faults.length > 0)
      throw new Problem('invalid', 'This letter cannot be sent yet', {
        detail: 'Mend what is listed first',
        errors: faults,
      });
    return message;
  }

  async function send(
    survey: SurveyRow,
    kind: LetterKind,
    form: { message: Message; wave: number; segment: string | null },
    to: readonly Recipient[],
    roundOf: (personId: number) => number,
    actor: Actor,
  ): Promise<{ mailing: Mailing; added: number }> {
    const open = await published(survey, false);
    await needOpenWave(survey, form.wave);
    const added =
      to.length === 0
        ? null
        : await targeting.invite(open, to).then(() =>
            store.mailings.add(
              {
                surveyId: survey.id,
                kind,
                wave: form.wave,
                audience: { segment: form.segment },
                message: form.message,
                createdBy: actor?.userId ?? null,
              },
              to.map((person) => ({
                personId: person.id,
                round: roundOf(person.id),
                addressSeal: sealOf(person.address ?? ''),
                language: languageFor(person.language, Object.keys(form.message)),
              })),
              at(),
            ),
          );
    if (!added)
      throw new Problem('conflict', 'There is nobody to write to', {
        detail: 'Everybody this would go to has been written to, has answered, or cannot be reached',
      });
    office?.wake();
    return added;
  }

  /** The letter as it is at this moment, or why it must not go after all. */
  async function compose(letter: Letter): Promise<Composed> {
    const mailing = await store.mailings.findById(letter.mailingId);
    const person = await store.contacts.personById(letter.personId);
    const survey = await surveyById(letter.surveyId);
    if (!mailing || !person || !survey || !post || publicUrl === null) return { skip: 'there is nothing left to send' };
    if (openingOf(survey.state, survey.settings, now()) !== 'open') return { skip: 'the survey takes no answers' };
    const same = await store.people.sameAs(person.id);
    const contact = (await store.contacts.contacts(person.workspaceId, same)).get(same[0] ?? person.id);
    if (!contact?.address) return { skip: 'there is no address any more' };
    const addressSeal = sealOf(contact.address);
    const optedOut = await store.contacts.optedOut(person.workspaceId);
    if (optedOut.people.has(same[0] ?? person.id) || optedOut.seals.has(addressSeal))
      return { skip: 'asked not to be written to' };
    await logs.settle();
    const wave = await store.fieldwork.waveNumbered(letter.surveyId, letter.wave);
    if (await store.responses.hasCompleted(letter.surveyId, same, wave)) return { skip: 'had answered by then' };
    const isFirst = letter.language === (survey.definition.languages[0] ?? '');
    const { subject, text } = composeLetter(mailing.message, letter.language, {
      name: contact.name,
      link: `${linkFor(survey, person.publicId)}${isFirst ? '' : `?language=${letter.language}`}`,
      optOut: optOutLink(person.publicId),
    });
    return {
      addressSeal,
      ready: {
        to: contact.address,
        subject,
        text,
        messageId: `<${letter.publicId}@${domainOf(post.from)}>`,
        optOut: optOutLink(person.publicId),
      },
    };
  }

  const surveyById = async (surveyId: number): Promise<PublishedSurvey | null> =>
    store.surveys.findPublished((await store.surveys.standing(surveyId)).slug);

  async function noteAddressFault(letter: Letter, reason: string, addressSeal: string): Promise<void> {
    const person = await store.contacts.personById(letter.personId);
    if (!person) return;
    const bounce = { personId: person.id, addressSeal, reason };
    await store.contacts.addBounces(person.workspaceId, [bounce], 'smtp', at());
  }

  return {
    obstacles,
    optOutToken: optOuts.token,
    linkFor,
    recipients,
    reminders,
    ...mailResultService(context, optOuts),
    findOptOut: optOuts.find,
    takeBackOptOut: optOuts.takeBack,
    undoOptOut: optOuts.undo,
    checkMessage: readMessage,

    /** How the post stands: what is missing, from whom letters come, and what keeps them just now. */
    post: () => ({
      obstacles: obstacles(),
      from: post?.from ?? null,
      replyTo: post?.replyTo ?? null,
      perMinute: post?.perMinute ?? null,
      trouble: office?.trouble() ?? null,
      mayOneClick: publicUrl?.startsWith('https:') ?? false,
    }),

    /**
     * Writes an invitation to everybody who is left after `recipients`; it goes out in the background.
     *
     * @throws Problem `conflict` while post is not set up, the survey is not open, or nobody is left; `invalid` for a
     *   letter that cannot be sent
     */
    invite: async (
      study: Study,
      survey: SurveyRow,
      form: { message: Message; wave: number; segmentPublicId: string | null },
      actor: Actor,
    ) => {
      needPost();
      const message = readMessage(form.message);
      const { to } = await recipients(study, survey, form.segmentPublicId, form.wave);
      const segment = form.segmentPublicId ? await store.segments.find(study.id, form.segmentPublicId) : null;
      return send(
        survey,
        'invitation',
        { message, wave: form.wave, segment: segment?.name ?? null },
        to,
        () => 0,
        actor,
      );
    },

    /** Reminds everybody who is left after `reminders`. Throws as `invite` does. */
    remind: async (study: Study, survey: SurveyRow, form: { message: Message; wave: number }, actor: Actor) => {
      needPost();
      const message = readMessage(form.message);
      const { to, rounds } = await reminders(study, survey, form.wave);
      return send(
        survey,
        'reminder',
        { message, wave: form.wave, segment: null },
        to,
        (id) => rounds.get(id) ?? 1,
        actor,
      );
    },

    /**
     * Sends one letter to oneself, with the open address and an opt-out link that does nothing.
     *
     * @throws Problem `conflict` when post is not set up or the letter was not taken, with the server's words
     */
    sendTest: async (survey: SurveyRow, message: Message, language: string, to: { email: string; name: string }) => {
      const open = needPost();
      const address = readAddress(to.email);
      if (address === null) throw new Problem('conflict', 'Your account has no address that a letter can be sent to');
      const letter = composeLetter(readMessage(message), language, {
        name: to.name,
        link: `${publicUrl}/s/${survey.slug}`,
        optOut: `${publicUrl}/opt-out/${EXAMPLE_TOKEN}`,
      });
      const messageId = `<test-${newPublicId()}@${domainOf(post?.from ?? '')}>`;
      const sent = await open.deliver({ ...letter, to: address, messageId, optOut: null });
      if (sent.verdict !== 'sent')
        throw new Problem('conflict', 'The test letter was not taken', {
          detail: `The mail server says: ${sent.reason}`,
        });
    },

    setMailing: async (mailing: Mailing, state: 'sending' | 'paused'): Promise<void> => {
      await store.mailings.setState(mailing.id, state, at());
      if (state === 'sending') office?.wake();
    },
    /** Sends letters in doubt, or those that failed, once more. */
    sendAgain: async (mailing: Mailing, which: 'unsure' | 'failed'): Promise<number> => {
      needPost();
      const count = await store.letterQueue.again(mailing.id, which, at());
      office?.wake();
      return count;
    },
    /** @throws Problem `invalid` for numbers that do not fit */
    setSettings: async (survey: SurveyRow, settings: MailingSettings): Promise<void> => {
      const { remindersMax, daysBetween } = settings;
      const errors = [];
      if (!Number.isInteger(remindersMax) || remindersMax < 0 || remindersMax > 5)
        errors.push({ pointer: '#/reminders', detail: 'Reminders at most: enter a number from 0 to 5' });
      if (!Number.isInteger(daysBetween) || daysBetween < 1 || daysBetween > 60)
        errors.push({ pointer: '#/days', detail: 'Days between two letters: enter a number from 1 to 60' });
      if (errors.length > 0) throw new Problem('invalid', 'These settings do not fit', { errors });
      await store.mailings.putSettings(survey.id, settings);
    },

    /**
     * Keeps that somebody wants no more letters from this workspace. They may still answer what they have a link to.
     * Saying it twice changes nothing.
     *
     * @param who the token of a letter's opt-out link, or the person
     * @returns false when the token is none of ours, or there is no such person
     */
    optOut: (
      who: { token: string } | { personId: number },
      origin: OptOutOrigin = 'token' in who ? 'page' : 'respondent',
      surveyId: number | null = null,
    ): Promise<boolean> => optOuts.keep(who, origin, surveyId),

    /** Personal links for everybody a survey is offered to, but not for those who opted out; the links are made by this. */
    links: async (study: Study, survey: SurveyRow, segmentPublicId: string | null) => {
      needPublicUrl();
      const open = await published(survey, true);
      await logs.settle();
      const optedOut = await store.contacts.optedOut(study.workspaceId);
      const contacts = await store.contacts.contacts(study.workspaceId);
      const people = (await offered(study, survey, segmentPublicId)).filter(({ id }) => {
        const address = contacts.get(id)?.address;
        return !optedOut.people.has(id) && !(address && optedOut.seals.has(sealOf(address)));
      });
      await targeting.invite(open, people);
      return people.map((person) => ({
        ...person,
        name: contacts.get(person.id)?.name ?? null,
        address: contacts.get(person.id)?.address ?? null,
        phone: contacts.get(person.id)?.phone ?? null,
        link: linkFor(survey, person.publicId),
        optOut: optOutLink(person.publicId),
      }));
    },

    /** Says that a tray has something to send. */
    wake: (): void => office?.wake(),
    /** Begins to send what waits; only the owner of the folder does. */
    open: async (): Promise<void> => {
      await office?.open();
    },
    close: async (): Promise<void> => {
      await office?.close();
    },
  };
}
export type Distribution = ReturnType<typeof distributionService>;
