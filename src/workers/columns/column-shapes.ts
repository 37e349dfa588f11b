import { surveyItems } from '../../model/items.ts';
import type { SurveyDefinition } from '../../model/survey.ts';

/** How an item's values lie in memory; `none` keeps only what was done with it, since words stand in source texts. */
export type ColumnShape =
  | { item: string; kind: 'code' | 'codes'; options: readonly string[] }
  | { item: string; kind: 'number' | 'listed' | 'none'; options: readonly never[] };

/** One shape per item of a survey, in the order asked. */
export function columnShapes(definition: SurveyDefinition): ColumnShape[] {
  return surveyItems(definition).map(({ address: item, holds, options }): ColumnShape => {
    switch (holds) {
      case 'code':
      case 'codes':
        return { item, kind: holds, options: options.map((option) => option.code) };
      case 'number':
        return { item, kind: 'number', options: [] };
      case 'ranking':
      case 'date':
      case 'time':
        return { item, kind: 'listed', options: [] };
      case 'text':
      case 'file':
        return { item, kind: 'none', options: [] };
    }
  });
}
