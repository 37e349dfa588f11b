import { type Span, sliceSpan } from '../coding/spans.ts';
import { Problem } from '../model/problem.ts';
import type { Audience } from '../privacy/audience.ts';
import { HIDDEN_KINDS, maskText, type PersonalKind, type PersonalSpan } from '../privacy/mask-text.ts';
import { pseudonym } from '../privacy/pseudonym.ts';
import { suggestNames } from '../privacy/suggest-names.ts';
import type { Interview, SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { Masking } from './masking.ts';

/** What may be personal in an interview: words, what they are, everywhere they stand, and what was decided. */
export type Redaction = {
  words: string;
  kind: PersonalKind;
  /** `found` is hidden until somebody says it is not personal; `suggested` is hidden once somebody says it is. */
  state: 'found' | 'suggested' | 'hidden' | 'open';
  /** What an audience reads in its place; null where a plain mask stands there. */
  pseudonym: string | null;
  places: { source: SourceText; span: Span; decision: string | null }[];
};

/** The masks over an interview, laid over its words and never into them. */
export function redactionService(
  { store }: Pick<Context, 'store'>,
  { masking, evidence }: { masking: Masking; evidence: Pick<Evidence, 'pseudonymKey' | 'hiddenOf' | 'speakerFor'> },
) {
  const standing = async (study: Pick<Study, 'id'>, interview: Interview): Promise<SourceText[]> =>
    (await store.notes.sourcesOf(study.id, interview.publicId)).filter(({ erasedAt }) => erasedAt === null);

  /** Everything that may be personal in an interview, what waits for a decision first, then as it stands in the text. */
  async function list(study: Pick<Study, 'id'>, interview: Interview): Promise<Redaction[]> {
    const sources = await standing(study, interview);
    const [spans, decisions] = await Promise.all([
      masking.spansOf(study.id, sources),
      masking.decisionsOf(study.id, sources),
    ]);
    const key = evidence.pseudonymKey(study.id);
    const found = new Map<string, Redaction>();
    const add = (
      source: SourceText,
      span: Span,
      kind: PersonalKind,
      state: Redaction['state'],
      decision: string | null = null,
    ) => {
      const words = sliceSpan(source.text, span);
      if (words === null) return;
      const name = `${state} ${kind} ${words.toLowerCase()}`;
      const known = found.get(name) ?? { words, kind, state, pseudonym: pseudonym(key, kind, words), places: [] };
      known.places.push({ source, span: { start: span.start, end: span.end }, decision });
      found.set(name, known);
    };
    for (const source of sources) {
      const place = `${source.publicId} ${source.version}`;
      const own = decisions.get(place) ?? [];
      for (const one of own) {
        const kind = HIDDEN_KINDS.find((kind) => kind === one.kind) ?? 'masked';
        add(
          source,
          { start: one.spanStart, end: one.spanEnd },
          kind,
          one.verdict === 'open' ? 'open' : 'hidden',
          one.publicId,
        );
      }
      const isDecided = (span: Span) =>
        own.some(({ spanStart, spanEnd }) => spanStart <= span.start && spanEnd >= span.end);
      for (const span of spans.get(place) ?? []) if (!isDecided(span)) add(source, span, span.kind, 'found');
    }
    const names = sources.flatMap(({ speaker }) => speaker ?? []);
    const hidden = (source: SourceText, span: Span) =>
      [...found.values()].some(({ places }) =>
        places.some((at) => at.source === source && at.span.start < span.end && at.span.end > span.start),
      );
    for (const source of sources)
      for (const span of suggestNames(source.text, names))
        if (!hidden(source, span)) add(source, span, 'name', 'suggested');
    const order = ['suggested', 'found', 'hidden', 'open'];
    return [...found.values()].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  }

  return {
    list,

    /**
     * The first turns of an interview as an audience reads them; null where they did not agree that it does.
     *
     * @param most how many turns
     */
    preview: async (
      study: Pick<Study, 'id'>,
      interview: Interview,
      audience: Audience,
      most: number,
    ): Promise<{ position: number; speaker: string | null; text: string }[] | null> => {
      const turns = (await standing(study, interview))
        .filter(({ kind, supersededAt }) => kind === 'turn' && supersededAt === null)
        .slice(0, most);
      const hidden = await evidence.hiddenOf(study.id, turns, await masking.spansOf(study.id, turns), audience);
      const shown = turns.flatMap((turn) => {
        const over = hidden.get(`${turn.publicId} ${turn.version}`) ?? null;
        const speaker = audience === 'internal' ? turn.speaker : evidence.speakerFor(turn, interview.participant);
        return over === null ? [] : [{ position: turn.position, speaker, text: maskText(turn.text, over) }];
      });
      return turns.length > 0 && shown.length === 0 ? null : shown;
    },

    /**
     * Hides words wherever they stand in an interview, whole and in whatever letters, or says of them that they are not
     * personal.
     *
     * @param kind what hidden words are
     * @returns in how many places
     * @throws Problem `invalid` when they stand nowhere
     */
    decide: async (
      study: Pick<Study, 'id'>,
      interview: Interview,
      words: string,
      verdict: 'open' | 'masked',
      kind: string,
      actor: Actor,
    ): Promise<number> => {
      const wanted = words.trim();
      const as = HIDDEN_KINDS.find((one) => one === kind) ?? 'masked';
      let places = 0;
      const sources = await standing(study, interview);
      const masked = await masking.spansOf(study.id, sources);
      for (const source of sources)
        for (const span of wordPlaces(source.text, wanted)) {
          if (isWithinAddress(span, masked.get(`${source.publicId} ${source.version}`) ?? [])) continue;
          await masking.decide(source, span, verdict, actor, verdict === 'masked' ? as : null);
          places += 1;
        }
      if (places === 0)
        throw new Problem('invalid', 'These words do not stand in the interview', {
          errors: [{ pointer: '#/words', detail: 'Copy the words as they stand in a turn or a note' }],
        });
      return places;
    },

    /** Takes back everything that was decided of some words. @throws Problem `not-found` when nothing was */
    undo: async (study: Pick<Study, 'id'>, interview: Interview, words: string, actor: Actor): Promise<void> => {
      const sources = await standing(study, interview);
      const wanted = words.trim().toLowerCase();
      const decided = (await list(study, interview)).filter(
        ({ state, words: own }) => (state === 'hidden' || state === 'open') && own.toLowerCase() === wanted,
      );
      const ids = decided.flatMap(({ places }) => places.flatMap(({ decision }) => decision ?? []));
      if (ids.length === 0) throw new Problem('not-found', 'Nothing holds of these words any more');
      for (const id of ids) await masking.undo(study.id, sources, id, actor);
    },
  };
}
export type Redactions = ReturnType<typeof redactionService>;

/** An address that is hidden as a whole is no place of a name that stands in it. */
const isWithinAddress = (place: Span, masked: readonly PersonalSpan[]): boolean =>
  masked.some(
    ({ kind, start, end }) =>
      (kind === 'email' || kind === 'profile' || kind === 'handle') &&
      start <= place.start &&
      end >= place.end &&
      end - start > place.end - place.start,
  );

const LETTER = /[\p{L}\p{M}\p{N}]/u;

/** Every place of some words that does not go on within a longer word, in code points. */
function wordPlaces(text: string, words: string): Span[] {
  if (words === '') return [];
  const points = [...text];
  const wanted = [...words.toLowerCase()];
  const plain = points.map((point) => point.toLowerCase());
  const isWord = (at: number) => LETTER.test(points[at] ?? '');
  const places: Span[] = [];
  for (let start = 0; start + wanted.length <= points.length; start += 1) {
    const end = start + wanted.length;
    if (!wanted.every((point, at) => plain[start + at] === point)) continue;
    if ((isWord(start - 1) && isWord(start)) || (isWord(end - 1) && isWord(end))) continue;
    places.push({ start, end });
    start = end - 1;
  }
  return places;
}
