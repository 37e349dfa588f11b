import type { DerivedVariable } from '../../model/derived-variable.ts';
import { asDerived } from '../../store/derived-variables.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { chosenColumns, type VariablePlace } from './chosen-columns.ts';
import type { VariableColumn } from './derived-columns.ts';

/** A variable that others can be made of, and tables. */
export type NamedVariable = {
  id: string;
  name: string;
  family: VariableColumn['family'];
  kind: 'choice' | 'choices' | 'number';
  /** A number with ends, or a choice: it has a first and a last step. */
  hasEnds: boolean;
};

/** What a survey's tables and derived variables can be made of, without a look at the answers. */
export async function variableNamesTask(
  { store, textKey }: TaskContext,
  place: VariablePlace,
): Promise<NamedVariable[]> {
  const { variables } = await chosenColumns(store, place, { wanted: null, textKey, readsNone: true });
  const found = variables.flatMap(({ column, family }): NamedVariable[] =>
    column.kind === 'text' || family === 'derived'
      ? []
      : [
          {
            id: column.id,
            name: column.name,
            family,
            kind: column.kind,
            hasEnds:
              column.kind === 'choice' ||
              (column.kind === 'number' && column.min !== undefined && column.max !== undefined),
          },
        ],
  );
  const kinds = new Map(found.map(({ id, kind }) => [id, kind]));
  const derived = (await store.derivedVariables.list(place.surveyId)).map(asDerived);
  const byId = new Map(derived.map((variable) => [variable.id, variable]));
  const kindOf = ({ definition }: DerivedVariable): 'choice' | 'choices' => {
    if (definition.kind === 'nets' || definition.kind === 'set') return 'choices';
    if (definition.kind === 'bands' || definition.kind === 'box') return 'choice';
    const source = byId.get(definition.of);
    if (source) return kindOf(source);
    return kinds.get(definition.of) === 'choices' ? 'choices' : 'choice';
  };
  return [
    ...found,
    ...derived.map((variable): NamedVariable => {
      const kind = kindOf(variable);
      return { id: variable.id, name: variable.name, family: 'derived', kind, hasEnds: kind === 'choice' };
    }),
  ];
}
