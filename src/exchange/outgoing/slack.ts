import { channelMapping } from './channel.ts';
import type { Message } from './message.ts';

/** The three letters that mean something to Slack; nothing an answer holds may call people or make a link. */
const plain = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const escaped = (text: string): string => plain(text).replaceAll(/([*_~`])/g, '\u200B$1');

/**
 * A message in Slack's blocks, with a plain text for notifications.
 *
 * @see Slack, “Sending messages using incoming webhooks” and “Block Kit”
 */
export function slackBody({ title, text, facts, link }: Message): string {
  const section = (words: string) => ({ type: 'section', text: { type: 'mrkdwn', text: words } });
  return JSON.stringify({
    text: plain(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
      ...facts.map(({ label, value }) => section(`*${escaped(label)}*\n${escaped(value)}`)),
      ...(text === '' ? [] : [section(escaped(text))]),
      ...(link === null ? [] : [section(`<${encodeURI(link)}|Look at it in Verbatim>`)]),
    ],
  });
}

export const slack = channelMapping(
  {
    name: 'Slack',
    about: 'A message in a channel, by an incoming webhook that Slack makes for it.',
    label: 'Address of the incoming webhook',
    madeBy: 'Slack',
  },
  slackBody,
);
