import { XMLParser } from 'fast-xml-parser';
import { Problem } from '../../model/problem.ts';
import { decodeEntities } from './plain-text.ts';
import { listIn, looseIn, textIn } from './survey-parts.ts';

export type LimeRow = Readonly<Record<string, string>>;
/** The tables of a LimeSurvey file by name, and what it says of itself. */
export type LimeTables = {
  docType: string;
  version: string;
  languages: string[];
  rows(table: string): LimeRow[];
  names: string[];
};

/** A questionnaire of a thousand questions in ten languages has a few megabytes. */
const LETTERS_MAX = 30_000_000;
/** `document`, table, `rows`, `row`, field: five, and some to spare. */
const DEPTH_MAX = 12;

/**
 * Reads the XML of LimeSurvey into its tables. Document types and entities of a file's own are refused, so that nothing
 * is fetched from elsewhere and nothing grows while it is read.
 *
 * @throws Problem `invalid` for XML that cannot be read, `too-large` for a file beyond all measure
 */
export function readLimeTables(xml: string): LimeTables {
  if (xml.length > LETTERS_MAX) throw new Problem('too-large', 'This file is too large to be a survey');
  const root = xml.search(/<[A-Za-z]/);
  if (root < 0) throw unreadable('There is no XML in it');
  if (/<!(DOCTYPE|ENTITY)/i.test(xml.slice(0, root)))
    throw new Problem('invalid', 'This file declares a document type of its own, which is not read', {
      detail: 'Export the survey again from LimeSurvey: its files have none',
    });
  let parsed: unknown;
  try {
    parsed = new XMLParser({
      ignoreAttributes: true,
      ignoreDeclaration: true,
      ignorePiTags: true,
      parseTagValue: false,
      trimValues: false,
      processEntities: false,
      htmlEntities: false,
      maxNestedTags: DEPTH_MAX,
      // Marked content stays apart, since only what stands outside of it has entities.
      cdataPropName: '#cdata',
      isArray: (name) => name === 'row' || name === 'language' || name === 'fieldname',
    }).parse(xml);
  } catch (error) {
    throw unreadable((error as Error).message);
  }
  const document = looseIn(looseIn(parsed)['document']);
  const names = Object.keys(document).filter((name) => typeof looseIn(document[name])['rows'] === 'object');
  if (names.length === 0)
    throw new Problem('invalid', 'This XML is no survey of LimeSurvey', {
      detail: 'It holds none of the tables that LimeSurvey writes: export the survey as .lss',
    });
  return {
    docType: contentOf(document['LimeSurveyDocType']).trim(),
    version: contentOf(document['DBVersion']).trim(),
    languages: listIn(looseIn(document['languages'])['language'])
      .map((one) => contentOf(one).trim())
      .filter(Boolean),
    names,
    rows: (table) =>
      listIn(looseIn(looseIn(Object.hasOwn(document, table) ? document[table] : undefined)['rows'])['row']).map((row) =>
        Object.fromEntries(
          Object.entries(looseIn(row))
            .filter(([name]) => !name.startsWith('#'))
            .map(([name, value]) => [name, contentOf(value)]),
        ),
      ),
  };
}

function contentOf(value: unknown): string {
  if (typeof value === 'string') return decodeEntities(value);
  if (Array.isArray(value)) return value.map(contentOf).join('');
  const { '#cdata': marked, '#text': plain } = looseIn(value);
  if (marked === undefined) return decodeEntities(textIn(plain));
  return listIn([marked].flat()).map(textIn).join('');
}

const unreadable = (message: string) =>
  new Problem('invalid', 'This file cannot be read as XML', {
    detail: `Choose a survey that LimeSurvey exported as .lss. The reader says: ${message.slice(0, 300)}`,
  });
