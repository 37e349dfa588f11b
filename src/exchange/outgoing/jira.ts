import { baseOf, found, JSON_HEADERS, type Mapping, only, WORDS_FIELD } from './mapping.ts';
import { type Message, messageOf } from './message.ts';

type Node = { type: string; text?: string; content?: Node[]; marks?: unknown[]; attrs?: unknown; version?: number };

const text = (words: string, marks?: unknown[]): Node => ({ type: 'text', text: words, ...(marks ? { marks } : {}) });
const paragraph = (...content: Node[]): Node => ({ type: 'paragraph', content });

/**
 * A message as an Atlassian document, which is what Jira's version 3 wants for a description. Words are text nodes, so
 * nothing in them is read as markup; an empty text node would be refused.
 *
 * @see Atlassian, “Atlassian Document Format”
 */
export function atlassianDocument({ text: words, facts, link }: Message): Node {
  const content = [
    ...facts.flatMap(({ label, value }) => [
      ...(label === '' ? [] : [paragraph(text(label, [{ type: 'strong' }]))]),
      ...(value === '' ? [] : [paragraph(text(value))]),
    ]),
    ...(words === '' ? [] : [paragraph(text(words))]),
    ...(link === null ? [] : [paragraph(text('Look at it in Verbatim', [{ type: 'link', attrs: { href: link } }]))]),
  ];
  return { type: 'doc', version: 1, content: content.length > 0 ? content : [paragraph(text('No further details.'))] };
}

/** Jira refuses a summary over several lines, or longer than this. */
const SUMMARY_MAX = 255;
const summaryOf = (title: string): string => title.replaceAll(/\s+/g, ' ').slice(0, SUMMARY_MAX);

export const jira: Mapping = {
  name: 'Jira',
  about: 'An issue from a response, a piece of feedback or a theme, when a researcher asks for one on its page.',
  fields: [
    {
      name: 'address',
      label: 'Address of your site',
      hint: 'Such as https://your-company.atlassian.net',
      as: 'address',
      isRequired: true,
    },
    {
      name: 'email',
      label: 'E-mail address of the account',
      hint: 'The account that the token belongs to',
      as: 'line',
      isRequired: true,
      check: (value) => (/^[^\s@:]+@[^\s@:]+$/.test(value) ? null : 'Enter an e-mail address'),
    },
    {
      name: 'secret',
      label: 'API token',
      hint: 'Kept sealed and never shown again',
      as: 'line',
      isRequired: true,
      isSecret: true,
    },
    {
      name: 'project',
      label: 'Key of the project',
      hint: 'Such as UX',
      as: 'line',
      isRequired: true,
      check: (value) => (/^[A-Z][A-Z0-9_]{0,19}$/.test(value) ? null : 'Enter the project’s key in capital letters'),
    },
    {
      name: 'issueType',
      label: 'Type of issue',
      hint: null,
      as: 'line',
      isRequired: true,
      initial: 'Task',
      check: (value) => (value.length <= 60 ? null : 'Enter the name of a type, such as Task'),
    },
    WORDS_FIELD,
  ],
  events: [],
  makesTickets: true,
  isMarketing: false,
  isForPeople: true,
  isRepeatable: false,
  next: ({ event, settings, secrets, made }, replies) => {
    const base = `${baseOf(settings['address'])}/rest/api/3`;
    const credentials = Buffer.from(`${settings['email']}:${secrets[0] ?? ''}`, 'utf8').toString('base64');
    const headers = { ...JSON_HEADERS, authorization: `Basic ${credentials}` };
    const message = messageOf(event, true);
    if (event.type === 'response.withdrawn') {
      const key = made[replies.length];
      if (key === undefined) return replies.length === 0 ? { skip: 'no ticket was made from it' } : null;
      return {
        method: 'PUT',
        url: `${base}/issue/${encodeURIComponent(key)}`,
        headers,
        body: JSON.stringify({
          fields: { summary: summaryOf(message.title), description: atlassianDocument(message) },
        }),
        alsoFine: [404],
      };
    }
    if (replies.length > 0) return null;
    if (event.type === 'test')
      return { method: 'GET', url: `${base}/project/${settings['project']}`, headers, body: null };
    return {
      method: 'POST',
      url: `${base}/issue`,
      headers,
      body: JSON.stringify({
        fields: {
          project: { key: settings['project'] },
          issuetype: { name: settings['issueType'] },
          summary: summaryOf(message.title),
          description: atlassianDocument(message),
        },
      }),
    };
  },
  made: (replies) => only(found(replies[0]?.body, 'key')),
  linkTo: (settings, key) => `${baseOf(settings['address'])}/browse/${encodeURIComponent(key)}`,
};
