import { showPercent } from '../../charts/numerals.ts';
import type { AskedWay } from '../../model/segmentation.ts';
import { showDate } from '../../render/helpers.ts';
import type { TypedSurveys } from '../../services/typed-surveys.ts';
import type { StandingVersion } from '../../services/typing-tools.ts';
import { type ShareInterval, wilsonInterval } from '../../stats/wilson-interval.ts';
import type { Store } from '../../store/store.ts';
import type { KeptTypingTool } from '../../store/typing-tools.ts';
import { WAY_NAMES } from './segmentation-inputs.ts';

export type Use = Awaited<ReturnType<TypedSurveys['uses']>>[number];
type Typed = Awaited<ReturnType<Store['typedSurveys']['typed']>>[number];

const count = (n: number) => n.toLocaleString('en-GB');
const cell = (text: string, isNumber = true) => ({ text, href: null as string | null, isNumber });
const interval = (given: ShareInterval | null): string =>
  given === null
    ? '–'
    : `${showPercent(given.share, 0)} (${showPercent(given.low, 0)} to ${showPercent(given.high, 0)})`;

/** What a survey does for a tool just now, in a few words. */
function stateOf({ endedAt, unasked, survey }: Use): string {
  if (endedAt !== null) return `until ${showDate(endedAt)}`;
  if (unasked === null) return 'not published yet: nobody is typed by it';
  if (unasked.length > 0)
    return `asks too little as it is published: ${unasked.slice(0, 3).join(', ')}${unasked.length > 3 ? ` and ${unasked.length - 3} more` : ''} missing`;
  return survey.state === 'open' ? 'types whoever answers' : 'closed';
}

/** Where a tool types people, with a button for each to end it. */
export const usesView = (
  uses: readonly Use[],
  addressOf: (survey: Use['survey']) => string,
  names: ReadonlyMap<number, string>,
) =>
  uses.map((use) => ({
    id: String(use.id),
    name: names.get(use.survey.id) ?? use.survey.slug,
    href: addressOf(use.survey),
    since: showDate(use.startedAt),
    state: stateOf(use),
    consent:
      use.unasked === null
        ? ''
        : use.asksConsent
          ? 'It asks for consent to personalisation: only people who gave it are placed in a segment.'
          : 'It does not ask for consent to personalisation: everybody it knows is placed in a segment.',
    isOn: use.endedAt === null,
  }));

/** How many a tool typed as what, beside what the segments were when they were found. */
export function resultsView(kept: KeptTypingTool, version: StandingVersion, typed: readonly Typed[]) {
  const { tool } = kept;
  const ways = new Set<string>(version.runSettings.settings?.ways ?? Object.keys(WAY_NAMES));
  const base = typed.filter(({ how }) => ways.has(how));
  const apart = Map.groupBy(
    typed.filter(({ how }) => !ways.has(how)),
    ({ how }) => how,
  );
  const sure = base.filter(({ segment }) => segment !== null);
  const isStanding = kept.version === version.number;
  const found = new Map(
    version.segments.map(({ lineage, publicId, profile }) => [
      lineage ?? publicId,
      (JSON.parse(profile ?? '{}') as { share?: ShareInterval }).share ?? null,
    ]),
  );
  const none = (reason: Typed['reason']) =>
    base.filter((one) => one.segment === null && (one.reason ?? 'unsure') === reason).length;
  const placed = new Set(base.flatMap(({ personId }) => (personId === null ? [] : [personId]))).size;
  return {
    isEmpty: typed.length === 0,
    facts: [
      { label: 'Typed', value: count(base.length), note: base.length === 1 ? 'response' : 'responses' },
      {
        label: 'In a segment',
        value: interval(wilsonInterval(sure.length, base.length)),
        note: `n = ${count(base.length)}`,
      },
      {
        label: 'Unsure',
        value: interval(wilsonInterval(none('unsure'), base.length)),
        note: `${count(none('unsure'))}: no segment is ${showPercent(tool.unsureBelow, 0)} likely`,
      },
      { label: 'Too little answered', value: count(none('missing')), note: null },
      { label: 'People placed', value: count(placed), note: 'known, and their consent covers it' },
    ],
    table: {
      caption: 'What people were typed as',
      isStacked: true,
      hasIntervals: true,
      columns: [
        { label: 'Segment', isNumber: false },
        { label: 'Typed', isNumber: true },
        { label: 'Of those in a segment', isNumber: true },
        { label: isStanding ? 'When they were found' : `In version ${version.number}`, isNumber: true },
      ],
      rows: tool.segments.map(({ id, name }) => {
        const own = sure.filter(({ segment }) => segment === id).length;
        return {
          cells: [
            cell(name, false),
            cell(count(own)),
            cell(interval(wilsonInterval(own, sure.length))),
            cell(interval(found.get(id) ?? null)),
          ],
        };
      }),
    },
    notes: [
      ...(base.some(({ personId }) => personId === null)
        ? [
            'People who come by the open link are not known by name, and others may not have agreed to personalisation: their responses are typed, but rules cannot find them. Personal links, the widget and imports with ids say who answers.',
          ]
        : []),
      ...(tool.priors.kind === 'equal'
        ? [
            'This tool was made for finding people: segments count alike in it, so that small ones come out larger than they are.',
          ]
        : []),
      ...[...apart].map(([how, own]) => {
        const came = WAY_NAMES[how as AskedWay].came;
        return `${count(own.length)} more ${own.length === 1 ? 'was' : 'were'} typed and ${own.length === 1 ? 'is' : 'are'} not counted here, because they came ${came}.`;
      }),
      ...(isStanding
        ? []
        : [
            `The tool tells the segments of version ${kept.version}, and version ${version.number} stands. Shares of segments that go on are shown beside.`,
          ]),
    ],
  };
}
