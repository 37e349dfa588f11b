import type { ReportDocument } from '../../reports/document.ts';

/** The document itself, for programs: every block with the ids of the sources it rests on, and every quote with its span. */
export const writeReportJson = (document: ReportDocument): string => `${JSON.stringify(document, null, 2)}\n`;
