import type { TurnCue } from '../../coding/turns.ts';
import { mayCarryForward, USUAL_GAP_MS } from '../../exchange/transcripts/join-cues.ts';
import { TRANSCRIPT_FORMATS } from '../../exchange/transcripts/transcript.ts';
import { NEAR_GAP_MS, type SpeakerChoice } from '../../exchange/transcripts/transcript-choices.ts';
import type { Form } from '../../model/answers.ts';
import {
  type DraftChoices,
  type NewInterviewForm,
  SPEAKERS_MOST,
  type TranscriptPreview,
} from '../../services/transcripts.ts';
import { field } from '../form.ts';
import { talkTime } from './interview-place.ts';

const JOIN_LABELS = {
  never: 'Leave each by itself',
  close: `Join what one says at most ${USUAL_GAP_MS / 1000} seconds apart`,
  near: `Join what one says at most ${NEAR_GAP_MS / 1000} seconds apart`,
  always: 'Join whatever one says in a row',
} as const;

/** What the page shows of a transcript that was read: what was found, what it would come to, and whom names stand for. */
export function previewView(preview: TranscriptPreview, participant: string) {
  const { parsed, choices, speakers } = preview;
  const shown = speakers.slice(0, SPEAKERS_MOST);
  const plain = (count: number) => count.toLocaleString('en-GB');
  return {
    facts: [
      { label: 'Written as', value: TRANSCRIPT_FORMATS[parsed.format], note: parsed.maker && `as by ${parsed.maker}` },
      { label: parsed.isCued ? 'Captions' : 'Blocks', value: plain(parsed.cues.length), note: null },
      { label: 'Turns they come to', value: plain(preview.turns), note: null },
      { label: 'Length', value: preview.lengthMs === null ? 'not told' : talkTime(preview.lengthMs), note: null },
    ],
    assumed: parsed.assumed,
    warnings: preview.warnings,
    speakers: shown.map((speaker, index) => {
      const choice = choices.speakers.find((one) => one.speaker === speaker.name);
      return {
        number: index + 1,
        called: speaker.name === '' ? 'Without a name' : speaker.name,
        cues: speaker.cues,
        firstWords: speaker.firstWords,
        maybe: speaker.maybe ?? '',
        isNobody: speaker.isNobody,
        name: choice?.is === 'named' ? choice.name : speaker.name,
        options: [
          { value: 'participant', label: participant === '' ? 'the participant' : `the participant, ${participant}` },
          { value: 'named', label: 'the interviewer or somebody else' },
          { value: 'nobody', label: 'nobody in particular' },
          ...shown.flatMap((other, at) =>
            at === index || other.name === '' ? [] : [{ value: `same-${at + 1}`, label: `the same as ${other.name}` }],
          ),
          { value: 'dropped', label: 'left out' },
          ...(speaker.name === '' ? [] : [{ value: 'words', label: 'no name: put it back into the words' }]),
        ].map((option) => ({ ...option, isChosen: option.value === chosenValue(choice, shown) })),
      };
    }),
    joins: Object.entries(JOIN_LABELS).map(([value, label]) => ({ value, label, isChosen: value === choices.joins })),
    mayCarry: mayCarryForward(parsed),
    carries: choices.carriesForward,
    isCued: parsed.isCued,
    dropsRepeats: choices.dropsRepeats,
    sample: preview.sample.map(({ speaker, startMs, text }, index) => ({
      position: index + 1,
      speaker: speaker ?? '',
      time: startMs === null ? '' : talkTime(startMs),
      text: [...text].length > 400 ? `${[...text].slice(0, 400).join('')}…` : text,
    })),
    more: Math.max(0, preview.turns - preview.sample.length),
  };
}

const chosenValue = (choice: SpeakerChoice | undefined, shown: readonly { name: string }[]): string =>
  choice?.is === 'same' ? `same-${shown.findIndex(({ name }) => name === choice.name) + 1}` : (choice?.is ?? 'named');

/** What the page's form says; what it has no field for stays as it was. */
export function choicesIn(form: Form, { choices, speakers }: TranscriptPreview): DraftChoices {
  const joins = field(form, 'joins');
  const named = speakers.slice(0, SPEAKERS_MOST);
  const choiceOf = (before: SpeakerChoice): SpeakerChoice => {
    const at = named.findIndex(({ name }) => name === before.speaker) + 1;
    const is = field(form, `is-${at}`);
    if (at === 0 || is === '') return before;
    const name = field(form, `name-${at}`).trim().slice(0, 200);
    const other = named[Number(/^same-(\d{1,3})$/.exec(is)?.[1] ?? 0) - 1];
    if (other && other.name !== before.speaker) return { speaker: before.speaker, is: 'same', name: other.name };
    if (is === 'participant' || is === 'nobody' || is === 'dropped' || is === 'words')
      return { speaker: before.speaker, is, name: before.speaker };
    return { speaker: before.speaker, is: 'named', name: name || before.speaker };
  };
  return {
    joins: joins === 'never' || joins === 'close' || joins === 'near' || joins === 'always' ? joins : choices.joins,
    carriesForward: field(form, 'carries') === '1',
    dropsRepeats: field(form, 'repeats') === '1',
    speakers: choices.speakers.map(choiceOf),
    about: choices.about && aboutIn(form),
  };
}

const aboutIn = (form: Form): NewInterviewForm => ({
  participant: field(form, 'participant').trim(),
  title: field(form, 'title').trim(),
  heldOn: field(form, 'heldOn').trim(),
  mode: field(form, 'mode'),
  mayQuote: field(form, 'mayQuote') === '1',
});

/** Captions of a turn as pages tell them to the player: where each begins and when it was said; empty for none. */
export const cueLine = (cues: readonly TurnCue[] | undefined): string =>
  (cues ?? []).map(({ start, startMs }) => `${start}:${startMs}`).join(' ');
