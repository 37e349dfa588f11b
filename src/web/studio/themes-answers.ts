import type { Request } from 'express';
import { showPercent } from '../../charts/numerals.ts';
import { showDate } from '../../render/helpers.ts';
import { holds, standing } from '../../themes/correction.ts';
import { describeCorrection } from '../../themes/describe-correction.ts';
import { REVIEW_SHARE, reviewList } from '../../themes/review-list.ts';
import type { House } from '../app.ts';
import { queryOf } from '../form.ts';
import type { Crumb } from './frame.ts';
import {
  addressIn,
  backTo,
  detailAddress,
  many,
  nameIn,
  number,
  type PlacedAnswer,
  type ThemesPlace,
  themesAddress,
} from './themes-place.ts';
import { AT_ONCE } from './themes-top.ts';
import { answerRow, answersTitle } from './themes-view.ts';

export type ThemePage = { place: ThemesPlace; req: Request };
type Places = (path: string, show: (page: ThemePage) => Promise<Shown>) => void;
export type Shown = {
  view: string;
  title: string;
  lede: string | null;
  crumb?: Crumb | null;
  data: Record<string, unknown>;
};

const JOURNAL_PAGE = 50;

/** Which of so many pages is asked for, and the ways to the ones beside it. */
function paged(
  place: ThemesPlace,
  req: Request,
  path: string,
  total: number,
  size: number,
  more: Record<string, string>,
) {
  const last = Math.max(1, Math.ceil(total / size));
  const page = Math.min(last, Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1));
  const to = (label: string, at: number) => ({ label, href: addressIn(place, path, { ...more, page: String(at) }) });
  return {
    from: (page - 1) * size,
    pages: [...(page > 1 ? [to('Back', page - 1)] : []), ...(page < last ? [to('Further', page + 1)] : [])],
    pageNote: last > 1 ? `Page ${number(page)} of ${number(last)}` : '',
  };
}

/** Pages that are read answer by answer: those of a theme, the list to review, the words, the journal. */
export function themeAnswerDoors(house: House, page: Places): void {
  const { themes } = house.verbatim;

  async function rows(place: ThemesPlace, req: Request, list: readonly PlacedAnswer[], theme: string | null) {
    const words = await themes.words(
      place.study,
      list.map(({ id }) => id),
    );
    const numbers = await house.verbatim.store.orderNumbers.ofResponses(
      place.study.id,
      list.map(({ response }) => response),
    );
    return list.map((answer, index) =>
      answerRow(place, `${backTo(req)}#answers`, {
        answer,
        theme,
        words: words.get(answer.id) ?? '(These words were deleted, or are not those that were kept.)',
        index: index + 1,
        mayTick: list.length > 1,
        number: numbers.get(answer.response) ?? null,
      }),
    );
  }

  /** What can be done with the answers of a page that are ticked; null where there are not several. */
  const severalOf = (
    place: ThemesPlace,
    req: Request,
    rows: readonly { tick: string | null }[],
    isInThemes: boolean,
  ) =>
    place.mayCorrect && rows.length > 1
      ? {
          shown: rows.flatMap(({ tick }) => tick ?? []).join(),
          action: `${themesAddress(place.study)}/correct`,
          run: place.run.publicId,
          back: `${backTo(req)}#answers`,
          isInThemes,
          said: place.words.said,
          themes: place.themes.map(({ id, label }) => ({ id, label })),
        }
      : null;

  page('/answers', async ({ place, req }) => {
    const asked = queryOf(req, 'theme');
    const id = asked === 'none' ? null : (place.view.state.shownAs.get(asked) ?? asked);
    const theme = id === null ? null : (place.themes.find((one) => one.id === id) ?? place.themes[0] ?? null);
    const isLeastFirst = queryOf(req, 'order') === 'least';
    const sure = (answer: PlacedAnswer) => answer.themes.find((one) => one.theme === theme?.id)?.confidence ?? 0;
    const list = place.answers
      .filter((answer) =>
        theme === null ? answer.themes.length === 0 : answer.themes.some((one) => one.theme === theme.id),
      )
      .map((answer) => ({ answer, sure: sure(answer) }))
      .sort((a, b) => (isLeastFirst ? a.sure - b.sure : b.sure - a.sure) || a.answer.responseId - b.answer.responseId)
      .map(({ answer }) => answer);
    const own = { theme: theme?.id ?? 'none', ...(isLeastFirst ? { order: 'least' } : {}) };
    const { from, ...pages } = paged(place, req, '/answers', list.length, AT_ONCE, own);
    const shown = await rows(place, req, list.slice(from, from + AT_ONCE), theme?.id ?? null);
    return {
      view: 'studio/themes-answers',
      title: answersTitle(list.length, place.words.said, theme?.label ?? null),
      lede: theme === null ? `No other ${place.words.said} shares their words, or they were taken out by hand.` : null,
      crumb: theme === null ? null : { label: theme.label, href: detailAddress(place, theme.id) },
      data: {
        note: '',
        order:
          theme === null
            ? null
            : {
                label: isLeastFirst ? 'Show the surest first' : 'Show the least sure first',
                href: addressIn(place, '/answers', { theme: theme.id, ...(isLeastFirst ? {} : { order: 'least' }) }),
              },
        rows: shown,
        several: severalOf(place, req, shown, theme !== null),
        empty: {
          title: `No ${place.words.said}s`,
          text: 'Nobody speaks of it here. A filter may leave them out.',
          action: null,
        },
        ...pages,
      },
    };
  });

  page('/review', async ({ place, req }) => {
    const { open, done } = reviewList(place.view.found, place.view.state);
    const here = new Map(place.answers.map((answer) => [answer.id, answer]));
    const list = open.flatMap((id) => here.get(id) ?? []);
    const { from, ...pages } = paged(place, req, '/review', list.length, AT_ONCE, {});
    const shown = await rows(place, req, list.slice(from, from + AT_ONCE), null);
    return {
      view: 'studio/themes-answers',
      title: list.length === 0 ? 'Nothing left to review' : `${many(list.length, place.words.said)} to review`,
      lede: `The least sure ${showPercent(REVIEW_SHARE, 0)} of the ${place.words.said}s that the run put into a theme, and of those placed since. Confidence ranks answers; it is no probability.`,
      data: {
        note:
          done > 0
            ? `${many(done, place.words.said)} of the ${number(done + open.length)} ${done === 1 ? 'has' : 'have'} been looked at.`
            : '',
        order: null,
        rows: shown,
        several: severalOf(place, req, shown, true),
        empty: {
          title: 'All looked at',
          text: 'What you decided is heeded when themes are found anew.',
          action: null,
        },
        ...pages,
      },
    };
  });

  page('/words', async ({ place, req }) => {
    const journal = standing(place.view.journal);
    // The dictionary takes a moment, so it is asked only by who wants to know.
    const isAsked = queryOf(req, 'suggest') !== '' && place.mayCorrect;
    const suggestions = isAsked ? await themes.sameWords(place.run) : [];
    const listed = (kind: 'same-words' | 'leave-out') =>
      journal.flatMap(({ number: of, action }) =>
        action.kind === kind ? [{ text: action.words.join(', '), of }] : [],
      );
    return {
      view: 'studio/themes-words',
      title: 'Words',
      lede: 'Themes are found by counting shared words. Say which of them mean the same here, and which say nothing; it is heeded when themes are found anew.',
      data: {
        form: { action: `${themesAddress(place.study)}/correct`, run: place.run.publicId, back: backTo(req) },
        mayCorrect: place.mayCorrect,
        same: listed('same-words'),
        leftOut: listed('leave-out'),
        suggest: isAsked ? null : addressIn(place, '/words', { suggest: '1' }),
        suggestions: suggestions.map((words) => ({ text: words.join(', '), words })),
        hasNone: isAsked && suggestions.length === 0,
        again: {
          action: `${themesAddress(place.study)}/finer`,
          run: place.run.publicId,
          themes: (JSON.parse(place.run.settings) as { themes?: number | 'auto' }).themes ?? 'auto',
        },
      },
    };
  });

  page('/corrections', async ({ place, req }) => {
    const name = nameIn(place);
    const journal = place.view.journal.toReversed();
    const { from, ...pages } = paged(place, req, '/corrections', journal.length, JOURNAL_PAGE, {});
    return {
      view: 'studio/themes-corrections',
      title: journal.length === 0 ? 'No corrections yet' : many(journal.length, 'correction'),
      lede: 'Every action over the themes of this question, the latest first. The run itself stays as it was found; an undo is an action too.',
      data: {
        rows: journal.slice(from, from + JOURNAL_PAGE).map((entry) => ({
          number: entry.number,
          text: describeCorrection(entry.action, name, place.view.journal),
          by: `${entry.madeBy ?? 'Somebody'}, ${showDate(entry.madeAt, true)}`,
          isUndone: !holds(place.view.journal, entry.number),
          undo:
            place.mayCorrect && holds(place.view.journal, entry.number)
              ? { action: `${themesAddress(place.study)}/correct`, run: place.run.publicId, back: backTo(req) }
              : null,
        })),
        empty: {
          title: 'Nothing was changed by hand',
          text: 'Rename, merge, split or lock a theme on its page, or say where an answer belongs.',
          action: null,
        },
        ...pages,
      },
    };
  });
}
