/**
 * What a coding desk knows: the turns as they stand on the page, the codes, who coded what, and what is pinned. Nothing
 * here touches the page but to read the turns from it.
 */

/** @typedef {{ id: string, name: string, path: string, definition: string, hue: number, depth: number, isCodable: boolean }} Code */
/** @typedef {{ id: string, source: string, version: number, start: number, end: number, code: string, by: string | null, isMine: boolean, isImportant: boolean, direction: string | null, layer: string }} Coding */
/** @typedef {{ id: string, kind: string, subject: string, start: number | null, end: number | null, text: string, by: string | null, changedAt: string }} Memo */
/** @typedef {{ id: number, label: string }} StepName */
/** @typedef {{ sequence: number, textMark: string, isWhole: boolean, codes: Code[] | null, codings: Coding[], memos: Memo[], gone: string[], undo: StepName | null, redo: StepName | null, stopped: StepName | null }} Change */
/** @typedef {{ isOn: boolean, keys: Record<string, string[]> }} KeyMap */
/** @typedef {{ pinned: (string | null)[], keys: KeyMap, read: string[], bookmark: { source: string, point: number } | null }} Own */
/** @typedef {{ index: number, source: string, version: number, number: string, speaker: string, startMs: number | null, text: string, length: number, element: HTMLElement, words: HTMLElement, isDrawn: boolean, isNear: boolean }} Turn */

/**
 * @param {HTMLElement} transcript
 * @returns {Turn[]}
 */
export function readTurns(transcript) {
  return [...transcript.querySelectorAll('[data-turn]')].flatMap((element, index) => {
    const words = element.querySelector('[data-source]');
    if (!(element instanceof HTMLElement) || !(words instanceof HTMLElement)) return [];
    const text = words.textContent ?? '';
    const { turn = '', version = '1', number = '', startMs = '' } = element.dataset;
    return [
      {
        index,
        source: turn,
        version: Number(version),
        number,
        speaker: element.querySelector('.turn__speaker')?.textContent ?? '',
        startMs: startMs === '' ? null : Number(startMs),
        text,
        length: [...text].length,
        element,
        words,
        isDrawn: false,
        isNear: false,
      },
    ];
  });
}

/** @param {Turn[]} turns */
export function createState(turns) {
  /** @type {Map<string, Code>} */
  const codes = new Map();
  /** @type {Map<string, Coding>} */
  const codings = new Map();
  /** @type {Map<string, Set<Coding>>} by text */
  const inTurn = new Map();
  /** @type {Map<string, number>} how often each code stands in this interview */
  const uses = new Map();
  /** @type {Map<string, Memo>} */
  const memos = new Map();
  const bySource = new Map(turns.map((turn) => [turn.source, turn]));

  /** @param {string} code @param {number} by */
  const count = (code, by) => uses.set(code, (uses.get(code) ?? 0) + by);

  /** @param {string} id */
  function drop(id) {
    const known = codings.get(id);
    if (!known) return null;
    codings.delete(id);
    inTurn.get(known.source)?.delete(known);
    count(known.code, -1);
    return bySource.get(known.source) ?? null;
  }

  /** @param {Coding} coding */
  function put(coding) {
    const turn = bySource.get(coding.source);
    if (!turn || turn.version !== coding.version) return null;
    drop(coding.id);
    codings.set(coding.id, coding);
    const here = inTurn.get(coding.source) ?? new Set();
    inTurn.set(coding.source, here.add(coding));
    count(coding.code, 1);
    return turn;
  }

  return {
    turns,
    bySource,
    codes,
    codings,
    uses,
    memos,
    put,
    drop,
    sequence: 0,
    textMark: '',
    /** @type {StepName | null} */
    undo: null,
    /** @type {StepName | null} */
    redo: null,
    /** @type {StepName | null} */
    stopped: null,
    /** @type {Own} */
    own: { pinned: [], keys: { isOn: true, keys: {} }, read: [], bookmark: null },
    /** @type {Set<string>} */
    read: new Set(),
    /** @type {string[]} the codes given last, the latest first */
    recent: [],
    /** @type {string | null} the one coding that keys act on */
    current: null,
    /** @type {string | null} the only code shown */
    solo: null,
    isUnderlined: false,

    /** @param {string} source @returns {Coding[]} in the order of their beginnings */
    codingsIn: (source) => [...(inTurn.get(source) ?? [])].sort((a, b) => a.start - b.start || b.end - a.end),
    /** How many turns carry a code. */
    codedTurns: () => [...inTurn.values()].filter((here) => here.size > 0).length,
    /** @param {string} source @returns {Memo[]} those on its words, and on its codings */
    memosIn: (source) =>
      [...memos.values()].filter(
        ({ kind, subject }) =>
          (kind === 'source' && subject === source) || (kind === 'coding' && codings.get(subject)?.source === source),
      ),
    /** All codings in the order of the text. */
    inOrder: () =>
      [...codings.values()].sort(
        (a, b) =>
          (bySource.get(a.source)?.index ?? 0) - (bySource.get(b.source)?.index ?? 0) ||
          a.start - b.start ||
          b.end - a.end ||
          (a.id < b.id ? -1 : 1),
      ),
  };
}
/** @typedef {ReturnType<typeof createState>} State */

/** @param {Coding} one @param {Coding} other */
const isShownAlike = (one, other) =>
  one.start === other.start &&
  one.end === other.end &&
  one.code === other.code &&
  one.isImportant === other.isImportant &&
  one.direction === other.direction;

/**
 * Takes over what the server says has changed.
 *
 * @param {State} state
 * @param {Change} change
 * @param {(id: string) => boolean} isPending whether something is still to be sent of a coding, so that what is shown of
 *   it is newer than what the server says
 * @returns {{ turns: Set<Turn>, hasCodes: boolean }} what has to be drawn again
 */
export function takeOver(state, change, isPending) {
  /** @type {Set<Turn>} */
  const turns = new Set();
  /** @param {Turn | null | undefined} turn */
  const touch = (turn) => {
    if (turn) turns.add(turn);
  };
  /** @param {Memo} memo */
  const turnOf = ({ kind, subject }) =>
    kind === 'source' ? state.bySource.get(subject) : state.bySource.get(state.codings.get(subject)?.source ?? '');

  if (change.codes) {
    state.codes.clear();
    for (const code of change.codes) state.codes.set(code.id, code);
  }
  if (change.isWhole) {
    const standing = new Set(change.codings.map(({ id }) => id));
    for (const id of [...state.codings.keys()]) if (!standing.has(id) && !isPending(id)) touch(state.drop(id));
    for (const memo of state.memos.values()) touch(turnOf(memo));
    state.memos.clear();
  }
  for (const id of change.gone) {
    if (!isPending(id)) touch(state.drop(id));
    const memo = state.memos.get(id);
    if (memo) {
      state.memos.delete(id);
      touch(turnOf(memo));
    }
  }
  for (const coding of change.codings) {
    if (isPending(coding.id)) continue;
    // What comes back of one's own work is drawn already.
    const known = state.codings.get(coding.id);
    const turn = state.put(coding);
    if (!known || !isShownAlike(known, coding)) touch(turn);
  }
  for (const memo of change.memos) {
    state.memos.set(memo.id, memo);
    touch(turnOf(memo));
  }
  if (state.current !== null && !state.codings.has(state.current)) state.current = null;
  state.sequence = change.sequence;
  state.undo = change.undo;
  state.redo = change.redo;
  state.stopped = change.stopped;
  return { turns, hasCodes: change.codes !== null };
}
