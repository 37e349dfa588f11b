import { reportPage } from '../../exchange/reports/html.ts';
import {
  type ReportTemplateFile,
  reportTemplates,
  TemplateError,
  type TemplateFault,
} from '../../render/report-templates.ts';
import { sampleDocument } from '../../reports/sample-document.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type ReportLooksArgs = { templates: { shipped: string; own: string } };
export type PreviewReportArgs = ReportLooksArgs & { brand: { name: string | null; accent: string | null } };

/** The files that reports are laid out by, each with what is wrong with it. */
export const reportLooksTask = async (_: TaskContext, { templates }: ReportLooksArgs): Promise<ReportTemplateFile[]> =>
  reportTemplates(templates).files;

/** The sample report in the templates as they stand now, or what is wrong with them. */
export async function previewReportTask(
  _: TaskContext,
  { templates, brand }: PreviewReportArgs,
): Promise<{ html: string } | { fault: TemplateFault }> {
  const page = reportPage(sampleDocument, {
    brand: { ...brand, logo: null, master: null },
    links: { base: null },
  });
  try {
    return { html: reportTemplates(templates).lay(page, brand.accent) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { fault: error.fault };
  }
}
