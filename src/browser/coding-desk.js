/**
 * Everything that can be done on a coding desk, by name. Keys, the menu and the buttons at hand all come here, and each
 * action says what it did.
 */
import { createBoxes } from './coding-boxes.js';
import { shorten } from './coding-draw.js';
import { createEdges } from './coding-edges.js';
import { codingsAt, nextCoding } from './coding-find.js';
import { playFrom, playOrPause, stampOf } from './coding-play.js';
import { newId } from './coding-queue.js';
import { slicePoints } from './coding-text.js';
import { cuesOf, msAt } from './cue-places.js';

/** @typedef {import('./coding-state.js').State} State */
/** @typedef {import('./coding-state.js').Coding} Coding */
/** @typedef {import('./coding-state.js').Turn} Turn */
/** @typedef {import('./coding-state.js').Code} Code */
/** @typedef {import('./coding-caret.js').Caret} Caret */
/** @typedef {import('./coding-caret.js').Part} Part */
/** @typedef {import('./coding-draw.js').Drawing} Drawing */
/** @typedef {import('./coding-queue.js').Queue} Queue */

const NAME_MAX = 200;
const RECENT_MAX = 9;
/** So long R waits for its number. */
const RECENT_MS = 4000;

/**
 * @param {{ state: State, caret: Caret, drawing: Drawing, queue: Queue, transcript: HTMLElement, at: string, interview: string, announce: (words: string) => void, refresh: () => void, showKeys: () => void }} options
 *   `refresh` shows anew what stands in the bar and the list of codes
 */
export function createDesk({ state, caret, drawing, queue, transcript, at, interview, announce, refresh, showKeys }) {
  const boxes = createBoxes({
    back: () => {
      drawing.choose([]);
      transcript.focus({ preventScroll: true });
    },
    announce,
  });
  /** A code that was chosen before any words were. @type {{ code: Code | null, name: string } | null} */
  let held = null;
  let isRecentAwaited = 0;

  /** @param {Coding} coding */
  const turnOf = (coding) => state.bySource.get(coding.source);
  /** @param {Coding} coding */
  const wordsOf = (coding) => shorten(slicePoints(turnOf(coding)?.text ?? '', coding.start, coding.end));
  /** @param {Coding} coding */
  const show = (coding) => drawing.touch(state.put(coding));

  const edges = createEdges({
    state,
    announce,
    draw: (coding) => {
      show(coding);
      refresh();
    },
    save: (coding, was) => {
      queue.add({
        kind: 'move',
        path: `${interview}/codings/${coding.id}/move`,
        fields: [
          ['start', String(coding.start)],
          ['end', String(coding.end)],
          ['wasStart', String(was.start)],
          ['wasEnd', String(was.end)],
        ],
        about: `the boundary of ${drawing.nameOf(coding)}`,
      });
      announce(`${drawing.nameOf(coding)} is now on “${wordsOf(coding)}”`);
    },
  });

  /** @param {string | null} id */
  function setCurrent(id) {
    if (state.current === id) return;
    const before = state.current === null ? null : state.codings.get(state.current);
    if (edges.isHeld()) edges.letGo();
    state.current = id;
    const now = id === null ? null : state.codings.get(id);
    const turns = new Set([before, now].map((coding) => (coding ? turnOf(coding) : null)));
    for (const turn of turns) drawing.touch(turn);
    refresh();
  }

  /** The coding that keys act on: the one at hand, else the shortest under the caret. @returns {Coding | null} */
  function atHand() {
    const current = state.current === null ? undefined : state.codings.get(state.current);
    return current ?? codingsAt(state, caret.place)[0] ?? null;
  }

  /** @param {(coding: Coding) => void} act */
  function withCoding(act) {
    const coding = atHand();
    if (coding) act(coding);
    else announce('There is no code here: go to one with the keys for next and previous');
  }

  /**
   * Gives words a code, at once on the page and as soon as may be on the server.
   *
   * @param {Part[]} parts
   * @param {{ code: Code | null, name: string }} chosen
   */
  function apply(parts, { code, name }) {
    const [first] = parts;
    if (!first) return;
    // A code that is made with its first passage goes by its name until the server has answered.
    const known = code ?? [...state.codes.values()].find((one) => one.name === name) ?? null;
    const key = known?.id ?? `new:${name}`;
    /** @type {[string, string][]} */
    const fields = [
      ['code', known?.id ?? ''],
      ['name', name],
    ];
    for (const { turn, start, end } of parts) {
      const id = newId();
      fields.push(
        ['id', id],
        ['source', turn.source],
        ['version', String(turn.version)],
        ['start', String(start)],
        ['end', String(end)],
        ['words', ''],
      );
      show({
        id,
        source: turn.source,
        version: turn.version,
        start,
        end,
        code: key,
        by: null,
        isMine: true,
        isImportant: false,
        direction: null,
        layer: 'human',
      });
    }
    state.recent = [key, ...state.recent.filter((one) => one !== key)].slice(0, RECENT_MAX);
    held = null;
    queue.add({
      kind: 'code',
      path: `${interview}/codings`,
      fields,
      about: `${name} on “${shorten(slicePoints(first.turn.text, first.start, first.end))}”`,
    });
    announce(`${name} on “${shorten(slicePoints(first.turn.text, first.start, first.end))}”`);
    refresh();
  }

  /** Applies a code to what is selected, or keeps it for what is selected next. @param {{ code: Code | null, name: string }} chosen */
  function use(chosen) {
    const parts = caret.parts();
    if (parts.length > 0) return apply(parts, chosen);
    held = chosen;
    announce(
      `${chosen.name} is ready: now select words, with W, S or P, or with Shift and the arrow keys and then Enter`,
    );
    refresh();
  }

  /** @param {string | null | undefined} id @param {string} none what to say without one */
  function useKnown(id, none) {
    if (!id) return announce(none);
    const code = state.codes.get(id) ?? null;
    if (!code && !id.startsWith('new:')) return announce(none);
    use({ code, name: code?.name ?? id.slice('new:'.length) });
  }

  /** @param {'word' | 'sentence' | 'turn'} what */
  function select(what) {
    caret.selectAround(what);
    const parts = caret.parts();
    if (held) return apply(parts, held);
    const [part] = parts;
    if (part) announce(`Selected: ${shorten(slicePoints(part.turn.text, part.start, part.end))}`);
  }

  /** @param {1 | -1} way @param {boolean} isSameCode */
  function go(way, isSameCode) {
    edges.letGo();
    const found = nextCoding(state, caret.place, way, isSameCode);
    if (!found) return announce('Nothing is coded yet');
    goTo(found.coding, `, ${found.at} of ${found.of}`);
  }

  /** @param {Coding} coding @param {string} [place] */
  function goTo(coding, place = '') {
    const turn = turnOf(coding);
    if (!turn) return;
    caret.moveTo({ turn, point: coding.start });
    setCurrent(coding.id);
    announce(
      `${drawing.nameOf(coding)} on “${wordsOf(coding)}”, turn ${turn.number}${coding.by === null || coding.isMine ? '' : `, by ${coding.by}`}${place}`,
    );
  }

  /** @param {Coding} coding */
  function remove(coding) {
    const name = drawing.nameOf(coding);
    const words = wordsOf(coding);
    if (state.current === coding.id) setCurrent(null);
    drawing.touch(state.drop(coding.id));
    queue.add({
      kind: 'remove',
      path: `${interview}/codings/${coding.id}/remove`,
      fields: [],
      about: `${name} taken away`,
    });
    announce(`${name} taken away from “${words}”`);
    refresh();
  }

  /** @param {'undo' | 'redo'} way */
  function turnBack(way) {
    edges.letGo();
    if (queue.isEmpty() && state[way] === null)
      return announce(
        way === 'redo'
          ? 'There is nothing to do again'
          : state.stopped === null
            ? 'There is nothing to undo'
            : `The last thing you did, ${state.stopped.label}, cannot be undone here`,
      );
    queue.add({ kind: way, path: `${at}/${way}`, fields: [], about: way });
  }

  /** @param {Turn} turn @param {[string, string][]} subject @param {string} label @param {string} [value] */
  function writeMemo(turn, subject, label, value = '') {
    drawing.choose(caret.parts());
    boxes.write(turn, {
      label,
      value,
      isLong: true,
      save: 'Save the memo',
      onSaved: (text) => {
        queue.add({
          kind: 'memo',
          path: `${at}/memos`,
          fields: [['id', newId()], ['memo', text], ...subject],
          about: `the memo “${shorten(text)}”`,
        });
        announce('Memo saved');
      },
    });
  }
  /** @param {Turn} turn @param {{ start: number, end: number } | null} span @returns {[string, string][]} */
  const onWords = (turn, span) => [
    ['kind', 'source'],
    ['source', turn.source],
    ['version', String(turn.version)],
    ['start', span ? String(span.start) : ''],
    ['end', span ? String(span.end) : ''],
    ['words', ''],
  ];
  /** @param {Turn} turn */
  const turnName = (turn) => `turn ${turn.number}${turn.speaker === '' ? '' : `, ${turn.speaker}`}`;

  /** @param {boolean} isOnWords never on a code @param {string} [value] */
  function memo(isOnWords, value = '') {
    const [part] = caret.parts();
    if (part)
      return writeMemo(
        part.turn,
        onWords(part.turn, part),
        `Memo on “${shorten(slicePoints(part.turn.text, part.start, part.end))}”`,
        value,
      );
    const coding = isOnWords ? null : atHand();
    const turn = coding ? turnOf(coding) : caret.place?.turn;
    if (coding && turn)
      return writeMemo(
        turn,
        [
          ['kind', 'coding'],
          ['subject', coding.id],
        ],
        `Memo on ${drawing.nameOf(coding)}, “${wordsOf(coding)}”`,
        value,
      );
    if (turn) writeMemo(turn, onWords(turn, null), `Memo on ${turnName(turn)}`, value);
  }

  /** @param {1 | -1} way */
  function nudge(way) {
    withCoding((coding) => {
      setCurrent(coding.id);
      if (!edges.isHeld()) edges.hold(coding, 'end');
      edges.move(way, 'word');
    });
  }

  /** @type {Record<string, () => void>} */
  const actions = {
    pick: () => {
      const [part] = caret.parts();
      const turn = part?.turn ?? caret.place?.turn;
      if (!turn) return;
      drawing.choose(caret.parts());
      boxes.pick(turn, {
        about: part ? `“${shorten(slicePoints(part.turn.text, part.start, part.end))}”` : 'the words selected next',
        codes: [...state.codes.values()].filter(({ isCodable }) => isCodable),
        pinned: state.own.pinned,
        onChosen: (code, name) => use({ code, name }),
      });
    },
    repeat: () => useKnown(state.recent[0], 'No code was given yet'),
    recent: () => {
      if (state.recent.length === 0) return announce('No code was given yet');
      isRecentAwaited = Date.now() + RECENT_MS;
      announce(
        `Recent codes: ${state.recent.map((id, index) => `${index + 1} ${state.codes.get(id)?.name ?? id.replace(/^new:/, '')}`).join(', ')}`,
      );
      refresh();
    },
    'new-code': () => {
      const turn = caret.parts()[0]?.turn ?? caret.place?.turn;
      if (!turn) return;
      drawing.choose(caret.parts());
      boxes.write(turn, {
        label: 'Name of the new code',
        value: '',
        isLong: false,
        save: 'Give the code',
        onSaved: (name) => use({ code: null, name: [...name].slice(0, NAME_MAX).join('') }),
      });
    },
    'in-vivo': () => {
      const parts = caret.parts();
      const [part] = parts;
      if (!part) return announce('Select words first: they become the name of the code');
      const name = slicePoints(part.turn.text, part.start, part.end).replace(/\s+/g, ' ');
      apply(parts, { code: null, name: [...name].slice(0, NAME_MAX).join('') });
    },
    uncode: () => withCoding(remove),
    important: () =>
      withCoding((coding) => {
        const isImportant = !coding.isImportant;
        show({ ...coding, isImportant });
        queue.add({
          kind: 'mark',
          path: `${interview}/codings/${coding.id}/mark`,
          fields: [['important', isImportant ? '1' : '0']],
          about: `a mark on ${drawing.nameOf(coding)}`,
        });
        announce(
          `${state.codes.get(coding.code)?.name ?? 'The code'} is ${isImportant ? 'important' : 'no longer important'} here`,
        );
        refresh();
      }),
    word: () => select('word'),
    sentence: () => select('sentence'),
    turn: () => select('turn'),
    'edge-start': () =>
      withCoding((coding) => {
        setCurrent(coding.id);
        edges.hold(coding, 'start');
        refresh();
      }),
    'edge-end': () =>
      withCoding((coding) => {
        setCurrent(coding.id);
        edges.hold(coding, 'end');
        refresh();
      }),
    earlier: () => nudge(-1),
    later: () => nudge(1),
    next: () => go(1, false),
    previous: () => go(-1, false),
    'next-same': () => go(1, true),
    'previous-same': () => go(-1, true),
    overlap: () => {
      const current = state.current === null ? undefined : state.codings.get(state.current);
      const here = current
        ? state.codingsIn(current.source).filter(({ start, end }) => start < current.end && end > current.start)
        : codingsAt(state, caret.place);
      if (here.length === 0) return announce('There is no code here');
      const next = here[((current ? here.indexOf(current) : -1) + 1) % here.length];
      if (next) goTo(next, `, one of ${here.length} here`);
    },
    bookmark: () => {
      const place = caret.place;
      if (!place) return;
      state.own.bookmark = { source: place.turn.source, point: place.point };
      queue.add({
        kind: 'bookmark',
        path: `${at}/bookmark`,
        fields: [
          ['source', place.turn.source],
          ['point', String(place.point)],
        ],
        about: 'the bookmark',
      });
      announce(`Bookmark in ${turnName(place.turn)}`);
    },
    return: () => {
      const turn = state.bySource.get(state.own.bookmark?.source ?? '');
      if (!turn) return announce('There is no bookmark in this interview yet');
      caret.moveTo({ turn, point: Math.min(state.own.bookmark?.point ?? 0, turn.length) });
      announce(`Back at the bookmark in ${turnName(turn)}`);
    },
    memo: () => memo(false),
    annotate: () => memo(true),
    stamp: () => memo(true, stampOf(caret.place?.turn.startMs ?? null)),
    undo: () => turnBack('undo'),
    redo: () => turnBack('redo'),
    play: () => announce(playOrPause({ backSeconds: 1 })),
    'play-here': () => {
      const { place } = caret;
      announce(playFrom(place ? msAt(cuesOf(place.turn.element), place.point) : null));
    },
    'play-on': () => announce(playOrPause({ backSeconds: 0 })),
    solo: () => {
      if (state.solo !== null) {
        state.solo = null;
        announce('All codes are shown');
      } else {
        const coding = atHand();
        if (!coding) return announce('Go to a code first: it is then shown alone');
        state.solo = coding.code;
        announce(`Only ${state.codes.get(coding.code)?.name ?? 'this code'} is shown`);
      }
      drawing.all();
      refresh();
    },
    underline: () => {
      state.isUnderlined = !state.isUnderlined;
      announce(state.isUnderlined ? 'Coded words are underlined' : 'Coded words are not underlined');
      drawing.all();
    },
    keys: showKeys,
  };

  return {
    /** @param {string} action */
    act(action) {
      const isBoundary = ['edge-start', 'edge-end', 'earlier', 'later'].includes(action);
      if (!isBoundary) edges.letGo();
      actions[action]?.();
    },
    /** @param {number} digit of a pinned code, or after R of a recent one */
    digit(digit) {
      edges.letGo();
      const isRecent = Date.now() < isRecentAwaited;
      isRecentAwaited = 0;
      if (isRecent) useKnown(state.recent[digit - 1], `There is no ${digit} among the recent codes`);
      else useKnown(state.own.pinned[digit - 1], `No code is under ${digit}: choose some under “Number keys”`);
    },
    /** @param {KeyboardEvent} event @returns {boolean} whether the key was one that moves something */
    move(event) {
      const byWord = event.ctrlKey || event.metaKey;
      if (edges.isHeld() && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
        edges.move(event.key === 'ArrowRight' ? 1 : -1, byWord ? 'word' : 'grapheme');
        return true;
      }
      return caret.press(event.key, { isExtending: event.shiftKey, byWord });
    },
    /** Enter: gives the code that waits to what is selected. @returns {boolean} */
    confirm() {
      if (edges.isHeld()) {
        edges.letGo();
        refresh();
        return true;
      }
      const parts = caret.parts();
      if (!held || parts.length === 0) return false;
      apply(parts, held);
      return true;
    },
    /** Escape: lets go of one thing after the other. */
    leave() {
      isRecentAwaited = 0;
      if (boxes.isOpen()) boxes.close();
      else if (edges.isHeld()) edges.letGo();
      else if (held) {
        announce(`${held.name} is put away`);
        held = null;
      } else if (caret.parts().length > 0) caret.collapse();
      else setCurrent(null);
      refresh();
    },
    /** Words were selected with the mouse or a finger. */
    selected() {
      if (held && caret.parts().length > 0) apply(caret.parts(), held);
    },
    /** The caret went elsewhere: the coding at hand is only that while the caret is in its turn. */
    moved() {
      const coding = state.current === null ? undefined : state.codings.get(state.current);
      if (coding && coding.source !== caret.place?.turn.source) setCurrent(null);
      refresh();
    },
    /** @param {string} id @param {boolean} isToggled */
    choose(id, isToggled) {
      const coding = state.codings.get(id);
      if (!coding) return;
      if (isToggled && state.current === id) setCurrent(null);
      else goTo(coding);
    },
    /** @param {string} id of a code in the list */
    chooseCode: (id) => useKnown(id, 'This code is gone'),
    held: () => held,
    isEdgeHeld: edges.isHeld,
    unsavedEdge: edges.unsaved,
    settle: edges.settle,
    isRecentAwaited: () => Date.now() < isRecentAwaited,
  };
}
/** @typedef {ReturnType<typeof createDesk>} Desk */
