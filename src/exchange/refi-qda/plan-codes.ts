import { freeName } from './code-names.ts';
import { type CodeText, splitCodeText } from './labelled.ts';
import type { LossLedger } from './loss-ledger.ts';
import type { Project, ProjectCode } from './project.ts';

export type KnownCode = { guid: string; name: string; isRetired: boolean };
export type PlannedCode = CodeText & {
  guid: string;
  name: string;
  color: string | null;
  isCodable: boolean;
  /** The GUID in the file of the one it stands under. */
  parent: string | null;
  /** Its place among those beside it, from 1. */
  position: number;
  /** The GUID of a code that was retired here and is taken up again under its name. */
  revives: string | null;
};
export type PlannedCodes = {
  fresh: PlannedCode[];
  /** By a code's GUID in the file, its GUID here: its own, or that of the one that takes its place. */
  ids: ReadonlyMap<string, string>;
  /** GUIDs of codes that only repeat cases. */
  cases: ReadonlySet<string>;
};

const NAME_MOST = 200;
const NAMELESS = 'Not named';

/** Which codes of a file are new, and which take their place where they are not: by GUID, then by name. */
export function planCodes(
  { codes, cases }: Pick<Project, 'codes' | 'cases'>,
  known: readonly KnownCode[],
  ledger: LossLedger,
): PlannedCodes {
  const caseGuids = new Set(cases.map(({ guid }) => guid));
  const byGuid = new Map(known.map((code) => [code.guid, code]));
  const byName = new Map(known.map((code) => [code.name, code]));
  const taken = new Set(known.filter(({ isRetired }) => !isRetired).map(({ name }) => name));
  const fresh: PlannedCode[] = [];
  const ids = new Map<string, string>();
  const repeated = new Set<string>();
  const taking = new Set<string>();
  const take = (guid: string, here: string) => {
    ids.set(guid, here);
    taking.add(here);
  };

  function plan(code: ProjectCode, parent: string | null, path: readonly string[], position: number): void {
    const under = (own: string | null) => {
      for (const [index, one] of code.codes.entries()) plan(one, own, [...path, code.name], index + 1);
    };
    if (caseGuids.has(code.guid)) {
      repeated.add(code.guid);
      ledger.leftOut('Codes', 'it only repeats a case');
      return under(parent);
    }
    if (ids.has(code.guid)) {
      ledger.leftOut('Codes', 'its GUID stands twice');
      return under(parent);
    }
    const written = [...code.name].slice(0, NAME_MOST).join('') || NAMELESS;
    const same = byGuid.get(code.guid);
    const alike = byName.get(written);
    if (same && !same.isRetired) {
      take(code.guid, same.guid);
      ledger.known('Codes');
    } else if (alike && !alike.isRetired && !taking.has(alike.guid)) {
      take(code.guid, alike.guid);
      ledger.changed('Codes', 'a code of this name is here: it takes the codings, and stays as it is');
    } else {
      const revived = same ?? alike;
      const revives = revived?.isRetired ? revived.guid : null;
      const name = revives === null ? freeName(written, path, taken) : (revived?.name ?? written);
      taken.add(name);
      take(code.guid, revives ?? code.guid);
      fresh.push({
        guid: code.guid,
        name,
        color: code.color,
        isCodable: code.isCodable,
        ...splitCodeText(code.description),
        parent,
        position,
        revives,
      });
      if (name !== code.name) ledger.changed('Codes', 'its name was taken, missing or too long: it has another');
      else ledger.kept('Codes');
    }
    under(code.guid);
  }
  for (const [index, code] of codes.entries()) plan(code, null, [], index + 1);
  return { fresh, ids, cases: repeated };
}
