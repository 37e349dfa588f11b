import { dots } from '../../charts/dots.ts';
import { showPercent } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import { leftOutWords } from '../../model/base-sample.ts';
import type { Rule } from '../../model/rule.ts';
import { HIDDEN, hiddenNote } from '../../privacy/cell-words.ts';
import { type CellPolicy, hiddenCells } from '../../privacy/safe-cells.ts';
import { showDate } from '../../render/helpers.ts';
import { TABLE_RULES } from '../../segments/table-cells.ts';
import { fitOf, type SegmentRunSettings } from '../../services/segmentations.ts';
import type { Run } from '../../store/analyses.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { Segment } from '../../store/segments.ts';
import type { Audience } from '../../workers/tasks/audience.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { contrastDoor } from './contrast.ts';
import { contrastSummary } from './contrast-view.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { overlapView } from './overlap-view.ts';
import { ruleBuilderDoor } from './rule-builder.ts';
import { ruleSentences } from './rule-view.ts';
import { ruleNames } from './rule-words.ts';
import { runAddress } from './runs.ts';
import { segmentAskingDoor } from './segment-asking.ts';
import { definedByFound, segmentCrumbs, segmentOf } from './segment-place.ts';
import { DAYS_SHOWN, definedTable, sizesView } from './segment-sizes-view.ts';
import { profileAddress, segmentationAddress } from './segmentation-place.ts';
import { LABELS, provisionalWarnings, styleWarnings } from './segmentation-view.ts';
import { surveyTitle } from './surveys.ts';

type FoundProfile = { size: number; share: { share: number; low: number; high: number } };
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

/** What is to be known of a segment that few people are in. */
function smallBase(size: number): string[] {
  const { baseMin, baseWarned } = TABLE_RULES;
  if (size < baseMin)
    return [`Fewer than ${baseMin} people are in it: no figure of it is shown in its profile, and nothing is tested`];
  return size < baseWarned ? [`Fewer than ${baseWarned} people are in it: read its figures with care`] : [];
}

/** Which sizes of segments that everybody is in one of are hidden. */
function hiddenSizes(sizes: readonly number[], policy: CellPolicy): boolean[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return hiddenCells([...sizes, all], [{ whole: sizes.length, parts: [...sizes.keys()] }], policy).slice(0, -1);
}

/** Segments: found in the scales people answered, or defined by a rule. */
export function segmentDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, cells, segments, segmentSizes, comparisons } = verbatim;

  ruleBuilderDoor(door, house);
  contrastDoor(door, house);
  segmentAskingDoor(door, house);

  async function solutionOf({ runId }: Segment) {
    const run = runId === null ? null : await store.analyses.findRunById(runId);
    return run ? fitOf(run) : null;
  }

  /** Whether the size of a found segment may not be told to this reader, beside those of the others found with it. */
  async function isHiddenSize(study: EnteredStudy, segment: Segment): Promise<boolean> {
    const policy = cells.policyOf(study, study.role);
    if (policy === null || segment.runId === null) return false;
    const together = await store.segmentations.segmentsOf(segment.runId);
    const sizes = together.map(({ profile }) => (JSON.parse(profile ?? '{"size":0}') as FoundProfile).size);
    return hiddenSizes(sizes, policy)[together.findIndex(({ id }) => id === segment.id)] ?? true;
  }

  /** Where a found segment lies, as its solution tells. */
  async function centreOf(segment: Segment) {
    const kept = await solutionOf(segment);
    if (!kept) return null;
    const own = kept.centres[segment.position] ?? [];
    return dots({
      id: 'profile',
      title: 'Where its middle lies, in standard deviations from everybody’s',
      rows: kept.inputs.map(({ name }, column) => ({
        label: name,
        difference: own[column]?.z ?? 0,
        low: null,
        high: null,
      })),
      digits: 2,
      zeroLabel: 'everybody',
      segmentClass: null,
      note: 'The segment was made from these, so they describe it and are not tested.',
    });
  }

  /** The profile that tells of a found segment: of the version that stands, or else of its own solution. */
  async function everythingAddress(study: EnteredStudy, segmentation: Segmentation, segment: Segment) {
    const [standing] = await store.segmentations.versions(segmentation.id);
    const run =
      segment.runId === null || standing?.runId === segment.runId
        ? null
        : await store.analyses.findRunById(segment.runId);
    return profileAddress(segmentationAddress(study, segmentation), { of: run?.publicId ?? '', survey: '' });
  }

  /** Of whom the shares of a solution are, and who is left out of them; nothing of what was not looked for in answers. */
  async function baseOf(segmentation: Segmentation, run: Run, people: number): Promise<string> {
    const fit = fitOf(run);
    if (!fit) return '';
    const { settings } = JSON.parse(run.settings) as SegmentRunSettings;
    const name = await verbatim.segmentations.baseName(segmentation, settings);
    return ` Shares are of ${people.toLocaleString('en-GB')} people${name === null ? '' : ` of the base ${name}`}; ${leftOutWords(fit.leftOut).replace(/^N/, 'n')}.`;
  }

  /** Every segmentation with the segments of the version that stands, or how far it has come. */
  async function foundSections(study: EnteredStudy, sizes: ReadonlyMap<number, number>) {
    const sections = [];
    const policy = cells.policyOf(study, study.role);
    for (const segmentation of await store.segmentations.list(study.id)) {
      const current = await store.segmentations.current(segmentation.id);
      const [version] = await store.segmentations.versions(segmentation.id);
      const all = current.reduce((sum, { id }) => sum + (sizes.get(id) ?? 0), 0);
      const run = version ? await store.analyses.findRunById(version.runId) : null;
      const isHidden = hiddenSizes(
        current.map(({ id }) => sizes.get(id) ?? 0),
        policy,
      );
      const hidden = hiddenNote(policy, isHidden.includes(true));
      const parts = current.map((segment, index) => ({
        label: segment.name,
        share: (sizes.get(segment.id) ?? 0) / Math.max(1, all),
        count: sizes.get(segment.id) ?? 0,
        segmentClass: `seg-${(index % 8) + 1}`,
      }));
      sections.push({
        id: `found-${segmentation.publicId}`,
        name: segmentation.name,
        href: policy === null ? segmentationAddress(study, segmentation) : '',
        hidden: hidden ?? '',
        said: version
          ? `${LABELS[version.label].title}: ${LABELS[version.label].text} Version ${version.number}, accepted on ${showDate(version.acceptedAt)}.${run && policy === null ? await baseOf(segmentation, run, all) : ''}`
          : 'Nothing is accepted yet.',
        shares:
          parts.length > 0 && hidden === null
            ? stack({ id: `shares-${segmentation.publicId}`, title: 'Shares of the segments', parts, note: null })
            : null,
        table:
          parts.length > 0
            ? {
                caption: `Segments of ${segmentation.name}`,
                isCaptionHidden: true,
                columns: [
                  { label: 'Segment', isNumber: false },
                  { label: 'People', isNumber: true },
                  { label: 'Share, 95% interval', isNumber: true },
                ],
                rows: current.map((segment, index) => {
                  const { share } = JSON.parse(segment.profile ?? '{}') as FoundProfile;
                  return {
                    cells: [
                      {
                        text: segment.name,
                        href: `${studyAddress(study)}/segments/${segment.publicId}`,
                        isNumber: false,
                        segmentClass: `seg-${(index % 8) + 1}`,
                      },
                      {
                        text: isHidden[index] ? HIDDEN : (sizes.get(segment.id) ?? 0).toLocaleString('en-GB'),
                        href: null,
                        isNumber: true,
                      },
                      {
                        text: isHidden[index]
                          ? HIDDEN
                          : `${showPercent(share.share)} (${showPercent(share.low)} to ${showPercent(share.high)})`,
                        href: null,
                        isNumber: true,
                      },
                    ],
                  };
                }),
              }
            : null,
      });
    }
    return sections;
  }

  door.get('/studio/:study/segments', 'viewer', async (visit, _req, res) => {
    const { study } = visit;
    const at = studyAddress(study);
    const list = await store.segments.list(study.id);
    const found = await foundSections(study, await store.segments.memberCounts(study.id));
    const defined = list.filter((segment) => segment.origin === 'rule');
    const mayWrite = study.role !== 'viewer';
    // Rules may take nearly the same people, so that their sizes would give away how many are in one of two.
    const newest = mayWrite ? await store.segmentSizes.newest(study.id) : new Map();
    await showPage(house, visit, res, 'segments', 'studio/segments', {
      head: head(
        [{ label: study.name, href: at }],
        'Segments',
        null,
        mayWrite
          ? [
              { label: 'Define by a rule', href: `${at}/segments/define`, isPrimary: true },
              { label: 'Define by a rule on companies', href: `${at}/segments/define?of=companies`, isPrimary: false },
              { label: 'Look for segments', href: `${at}/segmentations/new`, isPrimary: false },
              { label: 'Define or bring segments', href: `${at}/segmentations/define`, isPrimary: false },
            ]
          : [],
      ),
      found,
      hasDefined: defined.length > 0,
      defined: definedTable(study, defined, newest, mayWrite),
      definedNote: mayWrite ? '' : 'How many people a rule takes is shown to researchers of the study only.',
      isEmpty: defined.length === 0 && found.length === 0,
      empty: {
        title: 'No segments yet',
        text: 'Define one by a rule over attributes and answers, or look whether people fall into groups by what they answered.',
        action: mayWrite ? { label: 'Define by a rule', href: `${at}/segments/define` } : null,
      },
    });
  });

  door.get('/studio/:study/segments/:segment', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const segment = await segmentOf(house, study, req);
    const at = `${studyAddress(study)}/segments/${segment.publicId}`;
    const persona = await store.personas.ofSegment(segment.id);
    const rule = segment.rule === null ? null : (JSON.parse(segment.rule) as Rule);
    const segmentation = await store.segmentations.ofSegment(segment);
    const version = segment.runId === null ? null : await store.segmentations.versionOfRun(segment.runId);
    const profile = segment.profile === null ? null : (JSON.parse(segment.profile) as FoundProfile);
    const mayWrite = study.role !== 'viewer';
    const count = rule && mayWrite ? await segmentSizes.count(study, segment, rule) : null;
    const isSizeHidden = await isHiddenSize(study, segment);
    const base = segment.surveyId === null ? null : await store.surveys.findById(study.id, segment.surveyId);
    const names = rule ? await ruleNames(house, study, rule) : new Map<string, string>();
    const isOfCompanies = segment.unit === 'company';
    const kept = await solutionOf(segment);
    const placed = kept?.placed[segment.position] ?? 0;
    const number = (n: number) => n.toLocaleString('en-GB');
    const overlap = await comparisons.overlap(study);
    const contrast = await store.comparisons.latestDone({ studyId: study.id, kind: 'contrast', segmentId: segment.id });
    await showPage(house, visit, res, 'segments', 'studio/segment', {
      head: head(
        segmentCrumbs(study),
        segment.name,
        rule
          ? `Defined by a rule${isOfCompanies ? ' on companies' : ''}.`
          : version
            ? `${segmentation?.origin === 'found' ? 'Found' : 'Defined'} in “${segmentation?.name}”, version ${version.number}. ${LABELS[version.label].title}: ${LABELS[version.label].text}`
            : 'Found among other solutions that were not accepted.',
      ),
      at,
      mayWrite,
      facts: [
        ...(profile && isSizeHidden
          ? [{ label: 'People', value: HIDDEN, note: hiddenNote(cells.policyOf(study, study.role), true) }]
          : []),
        ...(profile && !isSizeHidden
          ? [
              {
                label: 'People',
                value: number(profile.size),
                note: `${showPercent(profile.share.share)}, ${showPercent(profile.share.low)} to ${showPercent(profile.share.high)}`,
              },
            ]
          : []),
        ...(placed > 0 && mayWrite
          ? [{ label: 'Placed on part of their answers', value: number(placed), note: 'members beside these' }]
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
      sizes: rule && mayWrite ? sizesView(await store.segmentSizes.days(segment.id, DAYS_SHOWN), segment.unit) : null,
      overlap:
        overlap.latest && mayWrite
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
      warnings: [
        ...(profile && mayWrite ? smallBase(profile.size) : []),
        ...(kept && mayWrite ? [...styleWarnings(kept), ...provisionalWarnings(kept)] : []),
      ],
      conditions: rule ? ruleSentences(rule, names) : [],
      isRule: rule !== null,
      ofFound: rule === null ? definedByFound(study, segment) : '',
      profile: segmentation && !isSizeHidden ? await centreOf(segment) : null,
      segmentation: segmentation && mayWrite ? segmentationAddress(study, segmentation) : '',
      everything: segmentation ? await everythingAddress(study, segmentation, segment) : '',
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
    const run = await verbatim.personas.ask.draw(visit.study, segment, { userId: visit.user.id });
    res.redirect(303, runAddress(visit.study, run));
  });
}
