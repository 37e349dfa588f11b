import type { OutgoingEvent } from '../../model/outgoing-event.ts';

/** An event as people read it, whatever program shows it. */
export type Message = {
  title: string;
  text: string;
  facts: { label: string; value: string }[];
  link: string | null;
};

/** So many answers stand in a message; the rest is where the link leads. */
const FACTS_MAX = 20;
const LABEL_MAX = 150;
const VALUE_MAX = 500;

const RESPONSE_WORDS = {
  'response.completed': 'Somebody answered',
  'response.corrected': 'Somebody corrected their answers to',
  'response.ticket': 'A response to',
} as const;

const shorten = (text: string, most: number): string => {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
};

/**
 * Says what happened in a few words.
 *
 * @param withAnswers shows what was answered, as far as the event holds it
 */
export function messageOf(event: OutgoingEvent, withAnswers: boolean): Message {
  switch (event.type) {
    case 'response.completed':
    case 'response.corrected':
    case 'response.ticket': {
      const shown = withAnswers ? event.lines.slice(0, FACTS_MAX) : [];
      const left = withAnswers ? event.lines.length - shown.length : 0;
      return {
        title: shorten(`${RESPONSE_WORDS[event.type]} “${event.survey.title}”`, LABEL_MAX),
        text: left > 0 ? `${left} more ${left === 1 ? 'answer is' : 'answers are'} in Verbatim.` : '',
        facts: shown.map(({ question, answer }) => ({
          label: shorten(question, LABEL_MAX),
          value: shorten(answer, VALUE_MAX),
        })),
        link: event.link,
      };
    }
    case 'response.withdrawn':
      return {
        title: shorten(`A response to “${event.survey.title}” was withdrawn`, LABEL_MAX),
        text: `Delete what was taken over from response ${event.response.id.slice(0, 8)}, also from this place.`,
        facts: [],
        link: null,
      };
    case 'persona.changed':
      return {
        title: shorten(`Persona “${event.persona.name}” has version ${event.persona.version}`, LABEL_MAX),
        text:
          event.segment === null
            ? 'No segment stands behind it.'
            : `It is drawn from the segment “${shorten(event.segment.name, LABEL_MAX)}”.`,
        facts: [],
        link: event.link,
      };
    case 'segment.entered':
    case 'segment.left':
      return {
        title: shorten(
          `${event.company?.name ?? 'Somebody'} ${event.type === 'segment.entered' ? 'came into' : 'left'} “${event.segment.name}”`,
          LABEL_MAX,
        ),
        text: '',
        facts: [],
        link: null,
      };
    case 'feedback.received':
    case 'feedback.ticket': {
      const { rating, words, category, page, element, release, language } = event.feedback;
      const fact = (label: string, value: string | null) =>
        value === null || value === '' ? [] : [{ label, value: shorten(value, VALUE_MAX) }];
      const path = page !== null && URL.canParse(page) ? new URL(page).pathname : '';
      return {
        title:
          event.type === 'feedback.received'
            ? 'Somebody gave feedback'
            : shorten(`Feedback${path === '' ? '' : ` on ${path}`}: ${category}`, LABEL_MAX),
        text: withAnswers && words !== null ? shorten(words, VALUE_MAX) : '',
        facts: withAnswers
          ? [
              ...fact('Rating', rating === null ? null : `${rating} of 5`),
              ...fact('About', category),
              ...fact('Page', page),
              ...fact('Part of the page', element),
              ...fact('Release', release),
              ...fact('Language', language),
            ]
          : [],
        link: event.link,
      };
    }
    case 'theme.ticket':
      return {
        title: shorten(`Theme: ${event.theme.label}`, LABEL_MAX),
        text: `${event.theme.size} of ${event.theme.answered} answers speak of it. Words they share: ${event.theme.words.join(', ')}.`,
        facts: withAnswers
          ? event.quotes.slice(0, FACTS_MAX).map((quote, index) => ({
              label: index === 0 ? 'In their words' : '',
              value: `“${shorten(quote, VALUE_MAX)}”`,
            }))
          : [],
        link: event.link,
      };
    case 'test':
      return {
        title: `Verbatim can reach this place`,
        text: `This is a test of “${shorten(event.hook, LABEL_MAX)}”.`,
        facts: [],
        link: null,
      };
  }
}
