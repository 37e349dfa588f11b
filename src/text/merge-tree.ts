import { lnGamma } from './ln-gamma.ts';
import { documentLengths, type WordCounts } from './word-counts.ts';

/**
 * The order in which small themes are best joined: `gone` goes into `kept`, after which `left` themes are left. `pairs`
 * holds what joining any two of them first would gain, themes × themes.
 */
export type MergeTree = { merges: { kept: number; gone: number; gain: number; left: number }[]; pairs: Float64Array };

const alpha = 0.1;
const beta = 0.1;

/**
 * Joins themes two at a time, always the two whose union loses least evidence (or gains most), until one is left.
 * Evidence is that of a Dirichlet multinomial mixture with every document in one theme (integrated complete
 * likelihood); only words the two share, their totals and their sizes change it.
 *
 * @param labels the theme of each document
 * @param themes how many there are at most; empty ones do not take part
 * @param countScale words of long documents are not independent: every word count is multiplied by this, 0 to 1
 * @see Biernacki, Celeux and Govaert (2000), IEEE PAMI 22(7), 719–725
 */
export function mergeTree(counts: WordCounts, labels: Int32Array, themes: number, countScale = 1): MergeTree {
  const { wordsIn, tokensIn, documentsIn } = tally(counts, labels, themes);
  const lnGammaUses = lnGammaTable(wordsIn, themes, countScale);
  const alive: number[] = [];
  for (let c = 0; c < themes; c++) if (documentsIn[c]! > 0) alive.push(c);

  const wordsOf: Int32Array[] = [];
  for (let c = 0; c < themes; c++) wordsOf.push(wordsUsed(wordsIn, counts.words, themes, c));
  const gains = new Float64Array(themes * themes);
  for (const c of alive) updateGains(c);
  const pairs = Float64Array.from(gains);
  const partner = new Int32Array(themes);
  for (const c of alive) findPartner(c);

  const merges: MergeTree['merges'] = [];
  while (alive.length > 1) {
    let kept = alive[0]!;
    for (const c of alive) if (gains[c * themes + partner[c]!]! > gains[kept * themes + partner[kept]!]!) kept = c;
    const gone = partner[kept]!;
    merges.push({ kept, gone, gain: gains[kept * themes + gone]!, left: alive.length - 1 });
    join(kept, gone);
  }
  return { merges, pairs };

  function join(kept: number, gone: number) {
    for (const v of wordsOf[gone]!) {
      wordsIn[v * themes + kept]! += wordsIn[v * themes + gone]!;
      wordsIn[v * themes + gone] = 0;
    }
    wordsOf[kept] = wordsUsed(wordsIn, counts.words, themes, kept);
    tokensIn[kept]! += tokensIn[gone]!;
    documentsIn[kept]! += documentsIn[gone]!;
    alive.splice(alive.indexOf(gone), 1);
    updateGains(kept);
    findPartner(kept);
    for (const c of alive) {
      if (c === kept) continue;
      if (partner[c] === gone || partner[c] === kept) findPartner(c);
      else if (gains[c * themes + kept]! > gains[c * themes + partner[c]!]!) partner[c] = kept;
    }
  }

  /** What joining `a` with every other theme would gain. */
  function updateGains(a: number) {
    const row = new Float64Array(themes);
    for (const v of wordsOf[a]!) {
      const from = v * themes;
      const mine = wordsIn[from + a]!;
      const constant = lnGammaUses[0]! - lnGammaUses[mine]!;
      for (let c = 0; c < themes; c++) {
        const theirs = wordsIn[from + c]!;
        if (theirs > 0) row[c]! += lnGammaUses[mine + theirs]! - lnGammaUses[theirs]! + constant;
      }
    }
    const total = (tokens: number) => lnGamma(countScale * tokens + counts.words * beta);
    const size = (documents: number) => lnGamma(documents + alpha);
    for (const c of alive) {
      if (c === a) continue;
      const ofTokens = total(tokensIn[a]!) + total(tokensIn[c]!) - total(tokensIn[a]! + tokensIn[c]!) - total(0);
      const ofSizes = size(documentsIn[a]! + documentsIn[c]!) + size(0) - size(documentsIn[a]!) - size(documentsIn[c]!);
      const gain = row[c]! + ofTokens + ofSizes;
      gains[a * themes + c] = gain;
      gains[c * themes + a] = gain;
    }
  }

  function findPartner(a: number) {
    let best = -1;
    for (const c of alive) if (c !== a && (best < 0 || gains[a * themes + c]! > gains[a * themes + best]!)) best = c;
    partner[a] = Math.max(0, best);
  }
}

function tally(counts: WordCounts, labels: Int32Array, themes: number) {
  const wordsIn = new Int32Array(counts.words * themes);
  const tokensIn = new Float64Array(themes);
  const documentsIn = new Int32Array(themes);
  const lengths = documentLengths(counts);
  for (let i = 0; i < counts.documents; i++) {
    const c = labels[i]!;
    documentsIn[c]!++;
    tokensIn[c]! += lengths[i]!;
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
      wordsIn[counts.word[j]! * themes + c]! += counts.count[j]!;
    }
  }
  return { wordsIn, tokensIn, documentsIn };
}

function wordsUsed(wordsIn: Int32Array, words: number, themes: number, theme: number): Int32Array {
  const used = new Int32Array(words);
  let size = 0;
  for (let v = 0; v < words; v++) if (wordsIn[v * themes + theme]! > 0) used[size++] = v;
  return used.slice(0, size);
}

function lnGammaTable(wordsIn: Int32Array, themes: number, countScale: number): Float64Array {
  let usesMax = 0;
  for (let from = 0; from < wordsIn.length; from += themes) {
    let uses = 0;
    for (let c = 0; c < themes; c++) uses += wordsIn[from + c]!;
    if (uses > usesMax) usesMax = uses;
  }
  return Float64Array.from({ length: usesMax + 1 }, (_, uses) => lnGamma(countScale * uses + beta));
}

/**
 * Cuts a tree so that at most this many themes are left.
 *
 * @param labels the labels the tree was made from
 * @returns new labels, 0 upwards without gaps, in the order in which documents first show them
 */
export function cutTree(tree: MergeTree, labels: Int32Array, themes: number): Int32Array {
  const into = new Map<number, number>();
  for (const merge of tree.merges) {
    if (merge.left < themes) break;
    into.set(merge.gone, merge.kept);
  }
  const numberOf = new Map<number, number>();
  return Int32Array.from(labels, (label) => {
    let theme = label;
    for (let next = into.get(theme); next !== undefined; next = into.get(theme)) theme = next;
    const known = numberOf.get(theme);
    if (known !== undefined) return known;
    numberOf.set(theme, numberOf.size);
    return numberOf.size - 1;
  });
}

/** The number of themes with the most evidence along the tree; 1 for a tree without merges. */
export function bestCut(tree: MergeTree): number {
  let themes = tree.merges.length + 1;
  let evidence = 0;
  let most = 0;
  for (const merge of tree.merges) {
    evidence += merge.gain;
    if (evidence <= most) continue;
    most = evidence;
    themes = merge.left;
  }
  return themes;
}
