import { showNumber } from '../../charts/numerals.ts';
import { ancestors, ownWords } from '../../coding/coded-texts.ts';
import { heardLadders } from '../../coding/heard-ladders.ts';
import { isSealed, seal } from '../../coding/seal.ts';
import { codePointLength, type Span, sliceSpan } from '../../coding/spans.ts';
import { usesOf } from '../../model/consent.ts';
import { statedDistrust } from '../../personas/distrust.ts';
import { peopleByLot } from '../../personas/people-by-lot.ts';
import type { Claim, Counter, Gap, PersonaKind, Portrait, PortraitQuote, WordUse } from '../../personas/portrait.ts';
import { portraitLadders } from '../../personas/portrait-ladders.ts';
import { type SaidText, saidWords } from '../../personas/said-words.ts';
import { storyOf } from '../../personas/story.ts';
import { type HeardPassage, type StoryCode, storyClaims } from '../../personas/story-claims.ts';
import { type FoundWords, wordsDistrusted, wordsUsed } from '../../personas/word-use.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { maskedSpans } from '../../privacy/overlay.ts';
import type { CodedPassage } from '../../store/coded-passages.ts';
import { languagesOf } from '../../text/languages.ts';
import { readingOf } from '../../text/readings.ts';
import { tokens } from '../../text/tokens.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type WordsAsked = {
  studyId: number;
  workspaceId: number;
  /**
   * Whom the persona stands for, by public id. `responses`: null where answers have no part in it. `interviews`: null for
   * those with the people behind the responses.
   */
  inside: { responses: ReadonlySet<string> | null; interviews: ReadonlySet<string> | null };
  /** The responses that they are held against; without it all others that count. */
  rest?: ReadonlySet<string>;
  kind: PersonaKind;
  /** Ids of claims that a researcher gave words of their own: they are told however few say it. */
  worded?: readonly string[];
  /** The day for which consent is asked, as `2026-03-31`. */
  today: string;
  /** Of the responses inside those whose words may be quoted, if they agreed; without it all. */
  sure?: ReadonlySet<string>;
};
export type WordsPart = Pick<Portrait, 'interviews' | 'ladders' | 'words' | 'story'> & {
  claims: Claim[];
  against: Counter[];
  quotes: PortraitQuote[];
  gaps: Gap[];
};

const QUOTES_MAX = 5;
/** So many people on each side, and words are tested rather than counted. */
const TESTED_MIN = 30;
/** Of so many people on either side the words are read: more would only take longer. */
const PEOPLE_READ = 5_000;

/**
 * What a persona says in words: of interviews and answers that people coded, of those who agreed that it is analysed.
 * Quotes are of those who agreed to be quoted, and of words that are those that were kept. What anybody codes blind just
 * now is left out, so that a persona tells no coder what others found.
 */
export async function portraitWords(context: TaskContext, asked: WordsAsked): Promise<WordsPart> {
  const { store, textKey } = context;
  const { studyId, kind } = asked;
  const people = await readPeople(context, asked);
  const codes = await readCodes(context, studyId);
  const blind = await store.codingRounds.blindNow(studyId);
  const counted = (await store.codedPassages.list(studyId)).filter(
    ({ isOwn, subjectId }) => isOwn && people.sideOf(subjectId) !== null,
  );
  const passages = counted.filter(({ sourceId }) => !blind.has(sourceId));
  const mayQuote = await readConsents(context, asked, [...new Set(passages.map(({ subjectId }) => subjectId))]);
  const sources = new Map(
    (await store.notes.findSources(studyId, [...new Set(passages.map(({ sourceId }) => sourceId))])).map((source) => [
      placeOf(source.publicId, source.version),
      source,
    ]),
  );
  const quoteOf = (one: CodedPassage): HeardPassage['quote'] => {
    const source = sources.get(placeOf(one.sourceId, one.sourceVersion));
    if (one.kind === 'note' || !mayQuote(one.subjectId) || !source || source.erasedAt !== null) return null;
    if (!isSealed(textKey, source.text, source.textHash)) return null;
    const words = sliceSpan(source.text, { start: one.spanStart, end: one.spanEnd });
    if (words === null || !isSealed(textKey, words, one.spanHash)) return null;
    const { sourceId, sourceVersion, spanStart, spanEnd, spanHash } = one;
    return { span: { sourceId, sourceVersion, spanStart, spanEnd, spanHash }, length: codePointLength(words), words };
  };
  const heard = passages.map(
    (one): HeardPassage => ({
      codes: codes.namesOf(one.codeId),
      passage: one.passage,
      person: one.person,
      isInside: people.sideOf(one.subjectId) === 'inside',
      isInterview: one.survey === null,
      direction: one.direction === 'for' || one.direction === 'against' ? one.direction : null,
      isImportant: one.isImportant === 1,
      isExample: one.isExample === 1,
      quote: quoteOf(one),
    }),
  );
  const read = await readWords(context, asked, people, passages, codes);
  const drawn = storyClaims(codes.list, heard, { kind, worded: new Set(asked.worded) });
  const talks = new Set(passages.filter(({ survey }) => survey === null).map(({ subjectId }) => subjectId));
  const uncoded = [...people.interviews].filter((id) => !talks.has(id)).length;
  return {
    ...drawn,
    interviews: people.all === 0 ? null : { inside: people.interviews.size, all: people.all },
    ladders: await readLadders(context, studyId, people, codes.publicIdOf),
    words: read.words,
    quotes: keyQuotes(drawn.claims),
    gaps: [
      ...(uncoded > 0
        ? [{ text: 'Interviews in which nothing is coded yet, or not for everybody to see', n: uncoded, source: null }]
        : []),
      ...(counted.length > passages.length
        ? [
            {
              text: 'Passages that are being coded blind, left out until the round is opened',
              n: counted.length - passages.length,
              source: null,
            },
          ]
        : []),
      ...read.gaps,
    ],
  };
}

const placeOf = (sourceId: string, version: number): string => `${sourceId} ${version}`;

type People = {
  /** How many interviews may be analysed, and those of them that the persona stands for. */
  all: number;
  interviews: ReadonlySet<string>;
  personOf: (subjectId: string) => string;
  /** Null for whoever is neither: not asked, or the same person as somebody inside. */
  sideOf: (subjectId: string) => 'inside' | 'rest' | null;
};

async function readPeople({ store }: TaskContext, { studyId, inside, rest }: WordsAsked): Promise<People> {
  const talks = await store.codedPassages.interviews(studyId);
  const personOfTalk = new Map(talks.map(({ subjectId, person }) => [subjectId, person]));
  const own = await store.codedPassages.respondents(studyId, [...(inside.responses ?? [])]);
  const personOfAnswers = new Map([...own].map(([id, { person }]) => [id, person]));
  const respondents = new Set(personOfAnswers.values());
  const interviews = new Set(
    talks
      .filter(({ subjectId, person }) => inside.interviews?.has(subjectId) ?? respondents.has(person))
      .map(({ subjectId }) => subjectId),
  );
  const members = new Set([...respondents, ...[...interviews].map((id) => personOfTalk.get(id)!)]);
  if (inside.responses !== null) {
    const others = rest ? [...rest] : await allResponses(store, studyId);
    for (const [id, { person }] of await store.codedPassages.respondents(
      studyId,
      others.filter((id) => !personOfAnswers.has(id)),
    ))
      personOfAnswers.set(id, person);
  }
  return {
    all: talks.length,
    interviews,
    personOf: (id) => personOfTalk.get(id) ?? personOfAnswers.get(id) ?? id,
    sideOf: (id) => {
      const person = personOfTalk.get(id) ?? personOfAnswers.get(id);
      if (person === undefined) return null;
      if (interviews.has(id) || inside.responses?.has(id)) return 'inside';
      return members.has(person) ? null : 'rest';
    },
  };
}

async function allResponses(store: TaskContext['store'], studyId: number): Promise<string[]> {
  const ids: string[] = [];
  for (const { id } of await store.surveys.list(studyId)) ids.push(...(await store.responses.countedIds(id)));
  return ids;
}

/** Codes with their places: their own, or that of the nearest code above them that has one. */
async function readCodes({ store }: TaskContext, studyId: number) {
  const codes = (await store.notes.codes(studyId)).map((code) => ({
    ...code,
    id: Number(code.id),
    parentId: code.parentId === null ? null : Number(code.parentId),
  }));
  const byId = new Map(codes.map((code) => [code.id, code]));
  const above = ancestors(codes);
  const lineOf = (id: number) => (above.get(id) ?? []).flatMap((one) => byId.get(one) ?? []);
  const storyOfCode = (id: number) => storyOf(lineOf(id));
  return {
    list: codes.map((code): StoryCode => {
      const { ring, stage, force } = storyOfCode(code.id);
      return {
        publicId: code.publicId,
        name: code.name,
        isHumanValue: code.humanValue !== null,
        isCodable: code.isCodable === 1,
        ring: ring?.place ?? null,
        stage: stage?.place ?? null,
        force: force?.place ?? null,
      };
    }),
    namesOf: (id: number): string[] => lineOf(id).map(({ publicId }) => publicId),
    publicIdOf: (id: number): string => byId.get(id)?.publicId ?? String(id),
    isWorry: (id: number): boolean => storyOfCode(id).force?.place === 'anxiety',
  };
}
type Codes = Awaited<ReturnType<typeof readCodes>>;

async function readConsents(
  { store }: TaskContext,
  { studyId, today, inside, sure }: WordsAsked,
  subjectIds: readonly string[],
) {
  const consents = await store.consents.latestOf(studyId, subjectIds);
  return (subjectId: string): boolean =>
    usesOf(consents.get(subjectId) ?? null, today).includes('quotes') &&
    (sure === undefined || !inside.responses?.has(subjectId) || sure.has(subjectId));
}

async function readLadders(
  { store }: TaskContext,
  studyId: number,
  people: People,
  publicIdOf: (codeId: number) => string,
): Promise<Portrait['ladders']> {
  // Words of a rung stand in the map as they were noted, without what names somebody.
  const rungs = (await store.ladderRungs.list(studyId)).map((rung) => ({
    ...rung,
    text: maskText(rung.text, maskedSpans(rung.text)),
  }));
  const ladders = heardLadders(rungs).filter(({ subjectId }) => people.sideOf(subjectId) === 'inside');
  return portraitLadders(ladders, people.personOf, ({ key, codeId }) =>
    codeId === null ? key : `code ${publicIdOf(codeId)}`,
  );
}

async function readWords(
  context: TaskContext,
  asked: WordsAsked,
  people: People,
  passages: readonly CodedPassage[],
  codes: Codes,
): Promise<{ words: Portrait['words']; gaps: Gap[] }> {
  const { store, textKey } = context;
  const { studyId, kind } = asked;
  const own = ownWords(await store.coder.texts(studyId)).filter(({ subjectId }) => people.sideOf(subjectId) !== null);
  const isInside = (id: string) => people.sideOf(id) === 'inside';
  const { chosen, left } = peopleByLot(own, { personOf: people.personOf, isInside }, PEOPLE_READ);
  const kept = chosen.filter(({ text, textHash }) => isSealed(textKey, text, textHash));
  const mayQuote = await readConsents(context, asked, [
    ...new Set(kept.map(({ subjectId }) => subjectId).filter(isInside)),
  ]);
  const decided = Map.groupBy(
    await store.masks.decisionsOf(
      studyId,
      kept.map(({ sourceId }) => sourceId),
    ),
    ({ sourceId, sourceVersion }) => placeOf(sourceId, sourceVersion),
  );
  const coded = Map.groupBy(passages, ({ sourceId, sourceVersion }) => placeOf(sourceId, sourceVersion));
  const languages = languagesOf(kept.map(({ text, language }) => (language === null ? { text } : { text, language })));
  const readings = new Map(
    [...new Set(languages)].map((language) => [
      language,
      readingOf({ language, stopWords: null, leftOut: [], sameWords: [], folded: [] }),
    ]),
  );
  const said = kept.map((one, at): SaidText => {
    const language = languages[at]!;
    const own = coded.get(placeOf(one.sourceId, one.version)) ?? [];
    const spanOf = ({ spanStart, spanEnd }: CodedPassage): Span => ({ start: spanStart, end: spanEnd });
    return {
      sourceId: one.sourceId,
      version: one.version,
      text: one.text,
      language,
      person: people.personOf(one.subjectId),
      isInside: isInside(one.subjectId),
      isQuotable: mayQuote(one.subjectId),
      coded: own.map(spanOf),
      distrusted: [
        ...own.filter(({ codeId, direction }) => codes.isWorry(codeId) || direction === 'against').map(spanOf),
        ...statedDistrust(one.text, language),
      ],
    };
  });
  const words = saidWords(said, ({ sourceId, version, text, language }) => {
    const masks = maskedSpans(
      text,
      decided.get(placeOf(sourceId, version))?.map(({ spanStart, spanEnd, verdict }) => ({
        start: spanStart,
        end: spanEnd,
        verdict: verdict === 'open' ? 'open' : 'masked',
      })),
    );
    const read = tokens(text, readings.get(language));
    return masks.length === 0
      ? read
      : read.filter((token) => !masks.some((mask) => mask.start < token.end && mask.end > token.start));
  });
  const count = (side: boolean) =>
    new Set(said.filter((one) => one.isInside === side).map(({ person }) => person)).size;
  const isTested = kind === 'quantified' && count(true) >= TESTED_MIN && count(false) >= TESTED_MIN;
  const texts = new Map(said.map((one) => [placeOf(one.sourceId, one.version), one.text]));
  const sealed = ({ places, use: _, ...told }: FoundWords): WordUse => ({
    ...told,
    quotes: places.flatMap(({ sourceId, version, start, end }) => {
      const words = sliceSpan(texts.get(placeOf(sourceId, version)) ?? '', { start, end });
      return words === null
        ? []
        : [{ sourceId, sourceVersion: version, spanStart: start, spanEnd: end, spanHash: seal(textKey, words) }];
    }),
  });
  const distrusted = wordsDistrusted(words);
  const used = wordsUsed(words, { isTested, but: distrusted });
  return {
    words: { used: used.map(sealed), distrusted: distrusted.map(sealed) },
    gaps:
      left === 0
        ? []
        : [
            {
              text: `Not read for the words they use: of more than ${showNumber(PEOPLE_READ)} people on a side so many were drawn by lot`,
              n: left,
              source: null,
            },
          ],
  };
}

/** The first words of the codes that most speak of, one of each code and text. */
function keyQuotes(claims: readonly Claim[]): PortraitQuote[] {
  const taken = new Set<string>();
  return claims
    .flatMap((claim) =>
      claim.evidence?.kind === 'people' && claim.source?.kind === 'code'
        ? [{ quotes: claim.quotes, code: claim.source.code, people: claim.evidence.people }]
        : [],
    )
    .toSorted((a, b) => b.people - a.people)
    .flatMap(({ quotes, code }) => {
      const span = quotes.find(({ sourceId }) => !taken.has(sourceId));
      if (!span || taken.has(code)) return [];
      taken.add(span.sourceId).add(code);
      return [{ span, theme: null }];
    })
    .slice(0, QUOTES_MAX);
}
