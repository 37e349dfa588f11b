import type { AnswerState, AnswerValue } from './answers.ts';

export const HOOK_KINDS = ['webhook', 'hubspot', 'slack', 'teams', 'jira', 'asana', 'trello'] as const;
/** Where events go: an address of one's own, or a service that has a format of its own. */
export type HookKind = (typeof HOOK_KINDS)[number];

/** Whose survey, and which version of it was answered. */
type SurveyPart = { id: string; title: string; version: number };

export type SentAnswer = { state: AnswerState; value: AnswerValue | null };

/** A response was sent in or corrected, or a ticket is to be made from one. Nothing in it names the person. */
export type ResponseEvent = {
  type: 'response.completed' | 'response.corrected' | 'response.ticket';
  study: string;
  survey: SurveyPart;
  response: {
    id: string;
    /** The person's name in this study and nowhere else; null when nobody in particular was asked. */
    pseudonym: string | null;
    language: string;
    startedAt: string;
    completedAt: string | null;
    wave: string | null;
  };
  /** By the item's code: `question` or `question.row`. */
  answers: Record<string, SentAnswer>;
  /** The same answers as people read them; empty for hooks that send none of them to people. */
  lines: { question: string; answer: string }[];
  /** Where researchers see the response; null while nobody has said how this server is reached. */
  link: string | null;
};

/** A person took a response back: whoever was sent it is to delete it. */
export type WithdrawnEvent = {
  type: 'response.withdrawn';
  study: string;
  survey: SurveyPart;
  response: { id: string; pseudonym: string | null };
};

/** A persona has a new version. */
export type PersonaEvent = {
  type: 'persona.changed';
  study: string;
  persona: { id: string; name: string; version: number };
  segment: { id: string; name: string };
  link: string | null;
};

/** Somebody came into a segment or went out of it. */
export type SegmentEvent = {
  type: 'segment.entered' | 'segment.left';
  study: string;
  segment: { id: string; name: string };
  pseudonym: string | null;
};

/** Somebody said something of their own accord. */
export type FeedbackEvent = {
  type: 'feedback.received';
  study: string;
  feedback: { id: string; pseudonym: string | null; rating: number | null; words: string | null };
  link: string | null;
};

/** Sent by hand, to see whether anything arrives. */
export type TestEvent = { type: 'test'; study: string; hook: string };

export type OutgoingEvent = ResponseEvent | WithdrawnEvent | PersonaEvent | SegmentEvent | FeedbackEvent | TestEvent;
export type EventType = OutgoingEvent['type'];

/** What a hook may ask for, with what it means and whether anything in this version of Verbatim brings it about. */
export const SUBSCRIBED_EVENTS = [
  { type: 'response.completed', label: 'A response was completed', isBuilt: true },
  { type: 'persona.changed', label: 'A persona has a new version', isBuilt: true },
  { type: 'segment.entered', label: 'Somebody came into a segment', isBuilt: true },
  { type: 'segment.left', label: 'Somebody left a segment', isBuilt: true },
  { type: 'feedback.received', label: 'Somebody gave feedback', isBuilt: false },
] as const satisfies readonly { type: EventType; label: string; isBuilt: boolean }[];
export type SubscribedEvent = (typeof SUBSCRIBED_EVENTS)[number]['type'];

/** Those that follow from others, or from what somebody does by hand. */
const OTHER_LABELS: Partial<Record<EventType, string>> = {
  'response.corrected': 'A response was corrected',
  'response.withdrawn': 'A response was withdrawn',
  'response.ticket': 'A ticket from a response',
  test: 'Test',
};

/** The name of an event as people read it. */
export const eventLabel = (type: EventType): string =>
  SUBSCRIBED_EVENTS.find((one) => one.type === type)?.label ?? OTHER_LABELS[type] ?? type;
