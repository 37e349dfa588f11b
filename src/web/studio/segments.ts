import { dots } from '../../charts/dots.ts';
import { showPercent } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import { Problem } from '../../model/problem.ts';
import type { Rule } from '../../model/rule.ts';
import { showDate } from '../../render/helpers.ts';
import type { Audience } from '../../workers/tasks/audience.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { contrastDoor } from './contrast.ts';
import { contrastSummary } from './contrast-view.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { overlapView } from './overlap-view.ts';
import { ruleBuilderDoor } from './rule-builder.ts';
import { ruleSentences } from './rule-view.ts';
import { ruleNames } from './rule-words.ts';
import { segmentAskingDoor } from './segment-asking.ts';
import { segmentFindingDoor } from './segment-finding.ts';
import { definedByFound, segmentCrumbs, segmentOf } from './segment-place.ts';
import { DAYS_SHOWN, definedTable, sizesView } from './segment-sizes-view.ts';
import { surveyTitle } from './surveys.ts';

type FoundProfile = {
  size: number;
  share: { share: number; low: number; high: number };
  centre: Record<string, number>;
  standardisedCentre: Record<string, number>;
  scales: { scale: string; name: string }[];
};
type FoundRun = {
  grouped: number;
  leftOut: number;
  clustering: { shareOfStartsAtBest: number; converged: boolean; shareExplained: number };
};

const UNDERWAY = 'It is being counted anew just now. Look again in a moment';

/** Every base twice, the one that the rule is about first: as people, and as the companies these are of. */
function bothUnits({ people, companies }: Audience, isOfCompanies: boolean) {
  const number = (n: number) => n.toLocaleString('en-GB');
  const told = { people, companies };
  const fact = (unit: keyof typeof told, label: string, hasUnknown: boolean) => ({
    label,
    value: number(told[unit].admitted),
    note: `of ${number(told[unit].all)}${hasUnknown ? `; unknown: ${number(told[unit].unknown)}` : ''}`,
  });
  return isOfCompanies
    ? [fact('companies', 'Companies in', true), fact('people', 'Their people', false)]
    : [fact('people', 'People in', true), fact('companies', 'Of companies', false)];
}

/** Segments: found in the scales people answered, or defined by a rule. */
export function segmentDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, segments, segmentSizes, comparisons } = verbatim;

  segmentFindingDoor(door, house);
  ruleBuilderDoor(door, house);
  contrastDoor(door, house);
  segmentAskingDoor(door, house);

  door.get('/studio/:study/segments', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const at = studyAddress(study);
    const list = await store.segments.list(study.id);
    const sizes = await store.segments.memberCounts(study.id);
    const asked = queryOf(req, 'run');
    const run = asked
      ? await store.analyses.findRun(study.id, asked)
      : await store.analyses.latestDone(study.id, 'segments');
    if (asked && !run) throw new Problem('not-found', 'There is no such run in this study');
    const found = list.filter((segment) => run !== null && segment.runId === run.id);
    const result = run?.state === 'done' ? (JSON.parse(run.result ?? 'null') as FoundRun | null) : null;
    const defined = list.filter((segment) => segment.origin === 'rule');
    const mayWrite = study.role !== 'viewer';
    const number = (n: number) => n.toLocaleString('en-GB');
    await showPage(house, visit, res, 'segments', 'studio/segments', {
      head: head(
        [{ label: study.name, href: at }],
        'Segments',
        null,
        mayWrite
          ? [
              { label: 'Define by a rule', href: `${at}/segments/define`, isPrimary: true },
              { label: 'Define by a rule on companies', href: `${at}/segments/define?of=companies`, isPrimary: false },
              { label: 'Find by scales', href: `${at}/segments/find`, isPrimary: false },
            ]
          : [],
      ),
      hasFound: found.length > 0,
      foundNote:
        result && run
          ? `Constructive: the number of segments was given, and no test says yet that nature has this many. ${number(result.grouped)} people grouped${result.leftOut > 0 ? `, ${number(result.leftOut)} left out because a scale is missing` : ''}; seed ${run.seed}; the best of ${showPercent(result.clustering.shareOfStartsAtBest, 0)} of the starts; ${showPercent(result.clustering.shareExplained)} of the differences lie between segments. Found on ${showDate(run.finishedAt ?? run.createdAt)}.`
          : '',
      shares:
        found.length > 0
          ? stack({
              id: 'shares',
              title: 'Shares of the segments found',
              parts: found.map((segment, index) => ({
                label: segment.name,
                share: (sizes.get(segment.id) ?? 0) / Math.max(1, result?.grouped ?? 1),
                count: sizes.get(segment.id) ?? 0,
                segmentClass: `seg-${(index % 8) + 1}`,
              })),
              note: null,
            })
          : null,
      found: {
        caption: 'Found segments',
        columns: [
          { label: 'Segment', isNumber: false },
          { label: 'People', isNumber: true },
          { label: 'Share, 95% interval', isNumber: true },
        ],
        rows: found.map((segment, index) => {
          const profile = JSON.parse(segment.profile ?? '{}') as FoundProfile;
          return {
            cells: [
              {
                text: segment.name,
                href: `${at}/segments/${segment.publicId}`,
                isNumber: false,
                segmentClass: `seg-${(index % 8) + 1}`,
              },
              { text: number(sizes.get(segment.id) ?? 0), href: null, isNumber: true },
              {
                text: `${showPercent(profile.share.share)} (${showPercent(profile.share.low)} to ${showPercent(profile.share.high)})`,
                href: null,
                isNumber: true,
              },
            ],
          };
        }),
      },
      hasDefined: defined.length > 0,
      defined: definedTable(study, defined, await store.segmentSizes.newest(study.id)),
      isEmpty: list.length === 0,
      empty: {
        title: 'No segments yet',
        text: 'Define one by a rule over attributes and answers, or look for groups in the scales people answered.',
        action: mayWrite ? { label: 'Define by a rule', href: `${at}/segments/define` } : null,
      },
    });
  });

  door.get('/studio/:study/segments/:segment', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const segment = await segmentOf(house, study, req);
    const at = `${studyAddress(study)}/segments/${segment.publicId}`;
    const persona = await store.segments.personaOf(segment.id);
    const rule = segment.rule === null ? null : (JSON.parse(segment.rule) as Rule);
    const profile = segment.profile === null ? null : (JSON.parse(segment.profile) as FoundProfile);
    const count = rule ? await segmentSizes.count(study, segment, rule) : null;
    const base = segment.surveyId === null ? null : await store.surveys.findById(study.id, segment.surveyId);
    const names = rule ? await ruleNames(house, study, rule) : new Map<string, string>();
    const isOfCompanies = segment.unit === 'company';
    const number = (n: number) => n.toLocaleString('en-GB');
    const overlap = await comparisons.overlap(study);
    const contrast = await store.comparisons.latestDone({ studyId: study.id, kind: 'contrast', segmentId: segment.id });
    await showPage(house, visit, res, 'segments', 'studio/segment', {
      head: head(
        segmentCrumbs(study),
        segment.name,
        rule
          ? `Defined by a rule${isOfCompanies ? ' on companies' : ''}.`
          : 'Found by grouping people with alike scores: constructive.',
      ),
      at,
      mayWrite: study.role !== 'viewer',
      facts: [
        ...(profile
          ? [
              {
                label: 'People',
                value: number(profile.size),
                note: `${showPercent(profile.share.share)}, ${showPercent(profile.share.low)} to ${showPercent(profile.share.high)}`,
              },
            ]
          : []),
        ...(count ? bothUnits(count, isOfCompanies) : []),
        ...(count?.responses
          ? [
              {
                label: 'Responses in',
                value: number(count.responses.members.length),
                note: `of ${number(count.responses.all)}`,
              },
            ]
          : []),
        ...(base ? [{ label: 'Base', value: surveyTitle(base), note: null }] : []),
        { label: 'Version', value: String(segment.version), note: null },
      ],
      sizes: rule ? sizesView(await store.segmentSizes.days(segment.id, DAYS_SHOWN), segment.unit) : null,
      overlap: overlap.latest
        ? overlapView(
            study,
            segment,
            new Map((await store.segments.list(study.id)).map(({ publicId, name }) => [publicId, name])),
            overlap.latest,
            comparisons.resultOf(overlap.latest, 'overlap'),
          )
        : null,
      apart: contrast ? contrastSummary(comparisons.resultOf(contrast, 'contrast'), showDate(contrast.day)) : null,
      isApartStale: contrast !== null && (await comparisons.hasChanged(contrast, segment)),
      overlapNote: overlap.failed ?? (overlap.isUnderway ? UNDERWAY : ''),
      conditions: rule ? ruleSentences(rule, names) : [],
      isRule: rule !== null,
      ofFound: rule === null ? definedByFound(study, segment) : '',
      profile: profile
        ? dots({
            id: 'profile',
            title: 'Where its middle lies, in standard deviations from everybody’s',
            rows: profile.scales.map((scale) => ({
              label: scale.name,
              difference: profile.standardisedCentre[scale.scale] ?? 0,
              low: null,
              high: null,
            })),
            digits: 2,
            zeroLabel: 'everybody',
            segmentClass: null,
            note: 'These scales formed the segment, so they describe it and are not tested.',
          })
        : null,
      persona: persona ? `${studyAddress(study)}/personas/${persona.publicId}` : '',
      name: segment.name,
    });
  });

  door.post('/studio/:study/segments/:segment/name', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    await segments.rename(segment, field(formOf(req), 'name'));
    res.redirect(303, `${studyAddress(visit.study)}/segments/${segment.publicId}`);
  });

  door.post('/studio/:study/segments/:segment/persona', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    const persona = await verbatim.personas.draw(visit.study, segment, null, { userId: visit.user.id });
    res.redirect(303, `${studyAddress(visit.study)}/personas/${persona.publicId}`);
  });
}
