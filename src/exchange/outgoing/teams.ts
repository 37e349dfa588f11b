import { channelMapping } from './channel.ts';
import type { Message } from './message.ts';

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

export const teams = channelMapping(
  {
    name: 'Teams',
    about: 'A card in a channel or chat, by a workflow of Microsoft Teams that waits for a webhook.',
    label: 'Address of the workflow',
    madeBy: 'Teams',
  },
  teamsBody,
);
