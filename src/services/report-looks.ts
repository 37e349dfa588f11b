import { Problem } from '../model/problem.ts';
import type { ReportTemplateFile } from '../render/report-templates.ts';
import type { DatabasePlace } from '../store/database-place.ts';
import type { Tasks } from '../workers/analysis-thread.ts';
import { startThread } from '../workers/thread.ts';
import type { Context } from './context.ts';
import { readBrand, reportFolders } from './report-brand.ts';

/** A sample takes less than a second to lay out. */
const TIME_MS = 10_000;
const MEMORY_MB = 512;

/**
 * How reports look: the operator's templates as they stand, and a sample report in them. What a template does and how long is
 * its author's, so each look has a thread of its own, which ends with it; who looks at the same moment sees the same.
 */
export function reportLooks(
  { folder, templatesFolder, keys }: Pick<Context, 'folder' | 'templatesFolder' | 'keys'>,
  place: DatabasePlace,
) {
  const templates = reportFolders(folder, templatesFolder);

  async function within<Name extends 'reportLooks' | 'previewReport'>(
    task: Name,
    args: Parameters<Tasks[Name]>[1],
  ): Promise<Awaited<ReturnType<Tasks[Name]>>> {
    const own = startThread({ place, textKey: keys.text }, MEMORY_MB);
    let isEnded = false;
    const timer = setTimeout(() => {
      isEnded = true;
      void own.stop();
    }, TIME_MS);
    try {
      return await own.ask(task, args);
    } catch (error) {
      if (!isEnded && (error as { code?: unknown }).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      throw new Problem('invalid', 'The templates do not lay a report out', {
        detail: `That ${isEnded ? `takes longer than ${TIME_MS / 1000} seconds` : `needs more than ${MEMORY_MB} MB of memory`}. Make the files in report-templates shorter, or have them take in less, then load this page again`,
        cause: error,
      });
    } finally {
      clearTimeout(timer);
      await own.stop();
    }
  }

  async function lay(): Promise<string> {
    const { name, accent } = readBrand(folder);
    const laid = await within('previewReport', { templates, brand: { name, accent } });
    if ('html' in laid) return laid.html;
    const { fault } = laid;
    throw new Problem('invalid', `${fault.name} does not lay a report out`, {
      detail: `${fault.line === null ? '' : `Line ${fault.line}: `}${fault.message}. Mend the file in report-templates, then load this page again`,
    });
  }

  return {
    /** @throws Problem `invalid` where they take too long to be read */
    files: together((): Promise<ReportTemplateFile[]> => within('reportLooks', { templates })),
    /** The sample report as a page. @throws Problem `invalid` with the file and the line at fault */
    preview: together(lay),
  };
}
export type ReportLooks = ReturnType<typeof reportLooks>;

/** Whoever asks while it is being worked out is given what comes of that. */
function together<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let going: Promise<Value> | null = null;
  return () => {
    going ??= work().finally(() => {
      going = null;
    });
    return going;
  };
}
