import { ANSWERS_FIELD, JSON_HEADERS, type Mapping, WORDS_FIELD } from './mapping.ts';
import { type Message, messageOf } from './message.ts';

/** Cards read a little Markdown: what an answer holds of it is to show as it was typed. */
const escaped = (text: string): string => text.replaceAll(/([\\[\]*_`#>])/g, '\\$1');

/**
 * A message as an adaptive card, the shape that a workflow of Teams takes.
 *
 * @see Microsoft, “Create incoming webhooks with Workflows”, and the Adaptive Cards schema 1.4
 */
export function teamsBody({ title, text, facts, link }: Message): string {
  const block = (words: string, more: object) => ({ type: 'TextBlock', text: words, wrap: true, ...more });
  return JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(escaped(title), { size: 'Medium', weight: 'Bolder' }),
            ...(facts.length === 0
              ? []
              : [
                  {
                    type: 'FactSet',
                    facts: facts.map(({ label, value }) => ({ title: escaped(label), value: escaped(value) })),
                  },
                ]),
            ...(text === '' ? [] : [block(escaped(text), {})]),
          ],
          actions: link === null ? [] : [{ type: 'Action.OpenUrl', title: 'Look at it in Verbatim', url: link }],
        },
      },
    ],
  });
}

export const teams: Mapping = {
  name: 'Teams',
  about: 'A card in a channel or chat, by a workflow of Microsoft Teams that waits for a webhook.',
  fields: [
    {
      name: 'secret',
      label: 'Address of the workflow',
      hint: 'Teams makes it; whoever has it can write to the channel, so it is kept sealed',
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
          body: teamsBody(messageOf(event, settings['answers'] === 'yes')),
        },
  made: () => [],
};
