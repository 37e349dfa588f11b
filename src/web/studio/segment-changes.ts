import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { matchVersions } from '../../segments/match-versions.ts';
import { versionFlow } from '../../segments/version-flow.ts';
import { fitOf, type SegmentRunSettings } from '../../services/segmentations.ts';
import { PERSONA_FOLLOWS_FROM, type Segmentation, type SegmentationVersion } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { flowView, makingTable, matchesTable, movesView, type ToldVersion } from './segment-changes-view.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';

/** What changed between two versions of a segmentation: its segments, its people, its making, its personas. */
export function segmentChangesDoor(door: Doorway, house: House): void {
  const { store } = house.verbatim;

  /** The segment of everybody in a version: of responses, and of people it holds by what is known of them. */
  async function membersOf({ runId }: SegmentationVersion): Promise<Map<string, number>> {
    return new Map([
      ...(await store.segmentations.membersOf(runId)).map(({ responseId, segmentId }): [string, number] => [
        `response ${responseId}`,
        segmentId,
      ]),
      ...(await store.segmentations.peopleOf(runId)).map(({ personId, segmentId }): [string, number] => [
        `person ${personId}`,
        segmentId,
      ]),
    ]);
  }

  async function toldVersion(study: EnteredStudy, version: SegmentationVersion): Promise<ToldVersion> {
    const run = await store.analyses.findRunById(version.runId);
    const kept = run ? fitOf(run) : null;
    const settings = kept && run ? (JSON.parse(run.settings) as SegmentRunSettings) : null;
    const { surveyVersion = null } = JSON.parse(run?.inputCut ?? '{}') as { surveyVersion?: number };
    return {
      number: version.number,
      segments: (await store.segmentations.segmentsOf(version.runId)).map(
        ({ id, publicId, lineage, name, supersededAt }) => ({
          id,
          key: lineage ?? publicId,
          name,
          href: supersededAt === null ? `${studyAddress(study)}/segments/${publicId}` : null,
        }),
      ),
      settings,
      seed: run?.seed ?? 0,
      surveyVersion,
      grouped: kept?.grouped ?? null,
      inputNames: new Map(kept?.inputs.map(({ id, name }) => [id, name])),
    };
  }

  /** The versions that an address asks for, else the last two. */
  function chosen(versions: readonly SegmentationVersion[], req: Request) {
    const read = (name: string, usual: number | undefined): number => {
      const asked = queryOf(req, name);
      return asked === '' ? (usual ?? 0) : Number(asked);
    };
    const later = versions.find(({ number }) => number === read('to', versions[0]?.number));
    const earlier = versions.find(({ number }) => number === read('from', (later?.number ?? 1) - 1));
    if (!earlier || !later || earlier.number >= later.number)
      throw new Problem('invalid', 'Choose an earlier version and a later one', {
        errors: [{ pointer: '#/from', detail: 'Choose a version before the later one' }],
      });
    return { earlier, later };
  }

  async function personasOf(study: EnteredStudy, segmentation: Segmentation, before: ToldVersion, after: ToldVersion) {
    const names = new Map<number, { version: number; name: string }>();
    for (const version of await store.segmentations.versions(segmentation.id))
      for (const { id, name } of await store.segmentations.segmentsOf(version.runId))
        names.set(id, { version: version.number, name });
    return (await store.personas.list(study.id)).flatMap((persona) =>
      persona.segments.flatMap(({ id }) => {
        const place = names.get(id);
        if (!place || (place.version !== before.number && place.version !== after.number)) return [];
        return [
          {
            name: persona.versions[0]?.name ?? place.name,
            href: `${studyAddress(study)}/personas/${persona.publicId}`,
            text:
              place.version === after.number
                ? `is the face of “${place.name}” in version ${after.number}`
                : `stays with “${place.name}” of version ${before.number}: less than ${PERSONA_FOLLOWS_FROM} overlap, so it is out of date`,
          },
        ];
      }),
    );
  }

  door.get('/studio/:study/segmentations/:segmentation/changes', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const versions = await store.segmentations.versions(segmentation.id);
    const at = `${segmentationAddress(study, segmentation)}/changes`;
    const page = {
      head: head(
        segmentationCrumbs(study, segmentation),
        'What changed',
        'Who went where between two versions, and what of their making is not the same.',
      ),
      action: at,
      versions: versions.map(({ number, acceptedAt }) => ({ number, label: `${number}, ${showDate(acceptedAt)}` })),
    };
    if (versions.length < 2)
      return showPage(house, visit, res, 'segments', 'studio/segment-changes', { ...page, told: null });
    const { earlier, later } = chosen(versions, req);
    const [before, after] = [await toldVersion(study, earlier), await toldVersion(study, later)];
    const [was, is] = [await membersOf(earlier), await membersOf(later)];
    const placeOf = (version: ToldVersion) => new Map(version.segments.map(({ id }, place) => [id, place]));
    const byPlace = (members: ReadonlyMap<string, number>, places: ReadonlyMap<number, number>) =>
      new Map([...members].map(([key, id]) => [key, places.get(id)!]));
    const flow = versionFlow(byPlace(was, placeOf(before)), byPlace(is, placeOf(after)), [
      before.segments.length,
      after.segments.length,
    ]);
    const jaccards = new Map(matchVersions(was, is).map((match) => [match.segmentId, match]));
    await showPage(house, visit, res, 'segments', 'studio/segment-changes', {
      ...page,
      told: {
        from: earlier.number,
        to: later.number,
        accepted: `Version ${earlier.number} was accepted on ${showDate(earlier.acceptedAt)}, version ${later.number} on ${showDate(later.acceptedAt)}.${later.note ? ` ${later.note}` : ''}`,
        facts: movesView(flow, before, after),
        ...flowView(flow, before, after),
        matches: matchesTable(flow, before, after, jaccards),
        making: makingTable(before, after),
        personas: await personasOf(study, segmentation, before, after),
      },
    });
  });
}
