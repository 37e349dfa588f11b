import { foldText } from '../model/fold-text.ts';
import { questionsOf } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { readWords, wordsOfClaim } from '../reports/evidence-words.ts';
import type { Role } from '../store/accounts.ts';
import type { Insight } from '../store/insights.ts';
import type { Study } from '../store/studies.ts';
import type { Cells } from './cells.ts';
import type { Context } from './context.ts';
import type { Evidence as EvidenceGuard, Quote } from './evidence.ts';
import type { ToldPersonas } from './told-personas.ts';

/** What was looked for in one study, as its reader may see it. */
export type Found = {
  study: Study;
  role: Role;
  insights: Insight[];
  questions: {
    survey: string;
    surveyTitle: string;
    code: string;
    text: string;
    /** Completed responses to its survey as of now; null for others than researchers, who are told of them on its results alone. */
    answers: number | null;
  }[];
  personas: { publicId: string; name: string; says: string[] }[];
  /** Quotes that insights and personas rest on, and coded passages. */
  quotes: Quote[];
  /** How many more there are than are shown, of each kind. */
  more: { insights: number; questions: number; personas: number; quotes: number };
};

const SHOWN = 8;
const LETTERS_MOST = 200;
/** Quotes are read and checked one by one, so that no more than so many are looked through in a study. */
const QUOTES_READ_MOST = 5_000;

/**
 * Whether all words that are looked for stand in a text, whatever their case and accents; a word is found at the beginning
 * of a longer one.
 *
 * @example
 * [holdsAll(['schul', 'platz'], 'Der Platz an der Schule'), holdsAll(['rent'], 'a different parent')] // => [true, false]
 */
export function holdsAll(wanted: readonly string[], text: string): boolean {
  const words = foldText(text).split(/[^\p{L}\p{N}\p{M}]+/u);
  return wanted.every((one) => words.some((word) => word.startsWith(one)));
}

/**
 * “Has anyone asked this?” over every study that somebody may enter: insights, questions, personas and quotes together.
 * Viewers find insights that stand and words of people who agreed to be quoted.
 */
export function studySearch(
  { store }: Pick<Context, 'store'>,
  {
    evidence,
    cells,
    toldPersonas,
  }: { evidence: Pick<EvidenceGuard, 'readQuotes'>; cells: Cells; toldPersonas: ToldPersonas },
) {
  async function questionsIn(study: Study, role: Role, holds: (text: string) => boolean): Promise<Found['questions']> {
    const found: Found['questions'] = [];
    const counts = cells.policyOf(study, role) === null ? await store.responses.countBySurvey(study.id) : null;
    for (const survey of await store.surveys.list(study.id)) {
      const definition =
        survey.publishedVersionId === null
          ? survey.draft
          : (await store.surveys.version(survey.publishedVersionId)).definition;
      const [main = 'en'] = definition.languages;
      const say = (wording: Record<string, string>) => wordingIn(wording, main, definition.languages);
      for (const question of questionsOf(definition)) {
        const parts = [
          question.text,
          ...('rows' in question
            ? question.rows.flatMap((row) => ('text' in row ? [row.text] : [row.low, row.high]))
            : []),
          ...('options' in question ? question.options.map(({ text }) => text) : []),
        ];
        if (!parts.some((wording) => Object.values(wording ?? {}).some((text) => holds(text ?? '')))) continue;
        found.push({
          survey: survey.publicId,
          surveyTitle: say(definition.title),
          code: question.code,
          text: say(question.text),
          answers: counts && (counts.get(survey.id)?.completed ?? 0),
        });
      }
    }
    return found;
  }

  async function personasIn(study: Study, role: Role, holds: (text: string) => boolean): Promise<Found['personas']> {
    const found: Found['personas'] = [];
    for (const { publicId, versions } of await store.personas.list(study.id)) {
      const told = await toldPersonas.of(study, versions, role);
      if (!told) continue;
      const { version, portrait } = told;
      const words = readWords(version.words);
      const says = portrait.claims.map((claim) => wordsOfClaim(claim, words)).filter(holds);
      const lede = version.lede || portrait.lede;
      if (says.length > 0 || holds(`${version.name} ${lede}`)) found.push({ publicId, name: version.name, says });
    }
    return found;
  }

  async function quotesIn(
    study: Study,
    role: Role,
    userId: number,
    holds: (text: string) => boolean,
  ): Promise<Quote[]> {
    const isViewer = role === 'viewer';
    const standing = new Set(
      (await store.insights.list(study.id))
        .filter(({ status }) => !isViewer || status === 'standing')
        .map(({ id }) => Number(id)),
    );
    const rested = (await store.insights.evidenceOf(study.id)).filter(({ insightId }) => standing.has(insightId));
    const coded = isViewer ? [] : await store.notes.codings(study.id, { viewer: userId });
    const spans = new Map(
      [...rested, ...coded].map((span) => [
        `${span.sourceId} ${span.sourceVersion} ${span.spanStart} ${span.spanEnd}`,
        {
          sourceId: span.sourceId,
          sourceVersion: span.sourceVersion,
          spanStart: span.spanStart,
          spanEnd: span.spanEnd,
          spanHash: span.spanHash,
        },
      ]),
    );
    const read = await evidence.readQuotes(
      study.id,
      [...spans.values()].slice(0, QUOTES_READ_MOST),
      isViewer ? { audience: 'client' } : {},
    );
    return read.flatMap((quote) => (quote.isVerbatim && holds(quote.marked) ? [quote] : []));
  }

  return {
    /** @returns studies in which something was found; nothing for an empty question */
    look: async (userId: number, asked: string): Promise<Found[]> => {
      const wanted = foldText(asked.slice(0, LETTERS_MOST))
        .split(/[^\p{L}\p{N}\p{M}]+/u)
        .filter((word) => word !== '');
      if (wanted.length === 0) return [];
      const holds = (text: string) => holdsAll(wanted, text);
      const found: Found[] = [];
      for (const study of await store.studies.entered(userId)) {
        const insights = (await store.insights.list(study.id)).filter(
          ({ status, statement, note, decision, ticket }) =>
            (study.role !== 'viewer' || status === 'standing') && holds(`${statement} ${note} ${decision} ${ticket}`),
        );
        const questions = await questionsIn(study, study.role, holds);
        const personas = await personasIn(study, study.role, holds);
        const quotes = await quotesIn(study, study.role, userId, holds);
        if (insights.length + questions.length + personas.length + quotes.length === 0) continue;
        const over = (list: readonly unknown[]) => Math.max(0, list.length - SHOWN);
        found.push({
          study,
          role: study.role,
          insights: insights.slice(0, SHOWN),
          questions: questions.slice(0, SHOWN),
          personas: personas.slice(0, SHOWN),
          quotes: quotes.slice(0, SHOWN),
          more: {
            insights: over(insights),
            questions: over(questions),
            personas: over(personas),
            quotes: over(quotes),
          },
        });
      }
      return found;
    },
  };
}
export type StudySearch = ReturnType<typeof studySearch>;
