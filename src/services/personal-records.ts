import { itemsOf } from '../model/items.ts';
import { questionsOf, type SurveyDefinition } from '../model/survey.ts';
import type { Person } from '../store/people.ts';
import type { Reach } from '../store/personal-places.ts';
import type { PersonalRow } from '../store/personal-rows.ts';
import type { Context } from './context.ts';

/** One answer as a person reads it: the question as it was asked, and what was said. */
export type ReadableAnswer = { question: string; item: string; state: string; answer: unknown };
export type ReadableResponse = {
  survey: string;
  id: string;
  state: string;
  startedAt: string;
  completedAt: string | null;
  answers: ReadableAnswer[];
};
export type PersonalRecord = {
  format: 1;
  madeAt: string;
  person: { id: string; ids: string[] };
  /** Studies of the workspace that hold something, too, and that whoever asks does not own. */
  otherStudies: number;
  responses: ReadableResponse[];
  segments: { name: string; study: string }[];
  personas: { name: string; study: string }[];
  /** What members and programs did with it, as the audit log says. */
  audit: { at: string; action: string; outcome: string }[];
  /** Every row that is kept, table by table. */
  sections: { title: string; table: string; rows: Record<string, unknown>[] }[];
};

/** Everything that is kept about a person, for whoever asks for it. */
export function personalRecordService({ store, logs, now }: Context) {
  /**
   * @param ownedStudies studies whose responses, interviews and feedback may be told
   */
  async function of(person: Person, ownedStudies: ReadonlySet<number>): Promise<PersonalRecord> {
    await logs.settle();
    const personIds = await store.people.sameAs(person.id);
    const studies = await store.erasures.studiesOf(personIds);
    const told = studies.filter((studyId) => ownedStudies.has(studyId));
    const reach = await store.erasures.reachOfPeople(personIds, told);
    const [rows, standing, audit, responses] = await Promise.all([
      store.erasures.rows(reach),
      store.erasures.standing(reach),
      store.erasures.audited(reach),
      readResponses(reach),
    ]);
    const ids = rows.find(({ table }) => table === 'person_identities')?.rows ?? [];
    return {
      format: 1,
      madeAt: now().toISOString(),
      person: { id: person.publicId, ids: ids.map(({ value }) => String(value)) },
      otherStudies: studies.length - told.length,
      responses,
      ...standing,
      audit,
      sections: rows.map(({ title, table, rows: some }) => ({ title, table, rows: some.map(readable) })),
    };
  }

  async function readResponses(reach: Reach): Promise<ReadableResponse[]> {
    const found: ReadableResponse[] = [];
    for (const publicId of reach.responsePublic as string[]) {
      const response = await store.erasures.response(publicId);
      if (!response) continue;
      const definition = JSON.parse(response.definition) as SurveyDefinition;
      const language = definition.languages.find((one) => one === response.language) ?? definition.languages[0] ?? 'en';
      const questions = new Map(
        questionsOf(definition).flatMap((question) =>
          itemsOf(question).map((item) => [item.address, question.text[language] ?? question.code] as const),
        ),
      );
      const texts = await store.erasures.textsOf(publicId);
      found.push({
        survey: definition.title[language] ?? definition.code,
        id: publicId,
        state: response.state,
        startedAt: response.startedAt,
        completedAt: response.completedAt,
        answers: response.answers.map(({ item, state, value }) => {
          const said: unknown = value === null ? null : JSON.parse(value);
          return {
            question: questions.get(item) ?? item,
            item,
            state,
            answer: isPlaceOfText(said) ? (texts.get(`${said.source} ${said.version}`) ?? '') : said,
          };
        }),
      });
    }
    return found;
  }

  return { of };
}
export type PersonalRecords = ReturnType<typeof personalRecordService>;

/** Words stand among the texts, and the answer says where. */
const isPlaceOfText = (said: unknown): said is { source: string; version: number } =>
  typeof said === 'object' && said !== null && 'source' in said && 'version' in said;

/** A row with its JSON read, since nobody reads quotes within quotes. */
function readable(row: PersonalRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value !== 'string' || !/^[[{]/.test(value)) return [name, value];
      try {
        return [name, JSON.parse(value) as unknown];
      } catch {
        return [name, value];
      }
    }),
  );
}
