import type { AttributeFamily, AttributeValue } from '../../model/attribute.ts';
import { recordingLink } from '../../model/recording-link.ts';
import { readScoreSource } from '../../model/score-source.ts';
import { showDate } from '../../render/helpers.ts';
import type { AboutPerson, FamilyOfAttributes, KnownValue } from '../../services/person-timeline.ts';
import type { TimelineEntry } from '../../store/timeline.ts';

export const FAMILY_NAMES: Readonly<Record<AttributeFamily, string>> = {
  demographic: 'Demographic',
  geographic: 'Geographic',
  firmographic: 'Firmographic',
  technographic: 'Technographic',
  psychographic: 'Psychographic',
  value: 'Value (revenue)',
  other: 'Other',
};

export const showValue = (value: AttributeValue): string =>
  Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'boolean'
      ? value
        ? 'yes'
        : 'no'
      : typeof value === 'number'
        ? String(Math.round(value * 1e6) / 1e6)
        : value;

export const showMoment = (at: string): string => (at.length <= 10 ? showDate(at) : `${showDate(at, true)} UTC`);

/** Who says so, as people read it. */
function sourceWords(source: string): string {
  const score = readScoreSource(source);
  if (score)
    return `scale score${score.isProvisional ? ', provisional' : ''}: ${score.instrument} ${score.version}, key ${score.keyHash}`;
  return source.startsWith('computed:')
    ? 'computed from events'
    : source.startsWith('coder:')
      ? 'a suggestion of the coder, which nobody has said'
      : `from ${source}`;
}

const valueView = ({ value, source, recordedAt }: KnownValue) => ({
  value: showValue(value),
  source: sourceWords(source),
  since: showMoment(recordedAt),
});

/** Attributes under the names of their families, each with what it was before. */
export const familyViews = (families: readonly FamilyOfAttributes[]) =>
  families.map(({ family, attributes }) => ({
    name: FAMILY_NAMES[family],
    attributes: attributes.map(({ name, now, before }) => ({
      name,
      ...valueView(now),
      before: before.map(valueView),
    })),
  }));

const KIND_NAMES: Readonly<Record<string, string>> = { external: 'own id', anonymous: 'anonymous id' };

/** Who somebody is, and what is known of them. */
export function aboutView(study: string, about: AboutPerson) {
  return {
    facts: [
      { label: 'Known since', value: showDate(about.since), note: null },
      {
        label: 'Came with',
        value: String(about.identities.length),
        note: about.identities.length === 1 ? 'id' : 'ids',
      },
      ...(about.merged.length > 0
        ? [{ label: 'Found to be the same', value: String(about.merged.length), note: 'others' }]
        : []),
    ],
    identities: about.identities.map(({ kind, value }) => ({ value, kind: KIND_NAMES[kind] ?? kind })),
    merged: about.merged.map(({ identities, publicId, linkedAt }) => ({
      name: identities[0] ?? publicId.slice(0, 8),
      at: showMoment(linkedAt),
    })),
    families: familyViews(about.families),
    companies: about.companies.map(({ publicId, name, role, roleSource, roleAt, families }) => ({
      name,
      publicId,
      role,
      said: roleAt === null ? '' : `from ${roleSource ?? ''}, ${showMoment(roleAt)}`,
      href: `${study}/companies/${publicId}`,
      families: familyViews(families),
    })),
    segments: about.segments.map(({ publicId, name, isIn }) => ({
      name,
      href: `${study}/segments/${publicId}`,
      verdict: isIn === null ? 'too little is known' : isIn ? 'in it' : 'not in it',
    })),
  };
}

export type EntryView = {
  at: string;
  /** What happened, before the name of what it happened with. */
  text: string;
  name: string | null;
  href: string | null;
  note: string | null;
  /** A recording of it that another tool made. */
  replay: { href: string; host: string } | null;
  details: { summary: string; text: string } | null;
};

const LETTER_STATES: Readonly<Record<string, string>> = {
  waiting: 'waiting for its turn',
  sending: 'on its way',
  sent: 'sent',
  refused: 'refused by the mail server',
  unsure: 'perhaps sent',
  failed: 'could not be sent',
  skipped: 'not sent: answered or opted out by then',
};
const OPT_OUTS: Readonly<Record<string, string>> = {
  page: 'on a page',
  'one-click': 'with one click in a letter',
  respondent: 'while answering',
  researcher: 'noted by a researcher',
};

/** The properties of an event as JSON on several lines; null for none. */
function propertiesOf(json: string): EntryView['details'] {
  const text = JSON.stringify(JSON.parse(json), null, 2);
  return text === '{}' ? null : { summary: 'Properties', text };
}

/**
 * One thing of a timeline in words.
 *
 * @param titles the names of the study's surveys by their public ids
 */
export function entryView(study: string, entry: TimelineEntry, titles: ReadonlyMap<string, string>): EntryView {
  const plain = { at: showMoment(entry.at), name: null, href: null, note: null, replay: null, details: null };
  const survey = (id: string) => titles.get(id) ?? 'a survey';
  switch (entry.kind) {
    case 'event': {
      const text = entry.type === 'page' ? 'Page' : entry.type === 'screen' ? 'Screen' : 'Event';
      return {
        ...plain,
        text,
        name: entry.name || null,
        replay: recordingLink(entry.replayUrl),
        details: propertiesOf(entry.properties),
      };
    }
    case 'feedback':
      return {
        ...plain,
        text: 'Gave feedback',
        name: entry.page || 'without a page',
        href: `${study}/feedback/${entry.feedback}`,
        note: [entry.category, ...(entry.rating === null ? [] : [`${entry.rating} of 5`])].join(', '),
        replay: recordingLink(entry.replayUrl),
      };
    case 'attribute':
      return {
        ...plain,
        text: 'Attribute',
        name: `${entry.name}: ${showValue(entry.value)}`,
        note: sourceWords(entry.source),
      };
    case 'offered':
      return { ...plain, text: 'Offered a survey', name: survey(entry.survey) };
    case 'closed':
      return { ...plain, text: 'Closed a survey', name: survey(entry.survey) };
    case 'begun':
    case 'completed':
      return {
        ...plain,
        text: entry.kind === 'begun' ? 'Began a response' : 'Completed a response',
        name: survey(entry.survey),
        href: `${study}/responses/${entry.response}`,
        note: entry.isTest ? 'a test' : null,
      };
    case 'scored':
      return {
        ...plain,
        text: 'Scored',
        name: survey(entry.survey),
        href: `${study}/responses/${entry.response}`,
        note: entry.scores
          .map(({ scale, value }) => `${scale} ${value === null ? 'too few answers' : showValue(value)}`)
          .join(', '),
      };
    case 'segment':
      return { ...plain, text: 'In the segment', name: entry.name, href: `${study}/segments/${entry.segment}` };
    case 'interview':
      return { ...plain, text: 'Interviewed', name: entry.title, href: `${study}/interviews/${entry.interview}` };
    case 'letter':
      return {
        ...plain,
        text: entry.round === 0 ? 'Invitation by letter' : `Reminder ${entry.round} by letter`,
        name: survey(entry.survey),
        note: LETTER_STATES[entry.state] ?? entry.state,
      };
    case 'agreed':
    case 'withdrew':
      return {
        ...plain,
        text: entry.kind === 'agreed' ? 'Gave consent' : 'Withdrew consent',
        name: entry.purposes.join(', ') || null,
        href:
          entry.subjectKind === 'response'
            ? `${study}/responses/${entry.subject}`
            : `${study}/interviews/${entry.subject}`,
      };
    case 'opted-out':
      return { ...plain, text: 'Asked not to be asked', note: OPT_OUTS[entry.origin] ?? entry.origin };
    case 'merged':
      return { ...plain, text: 'Found to be the same person', name: entry.identity };
  }
}
