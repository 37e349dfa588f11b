import { baseOf, found, JSON_HEADERS, type Mapping, only, WORDS_FIELD } from './mapping.ts';
import { messageOf } from './message.ts';
import { plainMessage } from './plain-message.ts';

/** Tasks by Asana's API 1.0, with a personal access token. */
export const asana: Mapping = {
  name: 'Asana',
  about: 'A task from a response, a piece of feedback or a theme, when a researcher asks for one on its page.',
  fields: [
    {
      name: 'address',
      label: 'Address of the service',
      hint: null,
      as: 'address',
      isRequired: true,
      initial: 'https://app.asana.com',
    },
    {
      name: 'secret',
      label: 'Personal access token',
      hint: 'Kept sealed and never shown again',
      as: 'line',
      isRequired: true,
      isSecret: true,
    },
    {
      name: 'project',
      label: 'Number of the project',
      hint: 'The long number in the project’s address',
      as: 'line',
      isRequired: true,
      check: (value) => (/^\d{1,30}$/.test(value) ? null : 'Enter the project’s number, digits only'),
    },
    WORDS_FIELD,
  ],
  events: [],
  makesTickets: true,
  isMarketing: false,
  isForPeople: true,
  isRepeatable: false,
  next: ({ event, settings, secrets, made }, replies) => {
    const base = `${baseOf(settings['address'])}/api/1.0`;
    const headers = { ...JSON_HEADERS, authorization: `Bearer ${secrets[0] ?? ''}` };
    const message = messageOf(event, true);
    const task = { name: message.title, notes: plainMessage(message) };
    if (event.type === 'response.withdrawn') {
      const gid = made[replies.length];
      if (gid === undefined) return replies.length === 0 ? { skip: 'no ticket was made from it' } : null;
      return {
        method: 'PUT',
        url: `${base}/tasks/${encodeURIComponent(gid)}`,
        headers,
        body: JSON.stringify({ data: task }),
        alsoFine: [404],
      };
    }
    if (replies.length > 0) return null;
    if (event.type === 'test')
      return { method: 'GET', url: `${base}/projects/${settings['project']}`, headers, body: null };
    return {
      method: 'POST',
      url: `${base}/tasks`,
      headers,
      body: JSON.stringify({ data: { ...task, projects: [settings['project']] } }),
    };
  },
  made: (replies) => only(found(replies[0]?.body, 'data', 'gid')),
  linkTo: (settings, gid) =>
    `${baseOf(settings['address'])}/0/${settings['project'] ?? '0'}/${encodeURIComponent(gid)}`,
};
