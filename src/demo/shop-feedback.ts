import type { FeedbackCategory, FeedbackPlace, FeedbackState, Mark } from '../model/feedback.ts';
import type { Random } from '../stats/random.ts';
import { drawCode, drawWhole, type Weights } from './draw.ts';

/** Feedback that was written for the demonstration (`data/demo/feedback.json`), and the part of the page that it marks. */
export type FeedbackText = {
  path: string;
  category: FeedbackCategory;
  rating: number;
  language: 'en' | 'de';
  text: string;
  part: string;
};
/** One piece as a visitor sends it. */
export type DemoFeedback = {
  /** Null for a visitor without an id. */
  personExternalId: string | null;
  form: { category: string; rating: string; words: string; email: string; mayQuote: boolean; mark: string };
  place: FeedbackPlace;
  /** What the browser calls itself. */
  agent: string;
  /** ISO 8601, UTC. */
  at: string;
  state: FeedbackState;
};

/** The parts of the invented shop's pages: an element, and where it lies on a page 1,280 pixels wide. */
const PARTS: Readonly<Record<string, Pick<Mark, 'selector' | 'tag' | 'text' | 'x' | 'y' | 'width' | 'height'>>> = {
  heading: { selector: 'main > h1', tag: 'h1', text: '', x: 160, y: 180, width: 640, height: 56 },
  menu: {
    selector: '#menu',
    tag: 'nav',
    text: 'Kitchen Living room Bedroom Outside',
    x: 0,
    y: 0,
    width: 1280,
    height: 72,
  },
  search: { selector: '#search', tag: 'input', text: '', x: 860, y: 16, width: 280, height: 44 },
  list: { selector: 'main > ul', tag: 'ul', text: '', x: 160, y: 320, width: 960, height: 1600 },
  picture: {
    selector: 'main > ul > li:nth-of-type(1) > img',
    tag: 'img',
    text: '',
    x: 160,
    y: 320,
    width: 300,
    height: 225,
  },
  day: { selector: '#day', tag: 'fieldset', text: 'Choose a day', x: 160, y: 640, width: 520, height: 360 },
  terms: {
    selector: 'main > section:nth-of-type(2)',
    tag: 'section',
    text: '',
    x: 160,
    y: 1240,
    width: 720,
    height: 420,
  },
  form: { selector: '#account', tag: 'form', text: 'Open a trade account', x: 160, y: 420, width: 720, height: 900 },
};
/** What the pages are called, in the browser's tab and in their heading. */
const PAGES: Readonly<Record<string, Readonly<Record<FeedbackText['language'], string>>>> = {
  '/': { en: 'Everything for your new home', de: 'Alles für das neue Zuhause' },
  '/bedroom': { en: 'Bedroom', de: 'Schlafzimmer' },
  '/delivery': { en: 'Delivery', de: 'Lieferung' },
  '/dented-corner': { en: 'The dented corner', de: 'Die Ecke mit den Dellen' },
  '/kitchen': { en: 'Kitchen', de: 'Küche' },
  '/outside': { en: 'Outside', de: 'Draußen' },
  '/trade': { en: 'For the trade', de: 'Für das Handwerk' },
};

const AGENTS: Readonly<Record<string, { agent: string; width: number; height: number }>> = {
  desktop: {
    agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0.0.0 Safari/537.36',
    width: 1440,
    height: 900,
  },
  phone: {
    agent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/124.0.0.0 Mobile Safari/537.36',
    width: 390,
    height: 844,
  },
  tablet: {
    agent: 'Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) Version/17.4 Safari/604.1',
    width: 820,
    height: 1180,
  },
};
const DEVICES: Weights = { desktop: 5, phone: 4, tablet: 1 };
const STATES: Weights = { open: 6, 'in-work': 2, done: 3, declined: 1 };
/** The one release of the shop within the days that are looked at. */
const RELEASES = { before: '4.1.0', after: '4.2.0', daysAgo: 30 };
const DAYS = 60;
const DAY_MS = 86_400_000;
/** For each piece in words there are so many that only mark and rate. */
const SILENT = 4;

/**
 * What visitors of the invented shop say of its pages within sixty days, with the part that they mean.
 *
 * Every text is given once; beside it some visitors mark the same part and rate the page without a word, so that marks
 * add up.
 *
 * @param people ids of those who may be known; three of five visitors are
 * @param shop the origin of its site
 * @returns in order of time
 */
export function shopFeedback({
  random,
  now,
  texts,
  people,
  shop,
}: {
  random: Random;
  now: Date;
  texts: readonly FeedbackText[];
  people: readonly string[];
  shop: string;
}): DemoFeedback[] {
  const said: DemoFeedback[] = [];
  const give = (text: FeedbackText, words: string) => {
    const daysAgo = random() * DAYS;
    const device = AGENTS[drawCode(DEVICES, random)] ?? AGENTS['desktop'];
    const part = PARTS[text.part];
    if (!device || !part) throw new RangeError(`shopFeedback knows no part called ${text.part}`);
    const title = PAGES[text.path]?.[text.language];
    if (title === undefined) throw new RangeError(`shopFeedback knows no page ${text.path}`);
    const top = drawWhole(60, Math.max(61, device.height - 240), random);
    // Laid out for 1,280 pixels; on narrower screens everything stands in one column.
    const scale = Math.min(1, device.width / 1280);
    const mark: Mark = {
      ...part,
      text: text.part === 'heading' ? title : part.text,
      x: Math.round(part.x * scale),
      width: Math.round(part.width * scale),
      left: Math.round(part.x * scale),
      top: Math.min(top, part.y),
      page: { width: Math.min(device.width, 1280), height: 2600 },
    };
    const isKnown = random() < 0.6 && people.length > 0;
    said.push({
      personExternalId: isKnown ? (people[drawWhole(0, people.length - 1, random)] ?? null) : null,
      form: {
        category: text.category,
        rating: String(Math.min(5, Math.max(1, text.rating + drawWhole(-1, 1, random)))),
        words,
        email: '',
        mayQuote: words !== '' && random() < 0.5,
        mark: random() < 0.85 ? JSON.stringify(mark) : '',
      },
      place: {
        url: `${shop}${text.language === 'de' ? '/de' : ''}${text.path}`,
        title: `${title} · Fennimoor`,
        locale: text.language === 'de' ? 'de-DE' : 'en-GB',
        pageLanguage: text.language,
        viewport: { width: device.width, height: device.height },
        release: daysAgo > RELEASES.daysAgo ? RELEASES.before : RELEASES.after,
        replayUrl: random() < 0.25 ? `https://recordings.example/s/${drawWhole(1000, 9999, random)}` : null,
      },
      agent: device.agent,
      at: new Date(now.getTime() - daysAgo * DAY_MS).toISOString(),
      state: drawCode(STATES, random) as FeedbackState,
    });
  };
  for (const text of texts) give(text, text.text);
  for (let left = Math.round(texts.length * SILENT); left > 0; left -= 1) {
    const text = texts[drawWhole(0, texts.length - 1, random)];
    if (text) give(text, '');
  }
  return said.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}
