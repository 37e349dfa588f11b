import type { Decisions, LanguageFindings } from './find-in-language.ts';
import { themeKeywords } from './keywords.ts';
import { piecesOf } from './pieces.ts';
import { mapPlaces } from './theme-map.ts';
import { warningsAbout } from './theme-warnings.ts';
import type { LanguageModel, PlacedDocument, Theme, ThemeDocument, ThemePiece, ThemesResult } from './themes-result.ts';
import { usefulCounts } from './vocabulary.ts';

const solidFrom = 0.6;
const usableFrom = 0.4;
const wordsInLabel = 3;
const wordsShown = 6;
const themesPerDocument = 3;
const sureFrom = 0.5;
const groupsFromThemes = 21;
const mergesMax = 10;

type Asked = { asked: number | 'auto'; seed: number; engineVersion: string };
type Language = { language: string; documents: readonly ThemeDocument[] };
/** A theme on its way into the result: number `c` of findings `f`, or one that only a researcher's decisions make. */
type Draft = { id: string; f: number; c: number; documents: Set<string> };

/**
 * Puts what was found in each language into one result: ids, sizes in documents, a common map, and the researcher's
 * decisions, which hold whatever was found.
 *
 * @param documents all of them, in the order of their ids
 * @param languages the documents of each language, the commonest first
 * @param findings what was found in the first of the languages and in every other one large enough, in that order
 */
export function assembleThemes(
  documents: readonly ThemeDocument[],
  languages: readonly Language[],
  findings: readonly LanguageFindings[],
  { kept, barred, asked, seed, engineVersion }: Decisions & Asked,
): ThemesResult {
  const drafts = draftThemes(findings, { kept, barred });
  const pieces = placePieces(documents, findings, drafts, { kept, barred });
  const placed = placeDocuments(documents, pieces, kept);
  for (const { id, themes } of placed) for (const { theme } of themes) drafts.get(theme)!.documents.add(id);

  const shown = [...drafts.values()].filter((draft) => draft.documents.size > 0);
  shown.sort((a, b) => b.documents.size - a.documents.size || a.f - b.f || a.c - b.c);
  const idOf = nameThemes(shown, { kept, barred });
  for (const piece of pieces) {
    piece.theme = piece.theme === null ? null : idOf.get(piece.theme)!;
    piece.subTheme = piece.subTheme === null || piece.theme === null ? null : `${piece.theme}${piece.subTheme}`;
  }
  for (const document of placed) {
    document.themes = document.themes.map(({ theme, confidence }) => ({ theme: idOf.get(theme)!, confidence }));
    document.theme = document.themes[0]?.theme ?? null;
  }

  const { groupOf, groups } = groupThemes(shown, findings, idOf);
  const places = placeThemes(shown, findings);
  const themes = shown.map((draft, q) =>
    describe(draft, {
      id: idOf.get(draft.id)!,
      findings,
      languages,
      documents,
      pieces,
      group: groupOf[q]!,
      place: places[q]!,
    }),
  );
  const uncoded = placed.filter(({ theme }) => theme === null).length;
  const reason = whyFewer(asked, themes.length, findings[0]!.reason);
  const found = {
    engineVersion,
    seed,
    n: documents.length,
    themesRequested: asked,
    themesFound: themes.length,
    uncoded,
    ...(reason !== null && { reason }),
    themes,
    documents: placed,
    pieces,
    groups,
    merges: mergesAmong(shown, findings, idOf),
    languages: languages
      .filter((language) => language.documents.length > 0)
      .map(({ language, documents: own }, q) => ({ language, n: own.length, isClustered: q < findings.length })),
    candidates: findings[0]!.candidates,
    model: modelOf(findings, drafts, idOf, engineVersion),
  };
  return { ...found, warnings: warningsAbout(found, findings) };
}

const draftId = (f: number, c: number): string => `\u0000${f}.${c}`;

/** Themes found, under ids of their own for now, and those that exist only because documents are kept in them. */
function draftThemes(findings: readonly LanguageFindings[], { kept }: Decisions): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  const add = (id: string, f: number, c: number) => drafts.set(id, { id, f, c, documents: new Set() });
  findings.forEach(({ themes }, f) => {
    themes.forEach(({ heldId }, c) => {
      if (heldId === null || drafts.has(heldId)) add(draftId(f, c), f, c);
      else add(heldId, f, c);
    });
  });
  for (const ids of kept.values()) for (const id of ids) if (!drafts.has(id)) add(id, -1, 0);
  return drafts;
}

function placePieces(
  documents: readonly ThemeDocument[],
  findings: readonly LanguageFindings[],
  drafts: ReadonlyMap<string, Draft>,
  { kept, barred }: Decisions,
): ThemePiece[] {
  const idOf = new Map([...drafts].map(([id, { f, c }]) => [draftId(f, c), id]));
  const byDocument = new Map<string, ThemePiece[]>();
  findings.forEach(({ corpus, theme, subTheme, confidence }, f) => {
    corpus.stretches.forEach(({ start, end }, p) => {
      const documentId = corpus.documents[corpus.documentOf[p]!]!.id;
      const here = theme[p]! < 0 ? null : (idOf.get(draftId(f, theme[p]!)) ?? null);
      const part = here !== null && subTheme[p]! >= 0 ? `.${subTheme[p]! + 1}` : null;
      const piece = {
        documentId,
        start,
        end,
        theme: here,
        subTheme: part,
        confidence: here === null ? 0 : confidence[p]!,
      };
      const others = byDocument.get(documentId);
      if (others) others.push(piece);
      else byDocument.set(documentId, [piece]);
    });
  });
  return documents.flatMap(({ id, text }) => {
    const pieces =
      byDocument.get(id) ??
      piecesOf(text, []).map((stretch) => ({ documentId: id, ...stretch, theme: null, subTheme: null, confidence: 0 }));
    const own = kept.get(id)?.[0];
    const shut = barred.get(id);
    return pieces.map((piece) => {
      if (own !== undefined) {
        return { ...piece, theme: own, subTheme: piece.theme === own ? piece.subTheme : null, confidence: 1 };
      }
      const isBarred = piece.theme !== null && shut?.includes(piece.theme);
      return isBarred ? { ...piece, theme: null, subTheme: null, confidence: 0 } : piece;
    });
  });
}

/** A document holds the themes its pieces are surely in, three at most, and its surest one in any case. */
function placeDocuments(
  documents: readonly ThemeDocument[],
  pieces: readonly ThemePiece[],
  kept: Decisions['kept'],
): PlacedDocument[] {
  const sureness = new Map<string, Map<string, number>>();
  for (const { documentId, theme, confidence } of pieces) {
    if (theme === null) continue;
    const of = sureness.get(documentId) ?? new Map<string, number>();
    sureness.set(documentId, of.set(theme, Math.max(of.get(theme) ?? 0, confidence)));
  }
  return documents.map(({ id }) => {
    const own = kept.get(id);
    const themes = own
      ? own.map((theme) => ({ theme, confidence: 1 }))
      : [...(sureness.get(id) ?? [])]
          .map(([theme, confidence]) => ({ theme, confidence }))
          .sort((a, b) => b.confidence - a.confidence)
          .filter(({ confidence }, q) => q === 0 || (q < themesPerDocument && confidence >= sureFrom));
    return { id, theme: themes[0]?.theme ?? null, confidence: themes[0]?.confidence ?? 0, themes };
  });
}

/** The ids of the result: the researcher's own where there are any, else t1, t2 and so on, none of them taken. */
function nameThemes(shown: readonly Draft[], { kept, barred }: Decisions): Map<string, string> {
  const taken = new Set([...kept.values(), ...barred.values()].flat());
  const names = new Map<string, string>();
  let next = 0;
  for (const { id } of shown) {
    if (!id.startsWith('\u0000')) {
      names.set(id, id);
      continue;
    }
    do next++;
    while (taken.has(`t${next}`));
    names.set(id, `t${next}`);
  }
  return names;
}

function describe(
  { f, c, documents: own }: Draft,
  rest: {
    id: string;
    findings: readonly LanguageFindings[];
    languages: readonly Language[];
    documents: readonly ThemeDocument[];
    pieces: readonly ThemePiece[];
    group: number | null;
    place: [number, number];
  },
): Theme {
  const { id, findings, languages, documents, pieces, group, place } = rest;
  const theme = findings[f]?.themes[c];
  const forms = theme?.forms ?? [];
  const repeatability = theme?.repeatability ?? 0;
  const sizes = new Map<string, Set<string>>();
  if (theme && theme.subThemes.length > 0) {
    for (const { subTheme, documentId } of pieces) {
      if (subTheme === null || !own.has(documentId)) continue;
      sizes.set(subTheme, (sizes.get(subTheme) ?? new Set()).add(documentId));
    }
  }
  return {
    id,
    label: forms.slice(0, wordsInLabel).join(', ') || id,
    words: forms.slice(0, wordsShown),
    size: own.size,
    share: own.size / documents.length,
    repeatability,
    band: repeatability >= solidFrom ? 'solid' : repeatability >= usableFrom ? 'usable' : 'review',
    quotes: theme?.quotes ?? [],
    language: languages[f]?.language ?? null,
    subThemes: (theme?.subThemes ?? []).map((part, q) => ({
      id: `${id}.${q + 1}`,
      label: part.forms.slice(0, wordsInLabel).join(', '),
      words: part.forms.slice(0, wordsShown),
      size: sizes.get(`${id}.${q + 1}`)?.size ?? 0,
    })),
    group,
    place,
  };
}

/** Groups of themes where there are more than twenty: within a language those of its tree, or all of a smaller one. */
function groupThemes(
  shown: readonly Draft[],
  findings: readonly LanguageFindings[],
  idOf: ReadonlyMap<string, string>,
) {
  const groupOf = shown.map((): number | null => null);
  const groups: ThemesResult['groups'] = [];
  if (shown.length < groupsFromThemes) return { groupOf, groups };
  const numberOf = new Map<string, number>();
  shown.forEach(({ f, c, id }, q) => {
    const key = `${f}.${findings[f]?.relations.groupOf?.[c] ?? 0}`;
    const number = numberOf.get(key) ?? groups.push({ label: '', themes: [] }) - 1;
    numberOf.set(key, number);
    groupOf[q] = number;
    groups[number]!.themes.push(idOf.get(id)!);
  });
  findings.forEach((found, f) => {
    const own = [...numberOf].filter(([key]) => key.startsWith(`${f}.`));
    const labels = groupLabels(
      found,
      own.map(([key]) => Number(key.split('.')[1])),
    );
    own.forEach(([, number], q) => {
      groups[number]!.label = labels[q]!;
    });
  });
  for (const group of groups) group.label ||= group.themes.join(', ');
  return { groupOf, groups };
}

function groupLabels({ corpus, theme, relations }: LanguageFindings, wanted: readonly number[]): string[] {
  const placed = corpus.clusterable.filter((p) => theme[p]! >= 0);
  if (placed.length === 0) return wanted.map(() => '');
  const { counts, kept } = usefulCounts(corpus.counts, placed);
  const labels = placed.map((p) => Math.max(0, wanted.indexOf(relations.groupOf?.[theme[p]!] ?? 0)));
  return themeKeywords(counts, labels, wanted.length).map(({ words }) =>
    words
      .slice(0, wordsInLabel)
      .map((v) => corpus.vocabulary.forms[kept[v]!]!)
      .join(', '),
  );
}

/** Places on one map; themes of different languages share no words and stand as far apart as can be. */
function placeThemes(shown: readonly Draft[], findings: readonly LanguageFindings[]): [number, number][] {
  const size = shown.length;
  const distances = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const [one, other] = [shown[a]!, shown[b]!];
      const among = one.f === other.f ? findings[one.f] : undefined;
      const themes = among?.themes.length ?? 0;
      distances[a * size + b] = a === b ? 0 : (among?.distances?.[one.c * themes + other.c] ?? 1);
    }
  }
  return mapPlaces(distances, size);
}

function mergesAmong(
  shown: readonly Draft[],
  findings: readonly LanguageFindings[],
  idOf: ReadonlyMap<string, string>,
): ThemesResult['merges'] {
  const nameOf = new Map(shown.map(({ id, f, c }) => [draftId(f, c), idOf.get(id)!]));
  const merges = findings.flatMap(({ relations }, f) =>
    relations.merges.flatMap(({ themes: [a, b], cost }) => {
      const [one, other] = [nameOf.get(draftId(f, a)), nameOf.get(draftId(f, b))];
      return one !== undefined && other !== undefined ? [{ themes: [one, other] as [string, string], cost }] : [];
    }),
  );
  return merges.sort((a, b) => a.cost - b.cost).slice(0, mergesMax);
}

function modelOf(
  findings: readonly LanguageFindings[],
  drafts: ReadonlyMap<string, Draft>,
  idOf: ReadonlyMap<string, string>,
  engineVersion: string,
): ThemesResult['model'] {
  const nameOf = new Map([...drafts.values()].map(({ id, f, c }) => [draftId(f, c), idOf.get(id)]));
  const languages = findings.flatMap(({ model, themes }, f): LanguageModel[] =>
    model ? [{ ...model, themes: themes.map((_, c) => nameOf.get(draftId(f, c)) ?? '') }] : [],
  );
  return languages.length > 0 ? { engineVersion, languages } : null;
}

function whyFewer(asked: number | 'auto', found: number, reason: string | null): string | null {
  if (reason !== null) return reason;
  if (asked === 'auto' || found >= asked) return null;
  return `${asked} themes were asked for, but only ${found} could be told apart.`;
}
