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
  /** Null of a persona that no segment stands behind. */
  segment: { id: string; name: string } | null;
  link: string | null;
};

/** Somebody, or a company, came into a segment or went out of it. */
export type SegmentEvent = {
  type: 'segment.entered' | 'segment.left';
  study: string;
  segment: { id: string; name: string };
  /** Null for a company, and for somebody who takes no part in the study. */
  pseudonym: string | null;
  /** Of a segment of companies: which of them. */
  company?: { id: string; name: string };
};

/** Somebody said something of their own accord, or a ticket is to be made from it. Nothing in it names the person. */
export type FeedbackEvent = {
  type: 'feedback.received' | 'feedback.ticket';
  study: string;
  feedback: {
    id: string;
    pseudonym: string | null;
    category: string;
    rating: number | null;
    /** Null where the hook asks for none or the person did not agree to be quoted. */
    words: string | null;
    /** The page without the values of its address, and the selector of what was marked on it. */
    page: string | null;
    element: string | null;
    release: string | null;
    language: string;
  };
  link: string | null;
};

/** A ticket is to be made from a theme. */
export type ThemeEvent = {
  type: 'theme.ticket';
  study: string;
  theme: { id: string; label: string; words: string[]; size: number; answered: number };
  /** Only of people who agreed to be quoted, and only where the hook asks for words. */
  quotes: string[];
  link: string | null;
};

/** Sent by hand, to see whether anything arrives. */
export type TestEvent = { type: 'test'; study: string; hook: string };

export type OutgoingEvent =
  | ResponseEvent
  | WithdrawnEvent
  | PersonaEvent
  | SegmentEvent
  | FeedbackEvent
  | ThemeEvent
  | TestEvent;
export type EventType = OutgoingEvent['type'];

/** What a hook may ask for, with what it means. */
export const SUBSCRIBED_EVENTS = [
  { type: 'response.completed', label: 'A response was completed' },
  { type: 'persona.changed', label: 'A persona has a new version' },
  { type: 'segment.entered', label: 'Somebody came into a segment' },
  { type: 'segment.left', label: 'Somebody left a segment' },
  { type: 'feedback.received', label: 'Somebody gave feedback' },
] as const satisfies readonly { type: EventType; label: string }[];
export type SubscribedEvent = (typeof SUBSCRIBED_EVENTS)[number]['type'];

/** Those that follow from others, or from what somebody does by hand. */
const OTHER_LABELS: Partial<Record<EventType, string>> = {
  'response.corrected': 'A response was corrected',
  'response.withdrawn': 'A response was withdrawn',
  'response.ticket': 'A ticket from a response',
  'feedback.ticket': 'A ticket from feedback',
  'theme.ticket': 'A ticket from a theme',
  test: 'Test',
};

/** The name of an event as people read it. */
export const eventLabel = (type: EventType): string =>
  SUBSCRIBED_EVENTS.find((one) => one.type === type)?.label ?? OTHER_LABELS[type] ?? type;
