import { trimLabel } from '../../charts/numerals.ts';
import {
  type DataDictionary,
  type DictionaryEntry,
  writeDictionaryCsv,
  writeDictionaryJson,
  writeDictionaryXlsx,
} from '../../exchange/data-dictionary.ts';
import { HIDDEN } from '../../privacy/cell-words.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { head, showPage } from './frame.ts';
import { showUnpublished, surveyAddress, surveyOf } from './surveys.ts';

const OPTIONS_SHOWN_LETTERS = 160;

export const variablesAddress = (study: { publicId: string }, survey: { publicId: string }): string =>
  `${surveyAddress(study, survey)}/variables`;

/** The data dictionary of a survey: everything that is asked and made, as a page and as files. */
export function dataDictionaryDoor(door: Doorway, house: House): void {
  const { derivedVariables, cells } = house.verbatim;
  const told = (study: EnteredStudy, survey: SurveyRow) =>
    derivedVariables.dictionary(study, survey, cells.policyOf(study, study.role));
  const at = variablesAddress;

  door.get(`${SURVEY}/variables`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    if (survey.publishedVersionId === null)
      return showUnpublished(
        house,
        visit,
        res,
        survey,
        'Variables',
        'Everything that is asked stands here once the survey is published.',
      );
    const dictionary = await told(study, survey);
    const mayWrite = study.role !== 'viewer';
    const done = queryOf(req, 'done');
    await showPage(house, visit, res, 'surveys', 'studio/variables', {
      head: head(
        surveyCrumbs(study, survey),
        'Variables',
        dictionary.responses === null
          ? 'The data dictionary: everything that was asked and made. What was counted is for researchers of the study.'
          : `The data dictionary: everything that is known of ${dictionary.responses.toLocaleString('en-GB')} completed responses, asked and made.`,
        mayWrite ? [{ label: 'Make a variable', href: `${at(study, survey)}/new`, isPrimary: true }] : [],
      ),
      notice:
        done === 'removed'
          ? {
              kind: 'good',
              title: 'The variable is removed',
              text: 'Its versions are kept, and nothing counts it any more.',
              links: [],
            }
          : null,
      tables: `${surveyAddress(study, survey)}/tables`,
      files: ['csv', 'xlsx', 'json'].map((ending) => ({
        href: `${at(study, survey)}/dictionary.${ending}`,
        label: ending.toUpperCase(),
      })),
      groups: groupsOf(dictionary, (id) => `${at(study, survey)}/${id.slice('derived:'.length)}`),
    });
  });

  const files: Record<string, { type: string; write: (one: DataDictionary) => string | Promise<Uint8Array> }> = {
    csv: { type: 'text/csv; charset=utf-8', write: writeDictionaryCsv },
    xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: writeDictionaryXlsx },
    json: { type: 'application/json; charset=utf-8', write: writeDictionaryJson },
  };
  for (const [ending, { type, write }] of Object.entries(files))
    door.get(`${SURVEY}/variables/dictionary.${ending}`, 'viewer', async (visit, req, res) => {
      const survey = await surveyOf(house, visit.study, req);
      const written = await write(await told(visit.study, survey));
      res.setHeader('Content-Disposition', contentDisposition(`${survey.slug}-variables.${ending}`));
      res.type(type).send(typeof written === 'string' ? written : Buffer.from(written));
    });
}

const FAMILY_TITLES: Record<DictionaryEntry['family'], string> = {
  derived: 'Made of others',
  question: 'Asked',
  scale: 'Scales',
  theme: 'Themes',
  segment: 'Segments',
  attribute: 'Known of people',
};

/** The dictionary as its page shows it, what was made first. */
function groupsOf({ variables }: DataDictionary, address: (id: string) => string) {
  return (Object.keys(FAMILY_TITLES) as DictionaryEntry['family'][]).flatMap((family) => {
    const own = variables.filter((entry) => entry.family === family);
    if (own.length === 0) return [];
    return [
      {
        family,
        title: FAMILY_TITLES[family],
        rows: own.map((entry) => ({
          id: entry.id,
          name: entry.name,
          href: family === 'derived' ? address(entry.id) : null,
          kind: entry.kind,
          values: valuesOf(entry),
          n: entry.n?.toLocaleString('en-GB') ?? HIDDEN,
          madeOf: entry.madeOf,
          version: entry.version,
          fault: entry.fault,
        })),
      },
    ];
  });
}

function valuesOf({ options, range }: DictionaryEntry): string {
  if (options.length > 0)
    return trimLabel(
      options.map(({ code, label }) => (code === label ? label : `${label} (${code})`)).join(', '),
      OPTIONS_SHOWN_LETTERS,
    );
  if (range === null) return '–';
  return `${range.min.toLocaleString('en-GB')} to ${range.max.toLocaleString('en-GB')}${range.isObserved ? ', observed' : ''}`;
}
