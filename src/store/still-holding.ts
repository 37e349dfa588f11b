import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import type { Tables } from './tables.ts';

/** Of a row: each column holds what it did when it was read, null as well. */
export const stillHolding =
  <Table extends keyof Tables>(was: Readonly<Record<string, unknown>>) =>
  (is: ExpressionBuilder<Tables, Table>): ExpressionWrapper<Tables, Table, SqlBool> =>
    is.and(
      Object.entries(was).map(([column, value]) =>
        is(is.ref(column as Parameters<typeof is.ref>[0]), value === null ? 'is' : '=', value as never),
      ),
    );
