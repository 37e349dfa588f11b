import type { Portrait, QuoteSpan } from './portrait.ts';

/** Every stretch of words that a portrait quotes, once each, in the order in which it does. */
export function spansOf(portrait: Portrait): QuoteSpan[] {
  const { quotes, claims, words, against, exemplars, story } = portrait;
  const places = story ? [...story.rings, ...story.stages, ...story.forces] : [];
  const all = [
    ...quotes.map(({ span }) => span),
    ...claims.flatMap((claim) => [...claim.quotes, ...claim.counterQuotes]),
    ...[...words.used, ...words.distrusted, ...against, ...exemplars].flatMap((one) => one.quotes),
    ...places.flatMap(({ key }) => key ?? []),
  ];
  const placeOf = (span: QuoteSpan) =>
    `${span.sourceId} ${span.sourceVersion} ${span.spanStart} ${span.spanEnd} ${span.spanHash}`;
  return [...new Map(all.map((span) => [placeOf(span), span])).values()];
}
