import { readScoringTable } from '../exchange/typing/scoring-table.ts';
import { readTypingJson } from '../exchange/typing/typing-json.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { wordingIn } from '../model/survey-check.ts';
import { TypingTool } from '../model/typing-tool.ts';
import { UNSURE_BELOW } from '../segments/typing/build-typing-tool.ts';
import { centredBatteries, typingOffer } from '../segments/typing/typing-candidates.ts';
import type { Run } from '../store/analyses.ts';
import type { Segmentation, SegmentationVersion } from '../store/segmentations.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { KeptTypingTool } from '../store/typing-tools.ts';
import type { TypingArgs } from '../workers/tasks/typing.ts';
import type { Actor, Context } from './context.ts';
import { type Runs, readSeed, withCut } from './runs.ts';
import type { Segmentations, SegmentRunSettings } from './segmentations.ts';

export type TypingForm = {
  chosen: string[];
  isAlone: boolean;
  priors: string;
  /** Null to let the figures say how many. */
  questions: number | null;
  seed: number;
};
export type ImportedTyping = { name: string; fileName: string; text: string; unsureBelow: number };
/** The newest accepted version with what it was made of. */
export type StandingVersion = SegmentationVersion & { run: Run; segments: Segment[]; runSettings: SegmentRunSettings };

type RunSettings = Omit<TypingArgs, 'workspaceId' | 'studyId' | 'surveyId' | 'seed'> & {
  of: NonNullable<TypingTool['of']>;
};
const QUESTIONS_MOST = 15;
const FAULTS_SHOWN = 20;

/** Typing tools: a few questions that tell the segment of somebody new. */
export function typingToolService({ store, now }: Context, runs: Runs, segmentations: Pick<Segmentations, 'surveyOf'>) {
  const at = () => now().toISOString();

  async function standing(segmentation: Segmentation): Promise<StandingVersion> {
    const [version] = await store.segmentations.versions(segmentation.id);
    const run = version ? await store.analyses.findRunById(version.runId) : null;
    const segments = await store.segmentations.current(segmentation.id);
    if (!version || !run || segments.length === 0)
      throw new Problem('conflict', 'There are no accepted segments to tell', {
        detail: 'Open a solution of this segmentation and accept it first',
      });
    return { ...version, run, segments, runSettings: JSON.parse(run.settings) as SegmentRunSettings };
  }

  async function offered(segmentation: Segmentation) {
    const survey = await segmentations.surveyOf(segmentation);
    const version = await standing(segmentation);
    const { definition } = await store.surveys.version(survey.publishedVersionId!);
    const blocks = typingOffer(definition, version.runSettings.settings?.inputs ?? [], (wording) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages),
    );
    return { survey, version, blocks };
  }

  runs.computesSegments('typing', async (run, { study, segmentation, own, onProgress }) => {
    const { of, ...settings } = JSON.parse(run.settings) as RunSettings;
    const { tool, inputHash, ...cut } = await own.ask(
      'typing',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        surveyId: run.surveyId ?? 0,
        seed: run.seed,
        ...settings,
      },
      onProgress,
    );
    await store.analyses.saveTypingTool(
      withCut(run, cut),
      {
        segmentationId: segmentation.id,
        version: of.version,
        runId: run.id,
        name: `${tool.items.length} ${tool.items.length === 1 ? 'question' : 'questions'}, version ${of.version}`,
        tool: JSON.stringify({ ...tool, of } satisfies TypingTool),
        seed: run.seed,
        createdBy: run.createdBy,
      },
      JSON.stringify({ accuracy: tool.measured?.accuracy ?? null, items: tool.items.length }),
      inputHash,
      at(),
    );
  });

  return {
    standing,
    offered,
    /** Builds a tool of the version that stands. */
    build: async (study: Study, segmentation: Segmentation, form: TypingForm, actor: Actor): Promise<Run> => {
      const { survey, version, blocks } = await offered(segmentation);
      const known = new Set(blocks.flatMap(({ inputs }) => inputs.map(({ id }) => id)));
      const chosen = form.chosen.filter((id) => known.has(id)).toSorted();
      const errors = [];
      if (chosen.length === 0)
        errors.push({ pointer: '#/chosen-0', detail: 'Tick at least one question that the tool may ask' });
      if (form.priors !== 'equal' && form.priors !== 'sample')
        errors.push({ pointer: '#/priors', detail: 'Choose what the tool is for' });
      const batteries = centredBatteries(blocks, version.runSettings.settings);
      const isOneByOne = batteries.some(({ inputs }) => inputs.some(({ id }) => chosen.includes(id)));
      if (form.isAlone && batteries.length > 0 && !isOneByOne && chosen.some((id) => id.startsWith('scale:')))
        errors.push({
          pointer: '#/battery',
          detail: `Tick the single items of ${batteries.map(({ name }) => `“${name}”`).join(' or ')}, or leave the choice: as it is, the whole battery would be asked`,
        });
      const { questions } = form;
      if (questions !== null && !(Number.isInteger(questions) && questions >= 1 && questions <= QUESTIONS_MOST))
        errors.push({
          pointer: '#/questions',
          detail: `Enter a number from 1 to ${QUESTIONS_MOST}, or leave it empty`,
        });
      if (errors.length > 0) throw new Problem('invalid', 'The tool cannot be built like this', { errors });
      const { settings } = version.runSettings;
      if (!settings?.inputs)
        throw new Problem('conflict', 'This version was made before segments were tested', {
          detail: 'Make a solution anew, accept it, and build the tool of that',
        });
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: survey.id,
          segmentationId: segmentation.id,
          subject: 'typing',
          seed: readSeed(form.seed),
          settings: {
            settings,
            runId: version.runId,
            segments: version.segments.map(({ lineage, publicId, name }) => ({ id: lineage ?? publicId, name })),
            chosen,
            isAlone: form.isAlone,
            priors: form.priors === 'sample' ? 'sample' : 'equal',
            questions,
            of: { segmentation: segmentation.name, version: version.number, label: version.label },
          } satisfies RunSettings,
          inputCut: { surveyVersionId: survey.publishedVersionId },
        },
        actor,
      );
    },
    /**
     * A tool made elsewhere, for the segments of the version that stands. Whatever its file says of its accuracy was
     * measured elsewhere, so it counts as not known.
     */
    bring: async (segmentation: Segmentation, form: ImportedTyping, actor: Actor): Promise<KeptTypingTool> => {
      const version = await standing(segmentation);
      const name = cleanText(form.name, 'name');
      const refuse = (pointer: string, details: readonly string[]): never => {
        throw new Problem('invalid', 'This tool cannot be used here', {
          errors: details.slice(0, FAULTS_SHOWN).map((detail) => ({ pointer, detail })),
        });
      };
      if (name.text.trim() === '' || name.isTooLong) refuse('#/name', ['Enter a name of at most 200 characters']);
      const { unsureBelow } = form;
      if (!(unsureBelow >= 0 && unsureBelow <= 1))
        refuse('#/unsureBelow', [`Enter a number from 0 to 1, such as ${UNSURE_BELOW}`]);
      const isJson = /\.json$/i.test(form.fileName) || /^\s*\{/.test(form.text);
      const read = isJson ? readTypingJson(form.text) : readScoringTable(form.text, unsureBelow);
      if (read.tool === null) return refuse('#/file', read.faults);
      const standingAs = version.segments.map(({ lineage, publicId, name: own }) => ({
        id: lineage ?? publicId,
        name: own,
      }));
      const byId = new Map(standingAs.map((to) => [wordOf(to.id), to]));
      const byName = Map.groupBy(standingAs, (to) => wordOf(to.name));
      const meant = (word: string) => {
        const own = byId.get(wordOf(word));
        return own ? [own] : (byName.get(wordOf(word)) ?? []);
      };
      const found = read.tool.segments.map((own) => {
        const byItsId = meant(own.id);
        return byItsId.length > 0 ? byItsId : meant(own.name);
      });
      const unclear = found.filter((all) => all.length > 1);
      if (unclear.length > 0)
        refuse(
          '#/file',
          unclear.map(
            (all) =>
              `${all.length} segments are called “${all[0]!.name}”: name the columns by their ids, ${all.map(({ id }) => `“${id}”`).join(', ')}`,
          ),
        );
      const segments = found.map(([to], at) => to ?? read.tool.segments[at]!.name);
      const strange = segments.filter((own) => typeof own === 'string');
      if (strange.length > 0)
        refuse('#/file', [
          `${strange.map((own) => `“${own}”`).join(', ')}: no such segment in this segmentation. Name the columns ${version.segments.map((own) => `“${own.name}”`).join(', ')}`,
        ]);
      const tool = TypingTool.safeParse({
        ...read.tool,
        origin: 'imported',
        segments,
        measured: null,
        of: { segmentation: segmentation.name, version: version.number, label: version.label },
      });
      if (!tool.success)
        return refuse(
          '#/file',
          tool.error.issues.map(({ message }) => message),
        );
      return store.typingTools.add(
        {
          segmentationId: segmentation.id,
          version: version.number,
          runId: null,
          name: name.text.trim(),
          tool: JSON.stringify(tool.data),
          seed: null,
          createdBy: actor?.userId ?? null,
        },
        at(),
      );
    },
    /** Lets a tool be used on people. Refused, with the reasons, below the floor of what may be trusted. */
    publish: async (segmentation: Segmentation, kept: KeptTypingTool, actor: Actor): Promise<void> => {
      const reasons = await againstPublishing(segmentation, kept);
      if (reasons.length > 0)
        throw new Problem('conflict', 'This tool is not good enough to be published', { detail: reasons.join('. ') });
      await store.typingTools.publish(kept.id, actor?.userId ?? null, at());
    },
    againstPublishing,
  };

  async function againstPublishing(segmentation: Segmentation, { tool, version }: KeptTypingTool): Promise<string[]> {
    const { number } = await standing(segmentation);
    const reasons = tool.measured
      ? tool.measured.mayPublish.reasons
      : ['How often it is right is not known here: it was made elsewhere'];
    return number === version
      ? reasons
      : [...reasons, `It tells the segments of version ${version}, and version ${number} stands: build it anew`];
  }
}
export type TypingTools = ReturnType<typeof typingToolService>;

const wordOf = (word: string): string => word.normalize('NFC').trim().toLowerCase();
