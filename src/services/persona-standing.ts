import { methodShows } from '../coding/method.ts';
import { saturation } from '../coding/saturation.ts';
import { usesOf } from '../model/consent.ts';
import { isDamagedChoice, readInterviewChoice } from '../model/interview-choice.ts';
import { type Portrait, readPortrait } from '../personas/portrait.ts';
import { spansOf } from '../personas/spans-of.ts';
import { hiddenFrom } from '../privacy/audience.ts';
import type {
  PersonaAgreement,
  PersonaConsents,
  PersonaGround,
  PersonaInsight,
  PersonaSaturation,
  PersonaStanding,
} from '../reports/persona-standing.ts';
import type { Evidence } from '../store/insights.ts';
import type { Persona, PersonaVersion } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import { Refusal } from '../workers/thread.ts';
import type { AgreementService } from './agreement.ts';
import type { Context } from './context.ts';

/** Surveys by id. */
export type KnownDays = Map<number, { n: number; from: string | null; to: string | null }>;

/** What a reader asks of a persona before they believe it: from whom, when, how sure, and with whose leave. */
export function personaStandingService({ store, now, thread }: Context, agreement: AgreementService) {
  async function groundsOf(
    study: Study,
    persona: Persona,
    portrait: Portrait,
    known: KnownDays,
  ): Promise<PersonaGround[]> {
    const grounds: PersonaGround[] = [];
    const surveys = new Set<number>();
    for (const { id } of await store.personas.segmentsOf(persona.id)) {
      const segment = await store.segments.findById(study.id, id);
      if (segment?.surveyId != null) surveys.add(Number(segment.surveyId));
    }
    for (const survey of await store.surveys.list(study.id)) {
      if (!surveys.has(Number(survey.id))) continue;
      const days = known.get(survey.id) ?? (await store.responses.days(survey.id));
      known.set(survey.id, days);
      const { n, from, to } = days;
      const version = survey.publishedVersionId ? await store.surveys.version(survey.publishedVersionId) : null;
      const { title, languages } = version?.definition ?? { title: {}, languages: [] };
      const name = (title as Record<string, string>)[languages[0] ?? ''] ?? survey.slug;
      grounds.push({
        kind: 'survey',
        name,
        survey: survey.publicId,
        count: portrait.size?.n ?? 0,
        of: n,
        from,
        to,
      });
    }
    if (portrait.interviews !== null && portrait.interviews.inside > 0) {
      const days = (await store.codedPassages.interviews(study.id)).map(({ day }) => day);
      grounds.push({
        kind: 'interviews',
        name: 'Interviews',
        survey: null,
        count: portrait.interviews.inside,
        of: days.length,
        from: days.at(0) ?? null,
        to: days.at(-1) ?? null,
      });
    }
    return grounds;
  }

  async function agreementOn(study: Study, portrait: Portrait): Promise<PersonaAgreement | null> {
    const wanted = new Set(portrait.claims.flatMap(({ source }) => (source?.kind === 'code' ? [source.code] : [])));
    if (!methodShows(study.method).coefficients || wanted.size === 0) return null;
    const found = new Map<string, PersonaAgreement['lowest']>();
    const rounds: PersonaAgreement['rounds'] = [];
    const opened = (await store.codingRounds.list(study.id)).flatMap((round) =>
      round.openedAt !== null && round.codes.some((code) => wanted.has(code))
        ? [{ ...round, openedAt: round.openedAt }]
        : [],
    );
    for (const round of opened.toSorted((a, b) => (a.openedAt > b.openedAt ? -1 : 1))) {
      const results = await agreement.results(round);
      if (!results) continue;
      const { taken, measured } = results;
      let isUsed = false;
      for (const { code: at, alpha } of measured.codes) {
        const code = taken.codes[at];
        if (!code || !wanted.has(code.publicId) || found.has(code.publicId)) continue;
        isUsed = true;
        const { publicId, name } = code;
        found.set(
          publicId,
          alpha && {
            code: publicId,
            name,
            alpha: alpha.alpha,
            low: alpha.low,
            high: alpha.high,
            minimum: round.minimum,
          },
        );
      }
      if (isUsed) rounds.push({ publicId: round.publicId, name: round.name, openedAt: round.openedAt });
    }
    const known = [...found.values()].filter((one) => one !== null);
    return {
      codes: wanted.size,
      measured: known.length,
      reached: known.filter(({ alpha, minimum }) => alpha >= minimum).length,
      lowest: known.toSorted((a, b) => a.alpha - b.alpha).at(0) ?? null,
      rounds,
    };
  }

  async function saturationOf(study: Study, portrait: Portrait): Promise<PersonaSaturation | null> {
    if (!methodShows(study.method).saturation || !portrait.interviews?.inside) return null;
    const blind = await store.codingRounds.blindNow(study.id);
    const bySubject = Map.groupBy(
      (await store.codedPassages.list(study.id)).filter(
        ({ survey, isOwn, sourceId }) => survey === null && isOwn && !blind.has(sourceId),
      ),
      ({ subjectId }) => subjectId,
    );
    const subjects = (await store.codedPassages.interviews(study.id)).flatMap(({ subjectId }) => {
      const own = bySubject.get(subjectId);
      return own ? [{ id: subjectId, codes: new Set(own.map(({ codeId }) => String(codeId))) }] : [];
    });
    if (subjects.length === 0) return null;
    const { steps, reachedAt, newShare, estimated, stillNeeded } = saturation(subjects);
    return {
      interviews: subjects.length,
      codes: steps.at(-1)?.total ?? 0,
      reachedAt,
      newShare,
      estimated,
      stillNeeded,
    };
  }

  async function consentsOf(study: Study, portrait: Portrait): Promise<PersonaConsents> {
    const sources = await store.notes.findSources(study.id, [
      ...new Set(spansOf(portrait).map(({ sourceId }) => sourceId)),
    ]);
    const subjects = [...new Set(sources.map(({ subjectId }) => subjectId))];
    const consents = await store.consents.latestOf(study.id, subjects);
    const persons = new Map([
      ...(await store.codedPassages.respondents(study.id, subjects)),
      ...(await store.codedPassages.interviews(study.id)).map((one) => [one.subjectId, one] as const),
    ]);
    const today = now().toISOString().slice(0, 10);
    const counts = {
      people: new Set<string>(),
      client: new Set<string>(),
      public: new Set<string>(),
      gone: new Set<string>(),
    };
    for (const { subjectId, kind, erasedAt } of sources) {
      const person = persons.get(subjectId)?.person ?? subjectId;
      const uses = usesOf(consents.get(subjectId) ?? null, today);
      if (erasedAt !== null) counts.gone.add(person);
      else {
        counts.people.add(person);
        for (const audience of ['client', 'public'] as const)
          if (hiddenFrom(audience, { kind, found: [], uses }) !== null) counts[audience].add(person);
      }
    }
    return {
      people: counts.people.size,
      client: counts.client.size,
      public: counts.public.size,
      gone: counts.gone.size,
      isOfAnswers: sources.some(({ kind }) => kind === 'answer'),
    };
  }

  /** Of some interviews and responses those of people it stands for; null where that can no longer be told. */
  async function insidersAmong(study: Study, persona: Persona, subjects: string[]): Promise<Set<string> | null> {
    if (isDamagedChoice(persona.interviews)) return null;
    try {
      return new Set(
        await thread.ask('personaInsiders', {
          workspaceId: study.workspaceId,
          studyId: study.id,
          segmentIds: (await store.personas.segmentsOf(persona.id)).map(({ id }) => id),
          combine: persona.combine,
          interviews: readInterviewChoice(persona.interviews),
          subjects,
          now: now().getTime(),
        }),
      );
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  async function insightsOf(study: Study, persona: Persona): Promise<PersonaInsight[]> {
    const claimed = [];
    for (const { insight, insightId, words } of await store.insights.claimsOf(study.id, persona.id))
      claimed.push({
        insight,
        words,
        rows: (await store.insights.evidenceOf(study.id, insightId)).filter(
          ({ stance, erasedAt, supersededAt }) => stance === 'for' && erasedAt === null && supersededAt === null,
        ),
      });
    const subjects = [...new Set(claimed.flatMap(({ rows }) => rows.map(({ subjectId }) => subjectId)))];
    if (subjects.length === 0) return claimed.map(({ insight, words }) => ({ insight, words, people: 0, inside: 0 }));
    const inside = await insidersAmong(study, persona, subjects);
    if (inside === null) return [];
    const count = (rows: readonly Evidence[]) => new Set(rows.map(({ speakerKey }) => speakerKey)).size;
    return claimed.map(({ insight, words, rows }) => ({
      insight,
      words,
      people: count(rows),
      inside: count(rows.filter(({ subjectId }) => inside.has(subjectId))),
    }));
  }

  return {
    /**
     * What a version of a persona stands on: all of it counted now, but for whom the version stands for.
     *
     * @param known how many answered each survey, and when: counted once for all personas that are told of together
     */
    standingOf: async (
      study: Study,
      persona: Persona,
      version: PersonaVersion,
      known: KnownDays = new Map(),
    ): Promise<PersonaStanding> => {
      const portrait = readPortrait(version.portrait);
      const names = new Map((await store.interviewLog.colleagues(study)).map(({ id, name }) => [id, name]));
      return {
        kind: persona.kind,
        grounds: await groundsOf(study, persona, portrait, known),
        agreement: await agreementOn(study, portrait),
        saturation: await saturationOf(study, portrait),
        consents: await consentsOf(study, portrait),
        insights: await insightsOf(study, persona),
        changes: (await store.personas.versionsOf(persona.id)).map(({ number, name, note, createdBy, createdAt }) => ({
          number: Number(number),
          name,
          note,
          by: createdBy === null ? null : (names.get(Number(createdBy)) ?? null),
          at: createdAt,
        })),
      };
    },
  };
}
export type PersonaStandings = ReturnType<typeof personaStandingService>;
