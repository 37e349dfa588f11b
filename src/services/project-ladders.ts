import { implicationMatrix, implications } from '../coding/ladder.ts';
import { guidFor, guidOf } from '../exchange/refi-qda/guid.ts';
import type { LossLedger } from '../exchange/refi-qda/loss-ledger.ts';
import type { ProjectGraph } from '../exchange/refi-qda/project.ts';
import type { LadderRung } from '../store/ladder-rungs.ts';

const COLUMN = 240;
const ROW = 200;
/** From what they hold dear, at the top, down to what it is. */
const ROWS = ['value', 'consequence', 'attribute'];

/** The graph of a study's ladders, by which it is known when it comes back. */
export const ladderGraphGuid = (study: { publicId: string }): string => guidFor('ladders', guidOf(study.publicId));

/**
 * What leads to what in ladders as a graph: a vertex for each code, an edge with the number of ladders for each pair that
 * follow one another. Rungs without a code have nothing that they could stand for and are left out; what they link is not
 * taken as linked without them.
 *
 * @param rungs of those whose words go out, from the foot of each ladder upwards
 * @param codes GUID and name by the id of each code that goes out
 * @returns null where no rung has such a code
 */
export function ladderGraph(
  study: { publicId: string },
  rungs: readonly LadderRung[],
  codes: ReadonlyMap<number, { guid: string; name: string }>,
  ledger: LossLedger,
): ProjectGraph | null {
  const codeOf = (rung: LadderRung) => (rung.codeId === null ? undefined : codes.get(Number(rung.codeId)));
  const coded = rungs.filter((rung) => codeOf(rung) !== undefined);
  ledger.kept('Rungs of ladders', coded.length);
  ledger.leftOut('Rungs of ladders', 'it has no code that the graph could show', rungs.length - coded.length);
  const [first] = coded;
  if (!first) return null;
  const keyOf = (rung: LadderRung): string => codeOf(rung)?.guid ?? `rung ${rung.id}`;
  const matrix = implicationMatrix(
    [...Map.groupBy(rungs, ({ subjectId, ladder }) => `${subjectId} ${ladder}`).values()].map((own) => ({
      elements: own.map(keyOf),
    })),
  );
  const shown = new Map([...codes.values()].map((code) => [code.guid, code]));
  const guid = ladderGraphGuid(study);
  const vertexOf = (code: string) => guidFor('vertex', guid, code);
  const columns = new Map<number, number>();
  const vertices = [...new Set(coded.map(keyOf))].map((code) => {
    const kinds = coded.filter((rung) => keyOf(rung) === code).map(({ kind }) => ROWS.indexOf(kind));
    const row = mostFrequent(kinds);
    const column = columns.get(row) ?? 0;
    columns.set(row, column + 1);
    return {
      guid: vertexOf(code),
      name: shown.get(code)?.name ?? '',
      represents: code,
      x: column * COLUMN,
      y: row * ROW,
      shape: null,
    };
  });
  const name = (index: number): string => matrix.elements[index] ?? '';
  const edges = implications(matrix)
    .filter(({ from, to, direct }) => direct > 0 && shown.has(name(from)) && shown.has(name(to)))
    .map(({ from, to, direct }) => ({
      guid: guidFor('edge', guid, name(from), name(to)),
      name: String(direct),
      from: vertexOf(name(from)),
      to: vertexOf(name(to)),
      direction: 'OneWay' as const,
      line: null,
    }));
  return { guid, name: 'Ladders', vertices, edges };
}

const mostFrequent = (values: readonly number[]): number => {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].toSorted((one, other) => other[1].length - one[1].length || one[0] - other[0])[0]?.[0] ?? 0;
};
