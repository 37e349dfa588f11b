import { codePointLength, findSpan } from '../../src/coding/spans.ts';
import type { Code, SourceText } from '../../src/store/notes.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';

export type CodedHouse = Awaited<ReturnType<typeof openCodedHouse>>;

/**
 * A house with a survey of one open question, “why”, and one of choice, “plan”, answered by so many as there are rows,
 * each a person of their own.
 */
export async function openCodedHouse(rows: readonly { why: string; plan?: string }[]) {
  const house = await openHouse();
  const { researcher, study: at } = await enterStudio(house);
  const study = await house.verbatim.studies.named('A study');
  const survey = await plantOpenSurvey(researcher, at, rows);
  const answers = await sourcesOf(house, study.id);
  return { house, verbatim: house.verbatim, researcher, study, at, survey, answers, close: house.close };
}

async function plantOpenSurvey(
  researcher: Visitor,
  at: string,
  rows: readonly { why: string; plan?: string }[],
): Promise<string> {
  const definition = {
    format: 1,
    code: 'why',
    title: { en: 'Why' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours to decide.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [
      {
        code: 'p',
        questions: [
          { kind: 'text', code: 'why', text: { en: 'Why did you come?' } },
          {
            kind: 'single',
            code: 'plan',
            text: { en: 'Your plan' },
            options: [
              { code: 'free', text: { en: 'Free' } },
              { code: 'paid', text: { en: 'Paid' } },
            ],
          },
        ],
      },
    ],
  };
  const made = await researcher.upload(`${at}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await researcher.post(`${made.location}/publish`, { revision: '1' });
  const lines = rows.map(({ why, plan }, n) => `${why}\t${plan ?? 'free'}\tp${n}`);
  const staged = await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'rows.tsv', bytes: Buffer.from(['why\tplan\tperson', ...lines].join('\n')) },
    { header: '1' },
  );
  await researcher.post(`${staged.location}/commit`);
  return made.location;
}

/** The answers in the order in which they came. */
async function sourcesOf(house: OpenHouse, studyId: number): Promise<SourceText[]> {
  await house.verbatim.logs.settle();
  const texts = await house.verbatim.store.coder.texts(studyId);
  const found = await house.verbatim.store.notes.findSources(
    studyId,
    texts.map(({ sourceId }) => sourceId),
  );
  return found.sort((a, b) => a.id - b.id);
}

/** Codes words of a text, or the whole of it, as somebody. */
export async function codeWords(
  { verbatim, study }: Pick<CodedHouse, 'verbatim' | 'study'>,
  source: SourceText,
  code: Pick<Code, 'publicId'>,
  words = '',
  userId: number | null = null,
): Promise<string> {
  const span = words === '' ? { start: 0, end: codePointLength(source.text) } : findSpan(source.text, words);
  const [made] = await verbatim.codings.codeParts(
    study,
    [{ sourceId: source.publicId, version: source.version, start: span?.start ?? null, end: span?.end ?? null, words }],
    { publicId: code.publicId, name: '', definition: '' },
    userId === null ? null : { userId },
  );
  return made?.publicId ?? '';
}
