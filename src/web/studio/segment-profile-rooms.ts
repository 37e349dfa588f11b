import { CORRECTION_WORDS } from '../../exchange/profile-layout.ts';
import type { ProfiledSegments } from '../../workers/tasks/segment-profile.ts';
import {
  apartViews,
  driversView,
  FAMILIES,
  figuresView,
  heatView,
  ORDERS,
  ordered,
  outcomesView,
  type ProfiledBlock,
  type ProfileOrder,
  slopesView,
} from './segment-profile-view.ts';

const FIRST_SHOWN = 8;
const A_PAGE = 25;

/** The page's own address with something more asked of it. */
type Here = (more?: Record<string, string>) => string;

/** The first things of every family, and what the segments were made from. */
export function overviewOf(kept: ProfiledSegments, here: Here) {
  const blocks = ordered(kept.blocks, 'size');
  const inputs = blocks.filter(({ isInput }) => isInput);
  const tested = blocks.filter(({ isInput }) => !isInput);
  const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  return {
    slopes: slopesView(kept),
    apart: apartViews(kept),
    families: FAMILIES.flatMap(({ family, name, one }) => {
      const own = tested.filter((block) => block.family === family);
      const all = kept.blocks.filter((block) => block.family === family).length;
      if (all === 0) return [];
      return [
        {
          family,
          name,
          summary:
            own.length === 0
              ? 'All of these are what the segments were made from, and stand above'
              : own.length <= FIRST_SHOWN
                ? count(own.length, one)
                : `The ${FIRST_SHOWN} that differ most, of ${count(own.length, one)}`,
          heat:
            own.length === 0
              ? null
              : heatView(kept, own.slice(0, FIRST_SHOWN), { caption: name, areAllOptions: false }),
          href: here({ family }),
          link: `Every figure of ${count(all, one)}`,
        },
      ];
    }),
    inputs:
      inputs.length === 0
        ? null
        : {
            summary: `${inputs.length} of them`,
            heat: heatView(kept, inputs.slice(0, A_PAGE), {
              caption: 'What the segments were made from',
              areAllOptions: false,
            }),
          },
    drivers: driversView(kept),
    outcomes: kept.outcomes.length === 0 ? null : outcomesView(kept),
    outcomesWhy: kept.isCertain
      ? 'Nobody’s membership is in doubt, so there is nothing to correct: both columns are the same.'
      : CORRECTION_WORDS,
  };
}

/** The way from family to family, and the family that is looked at. */
export function roomsOf(
  kept: ProfiledSegments,
  {
    order,
    chosen,
    page: asked,
    here,
  }: { order: ProfileOrder; chosen: (typeof FAMILIES)[number] | undefined; page: string; here: Here },
) {
  const countOf = (family: string) => kept.blocks.filter((block) => block.family === family).length;
  const tabs = [
    { label: 'Overview', href: here(), isCurrent: chosen === undefined },
    ...FAMILIES.filter(({ family }) => countOf(family) > 0).map(({ family, name }) => ({
      label: `${name} (${countOf(family)})`,
      href: here({ family }),
      isCurrent: chosen?.family === family,
    })),
  ];
  if (!chosen) return { tabs, family: null };
  const blocks = ordered(
    kept.blocks.filter((block) => block.family === chosen.family),
    order,
  );
  const pages = Math.max(1, Math.ceil(blocks.length / A_PAGE));
  const page = Math.min(pages, Math.max(1, Math.floor(Number(asked) || 1)));
  const shown: ProfiledBlock[] = blocks.slice((page - 1) * A_PAGE, page * A_PAGE);
  return {
    tabs,
    family: {
      name: chosen.name,
      orders: ORDERS.map((one) => ({
        label: one === 'size' ? 'Largest differences first' : 'As asked',
        href: here({ family: chosen.family, order: one }),
        isCurrent: one === order,
      })),
      heat: heatView(kept, shown, { caption: chosen.name, areAllOptions: true }),
      figures: shown.map((block) => figuresView(block, kept.weighting !== null)),
      pages:
        pages === 1
          ? null
          : Array.from({ length: pages }, (_, index) => ({
              label: `${index + 1}`,
              href: here({ family: chosen.family, order, page: String(index + 1) }),
              isCurrent: index + 1 === page,
            })),
    },
  };
}
