import type { Request } from 'express';
import { profileMethod, type ToldProfile, writeProfileBook, writeProfileCsv } from '../../exchange/profile-layout.ts';
import { Problem } from '../../model/problem.ts';
import { hiddenNote } from '../../privacy/cell-words.ts';
import { showDate } from '../../render/helpers.ts';
import { safeProfile } from '../../reports/safe-profile.ts';
import { OUTCOMES_MOST, type ProfileRunSettings, type StandingProfile } from '../../services/segment-profiles.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { ProfiledSegments } from '../../workers/tasks/segment-profile.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { overviewOf, roomsOf } from './segment-profile-rooms.ts';
import { FAMILIES, ORDERS, type ProfileOrder, segmentsView } from './segment-profile-view.ts';
import { profileAddress, segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';
import { LABELS } from './segmentation-view.ts';
import { surveyNames } from './surveys.ts';

const KEY =
  'An arrow marks a share, mean or step that lies surely above (↑) or below (↓) that of all other segments together, and after “>” stand the segments it surely lies above. The stronger the tint, the further from the others; orange is below.';

type Told = NonNullable<StandingProfile<ProfiledSegments>>;

const withheld = ({ leastCell }: EnteredStudy) =>
  new Problem('forbidden', 'This profile is shown to researchers of the study only', {
    detail: `A segment has fewer than ${leastCell} people, so that figures by segment would tell of single ones`,
  });

/** Profiles: everything by segment, for the version that stands or for a solution that is not accepted yet. */
export function segmentProfileDoor(door: Doorway, house: House): void {
  const { store, cells, segmentProfiles } = house.verbatim;
  const own = '/studio/:study/segmentations/:segmentation';

  async function placeOf(study: EnteredStudy, req: Request) {
    const segmentation = await segmentationOf(house, study, req);
    const asked = { of: queryOf(req, 'of'), survey: queryOf(req, 'survey') };
    const solution = await segmentProfiles.solutionOf(study, segmentation, asked.of || null);
    const survey = await segmentProfiles.surveyOf(study, segmentation, solution, asked.survey || null);
    const found = await segmentProfiles.profileOf(segmentation, solution, survey);
    const policy = cells.policyOf(study, study.role);
    const safe = found.standing && safeProfile(found.standing.kept, policy);
    return {
      segmentation,
      asked,
      solution,
      survey,
      at: segmentationAddress(study, segmentation),
      ...found,
      standing: found.standing && safe ? { ...found.standing, kept: safe.profile } : null,
      isWithheld: found.standing !== null && safe === null,
      hiddenNote: hiddenNote(policy, safe?.isAnyHidden ?? false),
      isRestHidden: safe?.isRestHidden ?? false,
    };
  }
  type Placed = Awaited<ReturnType<typeof placeOf>>;

  async function toldOf(
    segmentation: Segmentation,
    { run, kept }: Told,
    { hiddenNote: hidden, isRestHidden }: Pick<Placed, 'hiddenNote' | 'isRestHidden'>,
  ): Promise<ToldProfile> {
    const { version, label, runId } = JSON.parse(run.settings) as ProfileRunSettings;
    const solution = await store.analyses.findRunById(runId);
    const names = new Map<string, string>(FAMILIES.map(({ family, name }) => [family, name]));
    return {
      ...kept,
      isRestHidden,
      blocks: kept.blocks.map((block) => ({ ...block, family: names.get(block.family) ?? block.family })),
      title: `Profile of “${segmentation.name}”`,
      about: [
        `${version === null ? 'A solution that is not accepted' : `Version ${version}`}; seed ${solution?.seed ?? run.seed}; worked out on ${showDate(run.finishedAt ?? '')}.`,
        `${LABELS[label].title}: ${LABELS[label].text}`,
        ...(hidden === null ? [] : [hidden]),
        ...(kept.weightingNote === null ? [] : [kept.weightingNote]),
        ...(kept.notes ?? []),
        ...(kept.isPlaced
          ? [
              'People are in segments by what else is known of them, not by these answers: a few of them will be in a wrong one.',
            ]
          : []),
      ],
    };
  }

  async function profilePage(
    study: EnteredStudy,
    place: Placed,
    {
      query,
      outcomes = [],
      problem = null,
    }: {
      query: { family: string; order: string; page: string };
      outcomes?: string[];
      problem?: Problem | null;
    },
  ) {
    const { segmentation, asked, solution, survey, at, standing, going, failed } = place;
    const told = standing && (await toldOf(segmentation, standing, place));
    const isStale = standing !== null && (await segmentProfiles.isStale(standing));
    const { version } = solution;
    const of = asked.of;
    const here = (more: Record<string, string> = {}) => profileAddress(at, asked, more);
    const order: ProfileOrder = ORDERS.find((one) => one === query.order) ?? 'size';
    const chosen = FAMILIES.find(({ family }) => family === query.family);
    const rooms = standing ? roomsOf(standing.kept, { order, chosen, page: query.page, here }) : null;
    return {
      head: head(
        segmentationCrumbs(study, segmentation),
        'Profile',
        version
          ? `What the segments of version ${version.number} of “${segmentation.name}” are like in everything that is known.`
          : `What the segments of a solution of “${segmentation.name}” that is not accepted are like in everything that is known.`,
      ),
      notices: [
        ...(problem
          ? [
              {
                kind: 'bad',
                title: problem.message,
                text: problem.errors[0]?.detail ?? problem.detail ?? null,
                links: [],
              },
            ]
          : []),
        ...(going
          ? [
              {
                kind: 'info',
                title: 'A profile is being worked out',
                text: null,
                links: [{ label: 'See the progress', href: runAddress(study, { publicId: going }) }],
              },
            ]
          : []),
        ...(place.isWithheld
          ? [{ kind: 'info', title: withheld(study).message, text: withheld(study).detail ?? null, links: [] }]
          : []),
        ...(failed ? [{ kind: 'warn', title: 'It could not be worked out', text: `${failed}.`, links: [] }] : []),
        ...(isStale
          ? [
              {
                kind: 'warn',
                title: 'Answers have come, gone or changed since',
                text: 'What stands here is as it was. Work it out anew.',
                links: [],
              },
            ]
          : []),
        ...(survey && survey.publishedVersionId === null
          ? [
              {
                kind: 'warn',
                title: 'The survey is not published',
                text: 'Publish it to work the profile out anew: nobody can read answers to a survey that has no version.',
                links: [],
              },
            ]
          : []),
      ],
      isError: problem !== null,
      about: told?.about ?? [],
      key: KEY,
      isWeighted: standing?.kept.weighting != null,
      told:
        standing && told
          ? {
              segments: segmentsView(
                standing.kept,
                standing.kept.segments.map(({ publicId }) =>
                  version && !of ? `${studyAddress(study)}/segments/${publicId}` : null,
                ),
              ),
              method: profileMethod(told),
              ...(chosen ? {} : overviewOf(standing.kept, here)),
            }
          : null,
      ...rooms,
      exports: [
        { label: 'Every figure as CSV', href: profileAddress(at, asked, {}, '/figures.csv') },
        { label: 'Workbook (XLSX)', href: profileAddress(at, asked, {}, '/figures.xlsx') },
      ],
      empty: {
        title: 'Nothing is worked out yet',
        text: 'Everything that is known of the people who answered is held against the segments, with one correction for all tests together.',
        action: null,
      },
      form:
        chosen !== undefined ||
        study.role === 'viewer' ||
        going !== null ||
        (survey !== null && survey.publishedVersionId === null)
          ? null
          : await formView(study, place, outcomes, problem),
    };
  }

  async function formView(
    study: EnteredStudy,
    { segmentation, asked, survey, at, standing }: Placed,
    outcomes: string[],
    problem: Problem | null,
  ) {
    const before = standing ? (JSON.parse(standing.run.settings) as ProfileRunSettings) : null;
    const groups = survey ? mergedGroups(await segmentProfiles.outcomesOffered(study, segmentation, survey)) : [];
    const chosen = problem ? outcomes : (before?.outcomes ?? []);
    const make = fieldMaker(
      {
        survey: survey?.publicId ?? '',
        weighting: before?.weighting?.split('@')[0] ?? '',
        ...Object.fromEntries(groups.map((_, index) => [`outcomes-${index}`, chosen])),
      },
      problem?.errors ?? [],
    );
    const weightings = survey ? await segmentProfiles.weightingsOffered(survey) : [];
    const surveys =
      segmentation.origin !== 'found'
        ? (await store.surveys.list(study.id)).filter(({ publishedVersionId }) => publishedVersionId !== null)
        : [];
    const names = surveyNames(surveys);
    return {
      title: standing ? 'Work it out anew' : 'Work out the profile',
      action: profileAddress(at, asked),
      label: standing ? 'Work it out anew' : 'Work out the profile',
      fields: [
        ...(segmentation.origin !== 'found'
          ? [
              make.select(
                'survey',
                'Whose answers',
                surveys.map(({ id, publicId, slug }) => ({ value: publicId, label: names.get(id) ?? slug })),
                { isRequired: true },
              ),
            ]
          : []),
        ...(weightings.length > 0
          ? [
              make.select('weighting', 'Weighting', [
                { value: '', label: 'None' },
                ...weightings.map(({ publicId, name, number }) => ({
                  value: publicId,
                  label: `${name}, version ${number}`,
                })),
              ]),
            ]
          : []),
      ],
      isOpen: chosen.length > 0 || problem !== null,
      groups: groups.map(({ name, options }, index) =>
        make.boxes(
          `outcomes-${index}`,
          name,
          options.map(({ id, name: label }) => ({ value: id, label })),
          index === 0
            ? {
                hint: `What the segments should make a difference to, such as spend or a recommendation; at most ${OUTCOMES_MOST} in all`,
              }
            : {},
        ),
      ),
    };
  }

  door.get(`${own}/profile`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const query = { family: queryOf(req, 'family'), order: queryOf(req, 'order'), page: queryOf(req, 'page') };
    const place = await placeOf(study, req);
    await showPage(house, visit, res, 'segments', 'studio/segment-profile', await profilePage(study, place, { query }));
  });

  door.post(`${own}/profile`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const place = await placeOf(study, req);
    const outcomes = Object.keys(form).flatMap((name) => (name.startsWith('outcomes-') ? fieldList(form, name) : []));
    try {
      const survey: SurveyRow | null =
        place.segmentation.origin !== 'found' && field(form, 'survey') !== ''
          ? await segmentProfiles.surveyOf(study, place.segmentation, place.solution, field(form, 'survey'))
          : place.survey;
      const run = await segmentProfiles.profile(
        study,
        place.segmentation,
        place.solution,
        { survey, outcomes, weighting: field(form, 'weighting') || null },
        {
          userId: visit.user.id,
        },
      );
      res.redirect(303, runAddress(study, run));
    } catch (error) {
      if (!isForForm(error)) throw error;
      answerRefused(res, error);
      const query = { family: '', order: '', page: '' };
      await showPage(
        house,
        visit,
        res,
        'segments',
        'studio/segment-profile',
        await profilePage(study, place, { query, outcomes, problem: error }),
      );
    }
  });

  for (const [ending, type, write] of [
    ['csv', 'text/csv; charset=utf-8', async (told: ToldProfile) => writeProfileCsv(told)],
    [
      'xlsx',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      async (told: ToldProfile) => Buffer.from(await writeProfileBook(told)),
    ],
  ] as const)
    door.get(`${own}/profile/figures.${ending}`, 'viewer', async (visit, req, res) => {
      const place = await placeOf(visit.study, req);
      const { segmentation, standing } = place;
      if (place.isWithheld) throw withheld(visit.study);
      if (!standing)
        throw new Problem('not-found', 'This profile is not worked out yet', {
          detail: 'Work it out on its page first',
        });
      res.setHeader('Content-Disposition', contentDisposition(`profile of ${segmentation.name}.${ending}`));
      res.type(type).send(await write(await toldOf(segmentation, standing, place)));
    });
}

/** Single questions come one to a group; shown they are one. */
function mergedGroups<Group extends { name: string; options: readonly { id: string; name: string }[] }>(
  groups: readonly Group[],
) {
  return [...Map.groupBy(groups, ({ name }) => name)].map(([name, own]) => ({
    name,
    options: own.flatMap(({ options }) => options),
  }));
}
