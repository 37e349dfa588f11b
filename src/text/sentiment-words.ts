/**
 * What words of feedback say that a general word list does not: from −1 to 1, a little word for little. An entry of
 * several words is read as a whole, whatever negates within it; words are in small letters, `’` as `'`.
 */
const LISTS: readonly (readonly [number, string])[] = [
  [
    0.9,
    `love, loves, loved, perfect, perfectly, awesome, excellent, brilliant, amazing, wonderful, fantastic, delicious,
    spotless, wow, outstanding, works like a charm, worth every penny, hassle free, exactly what, can't live without,
    cannot live without, could not be better, couldn't be better, nothing could be better`,
  ],
  [
    0.6,
    `great, happy, glad, best, enjoy, enjoys, enjoyed, recommend, recommended, reliable, intuitive, helpful, useful,
    friendly, pleasant, pleasantly, comfortable, delighted, appreciate, appreciated, smooth, smoothly, good value,
    value for money, saves, can't complain, cannot complain, can't fault, cannot fault, can't go wrong, cannot go wrong,
    wouldn't change a thing, would not change a thing, nothing to complain, keep up, spot on, on time, in no time, a pleasure, well done,
    no complaints, not bad, not too bad, well paid, as good as ever, seriously, listened`,
  ],
  [
    0.45,
    `i like, we like, really like, like it, like the, like how, like that, liked, fast, quick, quickly, easy, easily, easier, simple, clear, clearly, clean, good, nice, nicely, better, improved, fixed, solved, works,
    working, flexible, affordable, cheap, cheaper, fair, worth, responsive, stable, modern, quiet, friendly, enough, plenty, at once, does the job,
    do the job, thanks, thank, lasts, productive, than i expected, than expected, found it earlier, found this earlier`,
  ],
  [
    -0.9,
    `hate, hates, hated, terrible, awful, horrible, worst, useless, garbage, crap, disgusting, unacceptable, waste,
    rip-off, ripoff, rip off, scam, nightmare, never works, never worked, nothing works, could not be worse, couldn't be worse,
    thanks for nothing, can't stand, cannot stand, dread, nasty, get your act together`,
  ],
  [
    -0.65,
    `expensive, overpriced, slow, slower, slowly, crash, crashes, crashed, crashing, freeze, freezes, freezing, buggy,
    bug, bugs, broken, breaks, broke, fails, failed, fail, failing, unreliable, confusing, confused, complicated, clunky,
    frustrating, frustrated, annoying, annoyed, annoys, disappointing, disappointed, rude, dirty, hassle, mess, messy, ruined, poor,
    poorly, badly, unclear, outdated, worse, unusable, laggy, lags, lagging, glitchy, regret, ignored, ignore, stressful, pointless, hidden
    fees, stopped working, stops working, not worth, takes forever, took forever, let me down, lets me down, let us down, rather not, half the time`,
  ],
  [
    -0.45,
    `pricey, costly, late, delayed, delay, damaged, missing, lacks, lacking, lack, hard, harder, difficult, problem, problems, issue, issues,
    complaint, complaints, error, errors, cold, noisy, lost, lose, cancelled, canceled, drains, unstable, ugly, boring, meh, ugh, is down,
    went up, could be better, should be better, expected more, expect more, really wanted to, used to be, call three times, price increase,
    switching to, looking for an alternative, no way to, no longer, wish it were, wish it was, if you have a lot of patience, waited,
    never got back, doesn't sync, workload, no answer, downtime, go wrong, wrong`,
  ],
  // Said of nothing in particular.
  [
    0,
    `nothing to add, nothing to say, nothing in particular, don't know, do not know, no opinion, can't say, cannot say,
    no comment, neither good nor bad, feature, features, like to see, would be nice, please, like all, like the others, error messages in, fine, ok, okay,
    free, help, support, share, value, new, would like, as expected, sign`,
  ],
];

/** How much an entry says; the key's words are parted by single spaces. */
export const SENTIMENT_ENTRIES: ReadonlyMap<string, number> = new Map(
  LISTS.flatMap(([value, list]) => list.split(',').map((entry) => [entry.trim().replace(/\s+/g, ' '), value] as const)),
);
