import type { SurveyDefinition } from '../../model/survey.ts';
import type { Store } from '../../store/store.ts';
import { buildSurveyTable, type SurveyTable } from './survey-table.ts';

/** What the tables of all surveys together may take. */
const BYTES_MAX = 256 * 1024 * 1024;

/** Keeps the tables of the surveys that were asked about last, as many as its bytes allow, and at least the newest. */
export function tableShelf(store: Store, bytesMax: number = BYTES_MAX) {
  /** The one used longest ago comes first. */
  const tables = new Map<number, SurveyTable>();

  return {
    /** The table of a survey, up to date with everything that has been projected. */
    take: async (survey: { id: number; versionId: number; definition: SurveyDefinition }): Promise<SurveyTable> => {
      const kept = tables.get(survey.id);
      tables.delete(survey.id);
      const isUsable = kept !== undefined && kept.versionId === survey.versionId && (await kept.update());
      const table = isUsable ? kept : await buildSurveyTable(store, survey);
      tables.set(survey.id, table);
      let bytes = [...tables.values()].reduce((sum, one) => sum + one.bytes(), 0);
      for (const [id, one] of tables) {
        if (bytes <= bytesMax || id === survey.id) break;
        tables.delete(id);
        bytes -= one.bytes();
      }
      return table;
    },
    /** Which surveys have a table just now, the one used longest ago first. */
    kept: (): number[] => [...tables.keys()],
  };
}
export type TableShelf = ReturnType<typeof tableShelf>;
