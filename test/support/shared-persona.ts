import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readTranscript } from '../../src/exchange/transcripts/read-transcript.ts';
import { type Claim, emptyPortrait, type Portrait, type QuoteSpan } from '../../src/personas/portrait.ts';
import type { Interview } from '../../src/store/notes.ts';
import type { Persona } from '../../src/store/personas.ts';
import type { Study } from '../../src/store/studies.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { plantGroup } from './plant-group.ts';
import { smallSurvey } from './small-survey.ts';
import { silence } from './wav.ts';

const TALK = (who: string) => `WEBVTT

00:00:01.000 --> 00:00:04.000
<v Int>What happened?

00:00:05.000 --> 00:00:09.000
<v ${who}>The bill of ${who} came in full.

00:00:20.000 --> 00:00:22.000
<v Int>And then?

00:00:23.000 --> 00:00:30.000
<v ${who}>I wrote to ada@example.org about ${who} at once.

00:00:31.000 --> 00:00:33.000
<v ${who}>Yet the shop of ${who} was kind to me.
`;

export type SharedPersona = {
  study: Study;
  surveyId: number;
  persona: Persona;
  /** Agreed to everything, and to quotes alone. */
  talks: { open: Interview; inside: Interview };
  spans: { bill: QuoteSpan; letter: QuoteSpan; kind: QuoteSpan; inside: QuoteSpan };
  portrait: Portrait;
};

const interval = (share: number) => ({ share, low: share - 0.03, high: share + 0.03 });
export const claim = (id: string, text: string, more: Partial<Claim> = {}): Claim => ({
  id,
  section: 'chose',
  ring: null,
  part: null,
  heading: id,
  text,
  status: 'validated',
  evidence: {
    kind: 'share',
    here: interval(0.5),
    rest: interval(0.2),
    nHere: 408,
    nRest: 792,
    adjustedP: 0.001,
    isInput: false,
  },
  source: null,
  quotes: [],
  counterQuotes: [],
  isWritten: false,
  lapsedIn: null,
  ...more,
});

/** A persona of a segment, with words of two people who were interviewed: one shares everything, one is quoted inside only. */
export async function plantSharedPersona(verbatim: Verbatim, name = 'A study'): Promise<SharedPersona> {
  const { store, interviews, consents, transcripts, media, codings } = verbatim;
  const study = await verbatim.studies.addTo(name, null, null, null);

  async function talk(who: string, purposes: string[]): Promise<Interview> {
    const planned = await interviews.plan(study, { participant: who }, null);
    if ('errors' in planned) throw new Error('The interview could not be planned');
    const { interview } = planned;
    const given = { purposes, text: 'v1', givenOn: '2026-03-01', givenHow: 'on the recording', expiresOn: '' };
    await consents.record(study, interview, given, null);
    const parsed = readTranscript(TALK(who));
    const draft = await transcripts.keepDraft(study, interview, { name: 'talk.vtt', parsed, isMachine: false }, null);
    const { choices } = transcripts.preview(draft, interview);
    await transcripts.bringIn(study, interview, { parsed, choices, draftId: draft.id, isMachine: false }, null);
    if (purposes.includes('recording')) {
      const file = path.join(await media.arrivals(), `${who}.wav`);
      await writeFile(file, silence(40));
      await media.keep(study, interview, { name: 'talk.wav', file }, null);
    }
    return interview;
  }
  async function spanOf(interview: Interview, words: string): Promise<QuoteSpan> {
    const turn = (await store.transcripts.turnsOf(interview)).find(({ text }) => text.includes(words));
    const coded = await codings.code(
      study,
      { sourceId: turn?.publicId ?? '', version: 1, start: null, end: null, words },
      { publicId: null, name: words.slice(0, 20), definition: '' },
      null,
    );
    const coding = await store.notes.findCoding(study.id, coded.publicId);
    if (!coding) throw new Error('The passage was not coded');
    const { sourceId, sourceVersion, spanStart, spanEnd, spanHash } = coding;
    return { sourceId, sourceVersion, spanStart, spanEnd, spanHash };
  }

  const open = await talk('P07', ['analysis', 'quotes', 'recording', 'share']);
  const inside = await talk('P08', ['analysis', 'quotes', 'recording']);
  const spans = {
    bill: await spanOf(open, 'The bill of P07 came in full.'),
    letter: await spanOf(open, 'I wrote to ada@example.org about P07 at once.'),
    kind: await spanOf(open, 'Yet the shop of P07 was kind to me.'),
    inside: await spanOf(inside, 'The bill of P08 came in full.'),
  };
  const few = { ...claim('few', 'They keep bees more often than others.') };
  const portrait: Portrait = {
    ...emptyPortrait('quantified'),
    size: {
      share: { share: 0.34, low: 0.3, high: 0.38 },
      interval: 'segmentation',
      n: 408,
      base: 1200,
      effectiveBase: null,
    },
    interviews: { inside: 2, all: 2 },
    lede: 'They read the bill before they buy.',
    claims: [
      claim('reads', 'They read bills more often than others.', { quotes: [spans.bill], counterQuotes: [spans.kind] }),
      claim('fear', 'They are afraid of hidden costs.', {
        section: 'ring',
        ring: 'barrier',
        evidence: { kind: 'people', people: 2, of: 2, rest: null, passages: 3, against: 1 },
      }),
      {
        ...few,
        evidence: {
          kind: 'share',
          here: { share: 4 / 408, low: 0.003, high: 0.025 },
          rest: interval(0.2),
          nHere: 408,
          nRest: 792,
          adjustedP: 0.01,
          isInput: false,
        },
      },
      claim('guess', 'They live alone.', { status: 'assumed', evidence: null, section: 'written', isWritten: true }),
    ],
    quotes: [spans.bill, spans.letter, spans.inside].map((span) => ({ span, theme: null })),
    quotable: 2,
    gaps: [{ text: 'People over 80 were not asked', n: null, source: null }],
  };
  const survey = await verbatim.surveys.importJson(study.id, JSON.stringify(smallSurvey));
  const persona = await store.personas.addVersion(
    { studyId: study.id, segmentIds: [], personaId: null },
    {
      name: 'Careful reader',
      lede: '',
      portrait: JSON.stringify(portrait),
      groupId: await plantGroup(verbatim, survey.id, portrait),
      createdBy: null,
    },
    verbatim.now().toISOString(),
  );
  return { study, surveyId: survey.id, persona, talks: { open, inside }, spans, portrait };
}

/** The persona drawn anew, with another portrait. */
export const drawAgain = async (
  verbatim: Verbatim,
  { study, surveyId, persona }: Pick<SharedPersona, 'study' | 'surveyId' | 'persona'>,
  portrait: Portrait,
) =>
  verbatim.store.personas.addVersion(
    { studyId: study.id, segmentIds: [], personaId: persona.id },
    {
      name: 'Careful reader',
      lede: '',
      portrait: JSON.stringify(portrait),
      groupId: await plantGroup(verbatim, surveyId, portrait),
      createdBy: null,
    },
    verbatim.now().toISOString(),
  );
