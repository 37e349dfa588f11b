import Bowser from 'bowser';
import { deviceOf } from './admission.ts';

/** Browsers write the same few lines again and again. */
const AGENTS_KEPT = 2000;
const AGENT_MAX = 1000;
const known = new Map<string, Read>();

export type Technology = { device?: string; browser?: string; os?: string };
type Read = { technology: Technology; browserVersion?: string };

/**
 * What somebody used, in the coarsest words: from what a client says of its device and system, else from what its
 * browser calls itself.
 */
export function technologyOf(context: Readonly<Record<string, unknown>>): Technology {
  const agent = context['userAgent'];
  const read = typeof agent === 'string' && agent.length <= AGENT_MAX ? fromAgent(agent).technology : {};
  const os = nameIn(context['os'], 'name');
  const type = nameIn(context['device'], 'type');
  return {
    ...read,
    ...(os !== null && { os }),
    ...(type !== null && { device: /^(ios|android|phone|mobile)$/i.test(type) ? 'phone' : type.toLowerCase() }),
  };
}

/** The version of a visitor's browser, for the visit alone: kept, it would help to tell people apart. */
export const browserVersionOf = (agent: string | undefined): string | undefined =>
  agent !== undefined && agent.length <= AGENT_MAX ? fromAgent(agent).browserVersion : undefined;

function nameIn(part: unknown, name: string): string | null {
  const value = typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[name] : null;
  return typeof value === 'string' && value !== '' && value.length <= 100 ? value : null;
}

function fromAgent(agent: string): Read {
  const found = known.get(agent);
  if (found) return found;
  const device = deviceOf(agent);
  const { os, browser } = device ? Bowser.parse(agent) : { os: {}, browser: {} };
  const read: Read = {
    technology: device ? { device: device.kind, browser: device.browser, ...(os.name && { os: os.name }) } : {},
    ...(browser.version && { browserVersion: browser.version }),
  };
  if (known.size >= AGENTS_KEPT) known.clear();
  known.set(agent, read);
  return read;
}
