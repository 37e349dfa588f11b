import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { TableFilter } from '../../services/banner-tables.ts';
import type { KeptTable } from '../../store/banner-tables.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { type ReadFilter, readFilter } from './response-filters.ts';

/** The filter that a query asks for; state aside, since only responses that count are in a table. */
export function tableFilter(
  house: House,
  study: EnteredStudy,
  survey: SurveyRow,
  query: Iterable<[string, string]>,
): Promise<ReadFilter> {
  const asked = Object.fromEntries([...query].filter(([name]) => name !== 'state'));
  return readFilter(house, study, survey, { query: asked } as unknown as Request);
}

/** The filter that stands in a table's settings, as it reads today. @throws Problem `conflict` when it cannot be read */
export async function filterOfTable(
  house: House,
  study: EnteredStudy,
  survey: SurveyRow,
  table: KeptTable,
): Promise<ReadFilter> {
  const { filter } = house.verbatim.bannerTables.settingsOf(table);
  const read = await tableFilter(house, study, survey, new URLSearchParams(filter));
  if (read.faults.length > 0)
    throw new Problem('conflict', 'The filter of this table cannot be read any more', {
      detail: `${read.faults.join('. ')}. Change the table`,
    });
  return read;
}

/** @throws Problem `invalid` where a part of it cannot be read */
export function refuseFaults({ faults }: ReadFilter, pointer: string): void {
  if (faults.length > 0)
    throw new Problem('invalid', 'The filter cannot be read', {
      errors: faults.map((fault) => ({ pointer, detail: fault })),
    });
}

export const asTableFilter = ({ query, active, filter }: ReadFilter): TableFilter =>
  query === '' ? null : { asks: { ...filter, state: 'counted' }, name: active.map(({ text }) => text).join('; ') };
