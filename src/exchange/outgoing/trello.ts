import { baseOf, found, JSON_HEADERS, type Mapping, only, WORDS_FIELD } from './mapping.ts';
import { messageOf } from './message.ts';
import { plainMessage } from './plain-message.ts';

const isId = (value: string): boolean => /^[0-9a-f]{24}$/i.test(value);

/** Cards by Trello's API 1. Key and token go in a header, since addresses are written down in many places. */
export const trello: Mapping = {
  name: 'Trello',
  about: 'A card from a response, a piece of feedback or a theme, when a researcher asks for one on its page.',
  fields: [
    {
      name: 'address',
      label: 'Address of the service',
      hint: null,
      as: 'address',
      isRequired: true,
      initial: 'https://api.trello.com',
    },
    {
      name: 'key',
      label: 'API key',
      hint: null,
      as: 'line',
      isRequired: true,
      check: (value) => (/^[A-Za-z0-9]{8,100}$/.test(value) ? null : 'Enter the key, letters and digits only'),
    },
    {
      name: 'secret',
      label: 'Token',
      hint: 'Kept sealed and never shown again',
      as: 'line',
      isRequired: true,
      isSecret: true,
      check: (value) => (/^[A-Za-z0-9_-]+$/.test(value) ? null : 'Enter the token as Trello gives it'),
    },
    {
      name: 'list',
      label: 'Id of the list',
      hint: 'Add .json to a card’s address to see its idList',
      as: 'line',
      isRequired: true,
      check: (value) => (isId(value) ? null : 'Enter the list’s id, 24 letters and digits'),
    },
    WORDS_FIELD,
  ],
  events: [],
  makesTickets: true,
  isMarketing: false,
  isForPeople: true,
  isRepeatable: false,
  next: ({ event, settings, secrets, made }, replies) => {
    const base = `${baseOf(settings['address'])}/1`;
    const headers = {
      ...JSON_HEADERS,
      authorization: `OAuth oauth_consumer_key="${settings['key']}", oauth_token="${secrets[0] ?? ''}"`,
    };
    const message = messageOf(event, true);
    const card = { name: message.title, desc: plainMessage(message) };
    if (event.type === 'response.withdrawn') {
      const id = made[replies.length];
      if (id === undefined) return replies.length === 0 ? { skip: 'no ticket was made from it' } : null;
      return {
        method: 'PUT',
        url: `${base}/cards/${encodeURIComponent(id)}`,
        headers,
        body: JSON.stringify(card),
        alsoFine: [404],
      };
    }
    if (replies.length > 0) return null;
    if (event.type === 'test') return { method: 'GET', url: `${base}/lists/${settings['list']}`, headers, body: null };
    return {
      method: 'POST',
      url: `${base}/cards`,
      headers,
      body: JSON.stringify({ idList: settings['list'], ...card }),
    };
  },
  made: (replies) => only(found(replies[0]?.body, 'id')),
  linkTo: (_settings, id) => `https://trello.com/c/${encodeURIComponent(id)}`,
};
