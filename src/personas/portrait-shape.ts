import type { Portrait } from './portrait.ts';

/** Whether a value that was kept is what pages count on. */
type Shape = (value: unknown) => boolean;

const text: Shape = (value) => typeof value === 'string';
const number: Shape = (value) => Number.isFinite(value);
const flag: Shape = (value) => typeof value === 'boolean';
const absent =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);
const none =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const among =
  (choices: readonly unknown[]): Shape =>
  (value) =>
    choices.includes(value);
const either =
  (...shapes: readonly Shape[]): Shape =>
  (value) =>
    shapes.some((shape) => shape(value));
/** Fields that it names are of these shapes; others may stand beside them. */
const record =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shapes).every(([name, shape]) => shape((value as Record<string, unknown>)[name]));

const interval = record({ share: number, low: number, high: number });
const span = record({ sourceId: text, sourceVersion: number, spanStart: number, spanEnd: number, spanHash: text });
const isKind = (kind: string): Shape => among([kind]);
const tested = { nHere: number, nRest: number, adjustedP: none(number) };
const mean = record({
  kind: isKind('mean'),
  here: number,
  rest: number,
  difference: number,
  low: none(number),
  high: none(number),
  ...tested,
});
const evidence = either(
  mean,
  record({ kind: isKind('share'), here: interval, rest: interval, ...tested }),
  record({
    kind: isKind('people'),
    people: number,
    of: number,
    rest: none(record({ people: number, of: number })),
    passages: number,
    against: number,
    adjustedP: absent(number),
  }),
);
const source = either(
  record({ kind: isKind('answer'), item: text, code: none(text) }),
  record({ kind: isKind('scale'), scale: text }),
  record({ kind: isKind('attribute'), name: text, value: none(text) }),
  record({ kind: isKind('theme'), theme: text }),
  record({ kind: isKind('code'), code: text }),
  record({ kind: isKind('ladders') }),
);
const claim = record({
  id: text,
  section: among(['holds', 'says', 'chose', 'ring', 'force', 'stage', 'channel', 'who', 'written']),
  heading: text,
  text,
  status: among(['validated', 'described', 'assumed', 'open']),
  evidence: none(evidence),
  source: none(source),
  quotes: list(span),
  counterQuotes: list(span),
  isWritten: flag,
  lapsedIn: none(number),
  lapse: absent(text),
});
const places = (of: readonly string[]): Shape =>
  list(record({ place: among(of), people: number, of: number, passages: number, key: none(span) }));
const uses = list(
  record({ words: text, here: number, nHere: number, rest: number, nRest: number, quotes: list(span) }),
);

type Choices = Readonly<Record<'kinds' | 'rings' | 'stages' | 'forces', readonly string[]>>;

/**
 * Says whether something that was read is a portrait in all that pages count on. What stands beside that is not looked at.
 *
 * @example
 * portraitShape({ kinds: ['quantified'], rings: [], stages: [], forces: [] })({ format: 2, claims: null }) // => false
 */
export function portraitShape({ kinds, rings, stages, forces }: Choices): (value: unknown) => value is Portrait {
  const placed = record({ ring: none(among(rings)), part: none(among([...stages, ...forces])) });
  const shapes: Readonly<Record<keyof Portrait, Shape>> = {
    format: among([2]),
    kind: among(kinds),
    size: none(
      record({
        share: interval,
        interval: among(['segmentation', 'sample']),
        n: number,
        base: number,
        effectiveBase: none(number),
        leftOutByRule: absent(number),
      }),
    ),
    spend: none(record({ share: number, people: number, of: number })),
    interviews: none(record({ inside: number, all: number })),
    gaps: list(record({ text, n: none(number), source: none(source) })),
    lede: text,
    ledeClaims: list(text),
    claims: list((one) => claim(one) && placed(one)),
    scales: list(record({ scale: text, name: text, isHumanValue: flag, evidence: mean })),
    themes: list(record({ theme: text, label: text, here: interval, rest: interval, ...tested })),
    ladders: none(
      record({
        nodes: list(record({ key: text, label: text, kind: text, abstractness: none(number) })),
        links: list(record({ from: text, to: text, count: number })),
        ladders: number,
        people: number,
        cutoff: number,
      }),
    ),
    story: absent(record({ rings: places(rings), stages: places(stages), forces: places(forces) })),
    recognise: none(
      record({
        tool: text,
        questions: list(record({ name: text, index: none(number), direction: none(text) })),
        accuracy: interval,
        baseline: number,
        recall: interval,
        precision: none(interval),
        unsure: number,
        n: number,
        segments: list(text),
        confusion: list(list(number)),
        isPublished: flag,
      }),
    ),
    stability: none(
      record({
        label: among(['natural', 'reproducible', 'constructive', 'defined']),
        reasons: list(text),
        jaccard: none(number),
        repetitions: none(number),
        seed: none(number),
      }),
    ),
    words: record({ used: uses, distrusted: uses }),
    against: list(
      record({
        text,
        source: none(source),
        quotes: list(span),
        counted: absent(record({ people: list(number), instead: text })),
      }),
    ),
    quotes: list(record({ span, theme: none(text) })),
    quotable: none(number),
    exemplars: list(record({ response: text, distance: number, quotes: list(span) })),
    sources: record({
      surveyVersion: none(number),
      watermark: none(number),
      themeRuns: list(text),
      segments: absent(list(record({ id: text, name: text, version: number, asks: absent(text) }))),
    }),
    withheld: absent(record({ least: number, figures: number })),
    isDamaged: absent(flag),
  };
  const whole = record(shapes);
  return (value): value is Portrait => whole(value);
}
