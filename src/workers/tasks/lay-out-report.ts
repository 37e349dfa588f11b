import type { Brand, ReportAssets } from '../../exchange/reports/assets.ts';
import { reportFonts } from '../../render/report-fonts.ts';
import type { ReportDocument, ReportFormat } from '../../reports/document.ts';
import type { TaskContext } from '../analysis-thread.ts';

/** An operator's brand as its files hold it: the logo may be any picture. */
export type RawBrand = Omit<Brand, 'logo'> & { logo: Uint8Array | null };
export type LayOutReportArgs = {
  document: ReportDocument;
  /** A project is not laid out: it is made from the study itself. */
  format: Exclude<ReportFormat, 'qdpx'>;
  brand: RawBrand;
  templates: { shipped: string; own: string };
  /** Where addresses of sources begin; null where nobody has said. */
  base: string | null;
};

/**
 * Lays a document out in a format. Same document, same bytes.
 *
 * @throws {RangeError} with a sentence for people, where an operator's template, logo or master cannot be used
 */
export async function layOutReportTask(
  { onProgress }: TaskContext,
  { document, format, brand, templates, base }: LayOutReportArgs,
): Promise<Uint8Array> {
  onProgress('Laying it out', 0.5);
  const text = (words: string) => new TextEncoder().encode(words);
  switch (format) {
    case 'json': {
      const { writeReportJson } = await import('../../exchange/reports/json.ts');
      return text(writeReportJson(document));
    }
    case 'csv': {
      const { writeReportCsv } = await import('../../exchange/reports/csv.ts');
      return text(writeReportCsv(document));
    }
    case 'md': {
      const { writeMarkdown } = await import('../../exchange/reports/markdown.ts');
      return text(writeMarkdown(document));
    }
    case 'html': {
      const { reportPage } = await import('../../exchange/reports/html.ts');
      const { reportTemplates, TemplateError } = await import('../../render/report-templates.ts');
      const page = reportPage(document, await assetsOf(brand, base));
      try {
        return text(reportTemplates(templates).lay(page, brand.accent));
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        throw new RangeError(
          `The report template ${error.message}. Mend it, or take it out of report-templates to use the one that is shipped`,
          { cause: error },
        );
      }
    }
    case 'pdf': {
      const { writePdf } = await import('../../exchange/reports/pdf.ts');
      return writePdf(document, await assetsOf(brand, base));
    }
    case 'docx': {
      const { writeDocx } = await import('../../exchange/reports/docx.ts');
      return writeDocx(document, await assetsOf(brand, base));
    }
    case 'pptx': {
      const { writePptx } = await import('../../exchange/reports/pptx.ts');
      return writePptx(document, await assetsOf(brand, base));
    }
    case 'png': {
      const { writePng } = await import('../../exchange/reports/png.ts');
      return writePng(document, await assetsOf(brand, base));
    }
  }
}

async function assetsOf({ logo, ...brand }: RawBrand, base: string | null): Promise<ReportAssets> {
  const fonts = reportFonts();
  const picture = logo === null ? null : await (await import('../../exchange/reports/logo.ts')).readLogo(logo, fonts);
  return { fonts, brand: { ...brand, logo: picture }, links: { base } };
}
