import type { Response } from 'express';
import type { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { answerRefused, showPage, studyAddress, summaryOf } from './frame.ts';
import { type Building, buildingAddress, buildingHead, countOf } from './rule-building.ts';
import { NEW_GROUP } from './rule-draft.ts';
import { ruleKnown } from './rule-known.ts';
import { draftView, ruleSentences } from './rule-view.ts';
import { ruleNames } from './rule-words.ts';
import { exampleGroups } from './segment-examples-view.ts';
import { surveyNames } from './surveys.ts';

/** Where the other kind of segment is defined, while this one is still empty. */
function otherUnitOf(study: EnteredStudy, { segment, unit, draft }: Building) {
  if (segment !== null || draft?.parts.length !== 0) return null;
  const define = `${studyAddress(study)}/segments/define`;
  return unit === 'company'
    ? { label: 'Define a segment of people instead', href: define }
    : { label: 'Define a segment of companies instead', href: `${define}?of=companies` };
}

/** The names of the surveys one can start from, which ready examples need. */
const templateNames = ({ verbatim }: House) =>
  new Map(
    verbatim.surveys.templateGroups().flatMap(({ templates }) => templates.map(({ code, name }) => [code, name])),
  );

/** The rule as it stands, with a button for each thing that can be done to it, and beside it whom it finds. */
export async function showBuilder(
  house: House,
  visit: StudyVisit,
  res: Response,
  building: Building,
  { problem = null, notice = null }: { problem?: Problem | null; notice?: Record<string, unknown> | null } = {},
): Promise<void> {
  const { store, segments } = house.verbatim;
  const { study } = visit;
  const { segment, draft, rule, unit } = building;
  const isOfCompanies = unit === 'company';
  const published = (await store.surveys.list(study.id)).filter((survey) => survey.publishedVersionId !== null);
  const surveys = surveyNames(published);
  const names = await ruleNames(house, study, rule);
  const everybody = isOfCompanies ? 'all companies known here' : 'all people known here';
  if (problem) answerRefused(res, problem);
  await showPage(house, visit, res, 'segments', 'studio/rule', {
    head: buildingHead(study, building),
    isError: problem !== null,
    summary: problem ? summaryOf(problem, ['name', 'add']) : null,
    notice,
    action: buildingAddress(study, segment),
    rule: JSON.stringify(rule),
    version: building.version,
    unit,
    isOfCompanies,
    other: otherUnitOf(study, building),
    name: building.name,
    nameError: problem?.errors.find(({ pointer }) => pointer === '#/name')?.detail ?? '',
    draft: draft ? draftView(draft, names) : null,
    isEmpty: draft?.parts.length === 0,
    newGroup: NEW_GROUP,
    sentences: draft ? [] : ruleSentences(rule, names),
    surveys: [
      { value: '', label: everybody, isChosen: building.base === '' },
      ...published.map((survey) => ({
        value: survey.publicId,
        label: `${everybody}, and the responses to ${surveys.get(survey.id)}`,
        isChosen: survey.publicId === building.base,
      })),
    ],
    examples:
      segment === null && unit === 'person' && draft?.parts.length === 0
        ? exampleGroups(
            segments.examples.list(),
            await ruleKnown(house, study),
            templateNames(house),
            buildingAddress(study, null),
          )
        : [],
    count: await countOf(house, study, building),
    cancel: segment ? `${studyAddress(study)}/segments/${segment.publicId}` : `${studyAddress(study)}/segments`,
  });
}
