import { codeTree, flatTree } from '../coding/code-tree.ts';
import {
  type FileCode,
  type ReadCodebook,
  readCodebookTable,
  writeOwnCodebook,
  writeTaguetteCodebook,
} from '../exchange/codebook-files/codebook-table.ts';
import { type CodebookPlan, planCodebook } from '../exchange/codebook-files/plan-codebook.ts';
import { codeTable, type PlainTable, type QuoteRow, quoteTable } from '../exchange/codebook-files/quote-table.ts';
import { writeCsv } from '../exchange/delimited.ts';
import { writePlainBook } from '../exchange/plain-book.ts';
import { readAnyTable } from '../exchange/read-any-table.ts';
import { stillZip } from '../exchange/still-zip.ts';
import { Problem } from '../model/problem.ts';
import { allCodes, codeFor } from '../store/codebook.ts';
import type { Code } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Codings } from './codings.ts';
import type { Actor, Context } from './context.ts';
import type { Evidence } from './evidence.ts';

/** For whom a file of quotes is: the study's own researchers, with personal data masked, or an audience of the quotes. */
export type QuoteReaders = 'study' | 'client' | 'public';
export type TableFile = 'csv' | 'xlsx';
export type MatrixBy = 'text' | 'person';
export type NotQuoted = { notAgreed: number; gone: number };

const COLUMNS_MAX = 60;
/** A workbook is made in one piece. */
const CELLS_MAX = 2_000_000;

/** The codebook, quotes and codings as files, and a codebook from a file. */
export function codebookFileService({ store, now }: Context, codings: Codings, evidence: Evidence) {
  const standing = async (study: Pick<Study, 'id'>) =>
    (await store.codebook.all(study.id)).map((code) => ({
      ...code,
      isFixed: code.humanValue !== null,
      isGone: code.retiredAt !== null,
    }));
  const live = async (study: Pick<Study, 'id'>): Promise<Code[]> =>
    (await store.codebook.all(study.id)).filter(({ retiredAt }) => retiredAt === null);

  /** A table of a file. @throws Problem `invalid` in words for a researcher */
  async function read(bytes: Uint8Array, hasPaths: boolean): Promise<ReadCodebook> {
    try {
      const { rows } = await readAnyTable(bytes, COLUMNS_MAX);
      const [header, ...rest] = rows;
      if (!header || rest.length === 0) throw new RangeError('This file has no rows beneath its headings');
      return readCodebookTable(header, rest, { hasPaths });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Problem('invalid', 'This file cannot be read as a codebook', {
        errors: [{ pointer: '#/file', detail: error.message }],
      });
    }
  }

  /** Numbers of those who spoke, by who they are: they hold within one state of the study and name nobody. */
  async function respondents(study: Study) {
    const agreed = new Set((await store.codedPassages.interviews(study.id)).map(({ subjectId }) => subjectId));
    const texts = (await store.coder.texts(study.id)).filter(
      ({ kind, subjectId }) => kind === 'answer' || agreed.has(subjectId),
    );
    const units = texts
      .map((text) => ({ ...text, person: text.personId === null ? text.subjectId : `person ${text.personId}` }))
      .sort((a, b) => compare(a.subjectId, b.subjectId) || compare(a.sourceId, b.sourceId));
    const numbers = new Map<string, string>();
    for (const { person } of units)
      if (!numbers.has(person)) numbers.set(person, `R${String(numbers.size + 1).padStart(4, '0')}`);
    return { units, numbers };
  }

  /** Codings as rows of quotes, of those who agreed that these readers see them; the others are counted. */
  async function quotes(
    study: Study,
    readers: QuoteReaders,
    around: boolean,
    viewer: number | null,
  ): Promise<{ table: PlainTable; left: NotQuoted }> {
    const codes = await live(study);
    const rows = new Map(flatTree(codeTree(codes)).map((row) => [row.code.id, row]));
    const passages = await store.codedPassages.list(study.id, null, viewer);
    const read = await evidence.readQuotes(study.id, passages, readers === 'study' ? {} : { audience: readers });
    const { numbers } = await respondents(study);
    const interviews = new Map((await store.notes.interviews(study.id)).map((one) => [one.publicId, one]));
    const surveys = new Map((await store.surveys.list(study.id)).map((one) => [one.publicId, one]));
    const rest = await store.codebook.beside(
      study.id,
      passages.map(({ id }) => id),
    );
    const segments = await segmentsOf(study);
    const left: NotQuoted = { notAgreed: 0, gone: 0 };
    const made = passages.flatMap((passage, index): QuoteRow[] => {
      const quote = read[index];
      const row = rows.get(passage.codeId);
      if (!quote?.isVerbatim || !row) {
        if (quote && !quote.isVerbatim && quote.reason === 'not-agreed') left.notAgreed += 1;
        else left.gone += 1;
        return [];
      }
      const more = rest.get(passage.id);
      const isAnswer = passage.kind === 'answer';
      return [
        {
          code: row.code.name,
          path: row.path.join(' › '),
          words: quote.marked,
          before: quote.before,
          after: quote.after,
          from: isAnswer ? 'answer' : 'interview',
          // A talk's title may name who gave it.
          source: isAnswer
            ? (surveys.get(passage.survey ?? '')?.slug ?? '')
            : readers === 'study'
              ? (interviews.get(passage.subjectId)?.title ?? '')
              : '',
          question: isAnswer ? passage.item : '',
          place: passage.position,
          respondent: numbers.get(passage.person) ?? '',
          speaker:
            readers === 'study'
              ? (quote.speaker ?? '')
              : (evidence.speakerFor(quote.source, interviews.get(passage.subjectId)?.participant) ?? ''),
          segments: (segments.get(passage.subjectId) ?? []).join('; '),
          coder: more?.coder ?? '',
          layer: more?.layer ?? '',
          day: (more?.createdAt ?? '').slice(0, 10),
          direction: passage.direction ?? '',
          isExample: passage.isExample === 1,
          isImportant: passage.isImportant === 1,
          memo: readers === 'study' ? (more?.memo ?? '') : '',
          isDraft: quote.source.isDraft === 1,
        },
      ];
    });
    return { table: quoteTable(made, { around }), left };
  }

  /** The names of the segments that each response is in. */
  async function segmentsOf(study: Study): Promise<Map<string, string[]>> {
    const found = (await store.segments.list(study.id)).filter(({ rule }) => rule === null);
    const names = new Map(found.map(({ publicId, name }) => [publicId, name]));
    const rows = await store.codedPassages.memberships(found.map(({ id }) => id));
    const of = new Map<string, string[]>();
    for (const { response, segment } of rows) of.set(response, [...(of.get(response) ?? []), names.get(segment) ?? '']);
    for (const list of of.values()) list.sort();
    return of;
  }

  /** Codes by answer and turn, or by person: whether each has one, or how many passages. */
  async function matrix(
    study: Study,
    by: MatrixBy,
    shows: 'presence' | 'counts',
    viewer: number | null,
  ): Promise<PlainTable> {
    const codes = flatTree(codeTree(await live(study)))
      .filter(({ code }) => code.isCodable === 1)
      .map(({ code }) => ({ id: code.id, name: code.name }));
    const { units, numbers } = await respondents(study);
    const personOf = new Map(units.map(({ sourceId, person }) => [sourceId, person]));
    const counts = new Map<string, number>();
    for (const { sourceId, codeId } of await store.codedPassages.list(study.id, null, viewer)) {
      const person = personOf.get(sourceId);
      if (person === undefined) continue;
      const key = `${by === 'text' ? sourceId : person} ${codeId}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const texts = new Map<string, number>();
    for (const { person } of units) texts.set(person, (texts.get(person) ?? 0) + 1);
    return by === 'text'
      ? codeTable(
          {
            header: ['text', 'respondent', 'from'],
            units: units.map(({ sourceId, person, kind }, index) => ({
              key: sourceId,
              cells: [`T${String(index + 1).padStart(5, '0')}`, numbers.get(person) ?? '', kind],
            })),
          },
          codes,
          counts,
          shows,
        )
      : codeTable(
          {
            header: ['respondent', 'texts'],
            units: [...numbers].map(([person, number]) => ({ key: person, cells: [number, texts.get(person) ?? 0] })),
          },
          codes,
          counts,
          shows,
        );
  }

  return {
    /** What bringing a codebook in comes to; nothing is written. */
    preview: async (
      study: Pick<Study, 'id'>,
      bytes: Uint8Array,
      { hasPaths }: { hasPaths: boolean },
    ): Promise<{ file: ReadCodebook; plan: CodebookPlan }> => {
      const file = await read(bytes, hasPaths);
      return { file, plan: planCodebook(await standing(study), file.codes) };
    },

    /** Brings a codebook in, all of it in one step. */
    bringIn: async (
      study: Pick<Study, 'id'>,
      bytes: Uint8Array,
      { hasPaths }: { hasPaths: boolean },
      actor: Actor,
    ): Promise<CodebookPlan> => {
      const file = await read(bytes, hasPaths);
      return codings.step(
        study,
        actor,
        'codebook in',
        `A codebook of ${file.codes.length} codes brought in`,
        async (write) => {
          const before = await allCodes(write.db, study.id);
          const plan = planCodebook(
            before.map((code) => ({ ...code, isFixed: code.humanValue !== null, isGone: code.retiredAt !== null })),
            file.codes,
          );
          const at = now().toISOString();
          const ids = new Map(before.map(({ name, id }) => [name, id]));
          for (const { name, definition } of plan.added)
            ids.set(name, (await codeFor(write, study.id, name, definition ?? '', at)).id);
          const isNew = new Set(plan.added.map(({ name }) => name));
          const place = new Map(file.codes.map(({ name }, index) => [name, index + 1]));
          for (const code of [...plan.added, ...plan.changed.map((one) => one.code)]) {
            const id = ids.get(code.name);
            if (id === undefined) continue;
            const position = isNew.has(code.name) ? { position: place.get(code.name) ?? 0 } : {};
            await write.update('codes', id, { ...fieldsOf(code, ids), ...position });
          }
          return plan;
        },
      );
    },

    /** The codebook as a file: of our own with every field, or as Taguette takes it. Human values stay out: they are a fixed set. */
    codebook: async (study: Study, kind: 'own' | 'taguette'): Promise<string> => {
      const codes = (await live(study)).filter(({ humanValue }) => humanValue === null);
      return kind === 'own' ? writeOwnCodebook(codes) : writeTaguetteCodebook(codes);
    },

    quotes,
    matrix,
    /** A table as bytes, the same for the same table. @throws Problem `invalid` when a workbook would be too large */
    bytes: async (table: PlainTable, kind: TableFile, title: string): Promise<Uint8Array> => {
      if (kind === 'csv') return Buffer.from(writeCsv(table.header, table.rows), 'utf8');
      if (table.rows.length * table.header.length > CELLS_MAX)
        throw new Problem('invalid', 'This is too large for a workbook', {
          detail: 'Take the CSV, which has no such limit',
        });
      return stillZip(await writePlainBook([{ title, rows: [table.header, ...table.rows] }]));
    },
  };
}
export type CodebookFiles = ReturnType<typeof codebookFileService>;

/** A code of a file as it is kept; what the file says nothing of stays. */
function fieldsOf(code: FileCode, ids: ReadonlyMap<string, number>) {
  return {
    ...(code.under === null ? {} : { parentId: code.under === '' ? null : (ids.get(code.under) ?? null) }),
    ...(code.definition === null ? {} : { definition: code.definition }),
    ...(code.inclusion === null ? {} : { inclusion: code.inclusion }),
    ...(code.exclusion === null ? {} : { exclusion: code.exclusion }),
    ...(code.color === null ? {} : { color: code.color === '' ? null : code.color }),
    ...(code.isCodable === null ? {} : { isCodable: code.isCodable ? 1 : 0 }),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
