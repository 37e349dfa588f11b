import type { Request } from 'express';
import type { SampleDefinition, SampleKind } from '../../store/sample-definitions.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { surveyCrumbs } from './fieldwork-place.ts';
import { surveyAddress } from './surveys.ts';

export const weightingsAddress = (study: EnteredStudy, survey: SurveyRow): string =>
  `${surveyAddress(study, survey)}/weightings`;
export const basesAddress = (study: EnteredStudy, survey: SurveyRow): string => `${surveyAddress(study, survey)}/bases`;

export const sampleCrumbs = (study: EnteredStudy, survey: SurveyRow, more: { label: string; href: string }[] = []) => [
  ...surveyCrumbs(study, survey),
  { label: 'Weights and bases', href: weightingsAddress(study, survey) },
  ...more,
];

/** The definition that an address names, in the version that its query names, else in the one that stands. */
export async function sampleOfAddress(
  { verbatim }: House,
  survey: SurveyRow,
  kind: SampleKind,
  req: Request,
): Promise<SampleDefinition> {
  const version = queryOf(req, 'version');
  return verbatim.samples.find(
    survey,
    kind,
    String(req.params['sample']),
    /^[1-9]\d{0,8}$/.test(version) ? Number(version) : null,
  );
}

/** The versions of a definition, the newest first, each with a link to how it was. */
export async function versionsTable(
  { verbatim }: House,
  kept: SampleDefinition,
  at: string,
  showDate: (day: string) => string,
) {
  const versions = await verbatim.store.sampleDefinitions.versions(kept.id);
  return {
    caption: 'Versions',
    columns: [
      { label: 'Version', isNumber: false },
      { label: 'Name', isNumber: false },
      { label: 'Made', isNumber: false },
      { label: 'By', isNumber: false },
    ],
    rows: versions.map(({ number, name, madeAt, madeBy }) => ({
      isCurrent: number === kept.number,
      cells: [
        { text: String(number), href: `${at}?version=${number}`, isNumber: false },
        { text: name, href: null, isNumber: false },
        { text: showDate(madeAt), href: null, isNumber: false },
        { text: madeBy ?? 'the command line', href: null, isNumber: false },
      ],
    })),
  };
}
