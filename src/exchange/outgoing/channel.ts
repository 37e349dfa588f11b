import { ANSWERS_FIELD, JSON_HEADERS, type Mapping, WORDS_FIELD } from './mapping.ts';
import { type Message, messageOf } from './message.ts';

/** A mapping that writes one message into a channel by posting to an address that is itself the secret. */
export const channelMapping = (
  words: { name: string; about: string; label: string; madeBy: string },
  bodyOf: (message: Message) => string,
): Mapping => ({
  name: words.name,
  about: words.about,
  fields: [
    {
      name: 'secret',
      label: words.label,
      hint: `${words.madeBy} makes it; whoever has it can write to the channel, so it is kept sealed`,
      as: 'address',
      isRequired: true,
      isSecret: true,
    },
    ANSWERS_FIELD,
    WORDS_FIELD,
  ],
  events: ['response.completed', 'persona.changed', 'segment.entered', 'segment.left', 'feedback.received'],
  makesTickets: false,
  isMarketing: false,
  isForPeople: true,
  isRepeatable: true,
  next: ({ event, settings, secrets }, replies) =>
    replies.length > 0
      ? null
      : {
          method: 'POST',
          url: secrets[0] ?? '',
          headers: JSON_HEADERS,
          body: bodyOf(messageOf(event, settings['answers'] === 'yes')),
        },
  made: () => [],
});
