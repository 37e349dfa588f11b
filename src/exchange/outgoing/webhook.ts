import type { OutgoingEvent } from '../../model/outgoing-event.ts';
import { JSON_HEADERS, type Mapping, WORDS_FIELD } from './mapping.ts';
import { signWebhook } from './sign-webhook.ts';

/**
 * What a webhook's body says: type, time and data. The same event gives the same bytes at every attempt.
 *
 * @param at when it happened, ISO 8601
 */
export function webhookBody(event: OutgoingEvent, at: string): string {
  const { type, ...data } = event;
  // Wordings are for people; a program goes by codes.
  const { lines: _lines, ...plain } = data as typeof data & { lines?: unknown };
  return JSON.stringify({ type, timestamp: at, data: plain });
}

/** A signed request to a program of one's own. */
export const webhook: Mapping = {
  name: 'Webhook',
  about: 'Signed JSON to a program of your own, which learns answers by their codes and people by their pseudonyms.',
  fields: [
    {
      name: 'address',
      label: 'Address',
      hint: 'Begins with https://',
      as: 'address',
      isRequired: true,
    },
    WORDS_FIELD,
  ],
  events: ['response.completed', 'persona.changed', 'segment.entered', 'segment.left', 'feedback.received'],
  makesTickets: false,
  isMarketing: false,
  isForPeople: false,
  isRepeatable: true,
  next: ({ id, at, event, happenedAt, settings, secrets }, replies) => {
    if (replies.length > 0) return null;
    const body = webhookBody(event, happenedAt);
    const timestamp = Math.floor(at.getTime() / 1000);
    return {
      method: 'POST',
      url: settings['address'] ?? '',
      headers: {
        ...JSON_HEADERS,
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signWebhook(secrets, id, timestamp, body),
      },
      body,
    };
  },
  made: () => [],
};
