import type { Found } from './units.ts';

/** Scripts written without spaces would take the sentence along. */
const LETTER = String.raw`\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Devanagari}\p{M}\d`;
const LOCAL = new RegExp(`[${LETTER}._%+'-]{1,64}$`, 'u');
const DOMAIN = new RegExp(
  String.raw`^(?:[${LETTER}](?:[${LETTER}-]{0,61}[${LETTER}])?\.){1,6}(?:xn--[a-z\d-]{2,59}|[${LETTER}]{2,24})(?![${LETTER}])`,
  'u',
);
/** “anna (at) web.de”, “anna [at] web [dot] de”, “anna at gmail dot com”. */
const SPELLED =
  /(?: ?[[({] ?(?:at|ät|arroba|chiocciola|@) ?[\])}] ?| at (?=(?:gmail|googlemail|outlook|hotmail|yahoo|gmx|icloud|proton(?:mail)?|web|aol|live|mail)(?:\.| ?[[({]? ?dot ?[\])}]? ?)\p{L}))/giu;
const SPELLED_DOMAIN =
  /^[\p{L}\d-]{1,60}(?:(?: ?[[({] ?(?:dot|punkt|punto|point) ?[\])}] ?| dot |\.)[\p{L}\d-]{1,30}){1,3}(?![\p{L}\d])/iu;

/**
 * “anna @ example.org”, “anna@ example.org”: an at sign with blanks is read as “at” unless a domain follows in letters of one
 * size that ends as domains do, so that neither “@ 3.50” nor “@ noon.Then” is one.
 */
const SPACED = /(?:[ \t\u00a0]{1,2}@[ \t\u00a0]{0,2}|@[ \t\u00a0]{1,2})(?=[\p{L}\d])/gu;
const SPACED_DOMAIN =
  /^(?=[^\s]*\p{L})(?:[\p{L}\d](?:[\p{L}\d-]{0,61}[\p{L}\d])?\.){1,5}(?:com|COM|org|ORG|net|NET|edu|EDU|gov|info|biz|name|app|dev|example|email|[a-z]{2}|[A-Z]{2})(?![\p{L}\d])/u;
/** What stands before an at sign that says “at” a place, a site or a time, and after it. */
const BEFORE_AT =
  /^(?:i|me|you|us|we|he|she|it|they|them|him|her|one|all|everyone|everybody|someone|look(?:ing|ed)?|shop(?:ping|ped)?|store|bought|buy|buying|order(?:ed|s)?|works?|worked|working|job|sale|sold|selling|found|find|see|seen|check|checked|visit|visited|meet|met|meeting|call|called|contact|price[ds]?|hosted|account|customer|employee|available|online|now|here|there|sign(?:ed)?|signup|register(?:ed)?|subscribe[d]?|read|posted|listed|live|more|info|information|details|site|website|page|shopper|user|member|thanks|thank|is|was|are|were|be|been|and|or|but|not|only|also|just|out|in|on|off|up|back|down|over|day|today|yesterday|tomorrow|time|times|stuff|things?|items?|products?|prices|deal|deals|team|people|staff|support|service|shirt|shoes|phone|support|go|went|gone|got|get|use[ds]?|using|ich|wir|du|er|sie|es|und|oder|ist|war|gekauft|bestellt|gefunden|kunde|kundin)$/iu;
const AFTER_AT =
  /^(?:home|work|noon|midnight|lunch|night|school|office|once|least|last|first|the|a|my|your|this|that|door|station|home-?office|dinner|breakfast|town|sea|all|times?)\./iu;

/** Written around an at sign, which is what is looked for. */
export function findEmails(text: string): Found[] {
  const found: Found[] = [];
  const add = (at: number, after: number, domain: RegExp) => {
    const local = LOCAL.exec(text.slice(Math.max(0, at - 65), at))?.[0].replace(/^[.'%+-]+/, '') ?? '';
    const host = domain.exec(text.slice(after, after + 320))?.[0] ?? '';
    if (local !== '' && !local.endsWith('.') && host !== '')
      found.push({ from: at - local.length, to: after + host.length, kind: 'email' });
  };
  for (const { index } of text.matchAll(/@/g)) add(index, index + 1, DOMAIN);
  for (const { index, 0: sign } of text.matchAll(SPACED)) {
    const after = index + sign.length;
    const local = LOCAL.exec(text.slice(Math.max(0, index - 65), index))?.[0] ?? '';
    const isSaid = BEFORE_AT.test(local) || /^[\d.,%-]+$/.test(local) || AFTER_AT.test(text.slice(after, after + 20));
    if (!isSaid) add(index, after, SPACED_DOMAIN);
  }
  for (const match of text.matchAll(SPELLED)) add(match.index, match.index + match[0].length, SPELLED_DOMAIN);
  return found;
}

/** Said with an at sign of everybody, a place or a time rather than of a person. */
const NOBODY =
  /^(?:all|everyone|everybody|here|channel|home|work|media|import|school|office|support|team|param|return|override|least|once|lunch|night|noon|anyone|admin|staff|today|the|a|my|your|this|that|todos|alle|dev|latest|next)$/i;
const AT_HANDLE =
  /(?<![\p{L}\d@._%+-])@(?=[\w.]{0,29}\p{L})(?!\d)[\p{L}\d_](?:[\p{L}\d_.]{0,28}[\p{L}\d_])?(?![\p{L}\d@-])/gu;
const SAID_HANDLE =
  /(?<!\p{L})(?:insta(?:gram)?|twitter|telegram|skype|snap(?:chat)?|discord|tik ?tok|mastodon|signal|threads|bluesky|wechat|line|psn|steam)(?:[ -](?:handle|name|id|account|user(?:name)?|is|konto|nick))?(?:\s?[:=]\s?| is | ist | es | è )["“]?@?([a-z\d](?:[\w.-]{1,29}[a-z\d_]))(?![\w@])/giu;
const NUMBERED_HANDLE = /(?<![\p{L}\d_.])[\p{L}\d_.]{2,32}#\d{4}(?!\d)/gu;

export function findHandles(text: string): Found[] {
  const found: Found[] = [];
  for (const { index, 0: words } of text.matchAll(AT_HANDLE))
    if (!NOBODY.test(words.slice(1))) found.push({ from: index, to: index + words.length, kind: 'handle' });
  for (const match of text.matchAll(SAID_HANDLE)) {
    const handle = match[1] ?? '';
    // After a verb any word could follow; a handle shows by a figure, a point or an underscore in it.
    const isPlain = /^[a-z]+$/i.test(handle);
    if (isPlain && !/[:=]\s?["“]?@?[\w.-]*$/.test(match[0])) continue;
    const from = match.index + match[0].length - handle.length;
    found.push({ from, to: from + handle.length, kind: 'handle' });
  }
  for (const { index, 0: words } of text.matchAll(NUMBERED_HANDLE))
    if (/\p{L}/u.test(words)) found.push({ from: index, to: index + words.length, kind: 'handle' });
  return found;
}

const END = String.raw`[^\s<>"“”()]{0,200}`;
const USER = String.raw`@?[\p{L}\d_%.-]{2,60}`;
const RESERVED =
  /^(?:share|sharer|intent|search|watch|login|signin|signup|explore|pricing|features?|about|help|jobs?|company|companies|school|hashtag|p|reel|reels|groups?|pages?|events?|home|settings|privacy|terms|blog|docs|support|status|i|videos?|topics?|marketplace|sponsors|orgs|results|playlist|channel|feed|trending|tag|discover|stories|public|policies|legal|news|business)$/i;
const PROFILES: readonly RegExp[] = [
  new RegExp(
    String.raw`(?<![\p{L}\d.-])(?:https?:\/\/)?(?:[a-z]{2,3}\.|m\.)?(?:(?:twitter|x|instagram|facebook|fb|github|gitlab|pinterest|threads|vk|soundcloud|twitch|t|ok)\.(?:com|net|org|me|ru|tv)|linkedin\.com\/in|(?:www\.)?linkedin\.com\/in|xing\.com\/profile|reddit\.com\/u(?:ser)?|snapchat\.com\/add|tiktok\.com|medium\.com|youtube\.com|bsky\.app\/profile|keybase\.io)\/(${USER})(?:[/?#]${END})?`,
    'giu',
  ),
  new RegExp(
    String.raw`(?<![\p{L}\d.-])www\.(?:(?:twitter|x|instagram|facebook|github|pinterest|threads|twitch)\.(?:com|net|tv)|xing\.com\/profile|reddit\.com\/u(?:ser)?|tiktok\.com|youtube\.com)\/(${USER})(?:[/?#]${END})?`,
    'giu',
  ),
  // https://mastodon.example/@anna, https://uni.example/~anna
  new RegExp(
    String.raw`https?:\/\/[\p{L}\d.-]{3,80}\/(?:@|~|users?\/|u\/|profile\/|people\/|members?\/|author\/)(${USER})${END}`,
    'giu',
  ),
  // https://anna:secret@host.example
  new RegExp(String.raw`(?:https?|ftp|ssh):\/\/([^\s/@:]{1,60})(?::[^\s/@]{0,60})?@[\p{L}\d.-]{3,80}${END}`, 'giu'),
  new RegExp(
    String.raw`https?:\/\/[^\s<>"?]{3,200}\?[^\s<>"]{0,100}?(?:user(?:name)?|email|login)=([^\s&]{2,80})${END}`,
    'giu',
  ),
];
/** Videos and channels carry their owners' names only after an at sign. */
const ONLY_WITH_SIGN = /(?:youtube|tiktok|medium)\.com\//i;

/** Addresses on the web that name who is meant. */
export function findProfiles(text: string): Found[] {
  return PROFILES.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match): Found[] => {
      const user = (match[1] ?? '').replace(/[.-]+$/, '');
      if (RESERVED.test(user) || (ONLY_WITH_SIGN.test(match[0]) && !user.startsWith('@'))) return [];
      const words = match[0].replace(/[.,;:!?'’»]+$/, '');
      return [{ from: match.index, to: match.index + words.length, kind: 'profile' }];
    }),
  );
}

const FOUR = /(?<![\d.,\p{L}-])(?:\d{1,3}\.){3}\d{1,3}(?![\d\p{L}-]|\.\d)/gu;
const SAYS_VERSION =
  /(?<!\p{L})(?:version|ver\.?|v|release|chapter|section|kapitel|abschnitt|firmware|build|update|ios|android|driver|treiber)[ :]{0,2}$/iu;
const SIX = /(?<![\p{L}\d:.])(?:[\da-f]{1,4}|:)(?::[\da-f]{0,4}){2,8}(?![\p{L}\d:])/giu;

export function findIps(text: string): Found[] {
  const found: Found[] = [];
  for (const { index, 0: words } of text.matchAll(FOUR)) {
    const isInRange = words.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part));
    if (isInRange && !SAYS_VERSION.test(text.slice(Math.max(0, index - 12), index)))
      found.push({ from: index, to: index + words.length, kind: 'ip' });
  }
  for (const { index, 0: words } of text.matchAll(SIX))
    if (isSix(words)) found.push({ from: index, to: index + words.length, kind: 'ip' });
  return found;
}

/** Eight groups, or fewer with one gap; more than hours and minutes. */
function isSix(words: string): boolean {
  const halves = words.split('::');
  const groups = words.split(':').filter((group) => group !== '');
  if (halves.length > 2) return false;
  if (halves.length === 1) return groups.length === 8 && !words.startsWith(':') && !words.endsWith(':');
  return groups.length >= 2 && groups.length <= 7 && groups.some((group) => group.length >= 3);
}
