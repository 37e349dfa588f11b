import type { FileCode, WrittenCode } from './codebook-table.ts';

export type CodeChange = {
  field: 'under' | 'definition' | 'inclusion' | 'exclusion' | 'color' | 'codable';
  before: string;
  after: string;
};
/** What bringing a codebook in comes to; a code is known by its name. */
export type CodebookPlan = {
  added: FileCode[];
  changed: { code: FileCode; changes: CodeChange[] }[];
  same: number;
  /** What of the file is not taken, beyond what could not be read. */
  notTaken: string[];
};
export type StandingCode = WrittenCode & { isFixed: boolean; isGone: boolean };

/**
 * Compares a file with the codebook that stands. Fields that the file does not have stay as they are, and no code goes because
 * a file does not name it.
 *
 * @param standing codes of the study, those taken out among them
 */
export function planCodebook(standing: readonly StandingCode[], file: readonly FileCode[]): CodebookPlan {
  const byName = new Map(standing.map((code) => [code.name, code]));
  const nameOf = new Map(standing.map(({ id, name }) => [id, name]));
  const inFile = new Map(file.map((code) => [code.name, code]));
  const plan: CodebookPlan = { added: [], changed: [], same: 0, notTaken: [] };
  for (const code of file) {
    const known = byName.get(code.name);
    const under = fittingParent(code, inFile, byName, nameOf, plan.notTaken);
    const taken = { ...code, under };
    if (known?.isFixed) {
      plan.notTaken.push(`“${code.name}” is one of the human values, which stay as they are`);
      continue;
    }
    if (!known || known.isGone) {
      plan.added.push(taken);
      continue;
    }
    const now = {
      under: (known.parentId === null ? null : nameOf.get(known.parentId)) ?? '',
      definition: known.definition,
      inclusion: known.inclusion,
      exclusion: known.exclusion,
      color: known.color ?? '',
      codable: known.isCodable === 1 ? 'yes' : 'no',
    };
    const told = {
      under,
      definition: code.definition,
      inclusion: code.inclusion,
      exclusion: code.exclusion,
      color: code.color,
      codable: code.isCodable === null ? null : code.isCodable ? 'yes' : 'no',
    };
    const changes = (Object.keys(now) as (keyof typeof now)[]).flatMap((field): CodeChange[] => {
      const after = told[field];
      return after === null || after === now[field] ? [] : [{ field, before: now[field], after }];
    });
    if (changes.length === 0) plan.same += 1;
    else plan.changed.push({ code: taken, changes });
  }
  return plan;
}

/** The code that one is to stand under; what is not there, or would stand under itself, leaves it where it is. */
function fittingParent(
  code: FileCode,
  inFile: ReadonlyMap<string, FileCode>,
  byName: ReadonlyMap<string, StandingCode>,
  nameOf: ReadonlyMap<number, string>,
  notTaken: string[],
): string | null {
  if (code.under === null || code.under === '') return code.under;
  const known = byName.get(code.under);
  if (!inFile.has(code.under) && (known === undefined || known.isGone)) {
    notTaken.push(`“${code.name}” names “${code.under}” above itself, which is not there`);
    return null;
  }
  if (known?.isFixed) {
    notTaken.push(`“${code.name}” cannot stand under “${code.under}”, one of the human values`);
    return null;
  }
  const parentOf = (name: string): string | null => nameOf.get(byName.get(name)?.parentId ?? -1) ?? null;
  const seen = new Set([code.name]);
  for (let above: string | null = code.under; above; above = inFile.get(above)?.under ?? parentOf(above)) {
    if (seen.has(above)) {
      notTaken.push(`“${code.name}” would stand under itself`);
      return null;
    }
    seen.add(above);
  }
  return code.under;
}
