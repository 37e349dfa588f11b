import type { TypingItem, TypingTool } from '../../model/typing-tool.ts';
import { itemEffects } from '../../segments/typing/item-effects.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';
import { ruleSentence } from './rule-sentence.ts';
import { toolLabel } from './tool-label.ts';
import { TYPING_PAGE_SCRIPT } from './typing-page-script.ts';
import { TYPING_PAGE_STYLE } from './typing-page-style.ts';

/** A scale of more steps is typed in rather than chosen from. */
const STEPS_MOST = 11;

/**
 * A typing tool as one HTML file that works from a disk, without network: its questions, a result that follows every answer,
 * and how far it can be trusted. It holds no answers of anybody.
 *
 * @param title what the page is called
 * @param language of the questions, such as `en`; the page's own words are English
 */
export function typingPage(tool: TypingTool, { title, language = 'en' }: { title: string; language?: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${plain(title)}</title>
<style>${TYPING_PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${plain(title)}</h1>
${labelOf(tool)}${trustOf(tool)}
</header>
<main>
<div class="desk">
<form id="questions" novalidate lang="${plain(language)}">
${tool.items.map(fieldOf).join('\n')}
<p><button type="submit" lang="en">Show the segment</button> <button type="reset" class="quiet" lang="en">Clear all answers</button></p>
</form>
<section id="result" aria-labelledby="result-title" hidden>
<h2 id="result-title">Segment</h2>
<div role="status" aria-live="polite" aria-atomic="true"><p id="says"></p><p id="asked"></p></div>
<ul class="shares">
${tool.segments
  .map(
    ({ name }, i) =>
      `<li><span class="name">${plain(name)}</span> <span class="share" id="share-${i}">–</span><span class="track" aria-hidden="true"><span class="bar" id="bar-${i}"></span></span></li>`,
  )
  .join('\n')}
</ul>
<p class="soft">Somebody is in no segment when none is at least ${percent(tool.unsureBelow)} likely.</p>
</section>
</div>
<noscript><p class="warning">This page works out the segment with a script, and scripts are turned off. Turn them on for this file, or use the scoring table.</p></noscript>
${detailsOf(tool)}
</main>
<script type="application/json" id="tool">${dataOf(tool)}</script>
<script>${TYPING_PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function labelOf(tool: TypingTool): string {
  const label = toolLabel(tool);
  return label === '' ? '' : `<p class="soft">${plain(label)}.</p>\n`;
}

function trustOf({ measured, unsureBelow, items }: TypingTool): string {
  if (measured === null)
    return '<p class="warning">This scoring table was made elsewhere. How many people it puts into the right segment is not known here.</p>';
  const { accuracy, baseline, n, unsure, mayPublish } = measured;
  const sure =
    unsure.accuracyOfSure === null
      ? 'Nobody would be sure enough to be in a segment.'
      : `${percent(unsure.shareUnsure)} of people are in no segment, since none is at least ${percent(unsureBelow)} likely for them; of the others ${interval(unsure.accuracyOfSure)} are put into the right one.`;
  const faults = mayPublish.reasons.map((reason) => `<li>${plain(reason)}.</li>`).join('');
  return `<p>Tried on ${n.toLocaleString('en')} people whose segments were known and who did not help to make it, ${items.length === 1 ? 'this question puts' : `these ${items.length} questions put`} ${interval(accuracy)} into the right segment. Putting everybody into the largest one would be right for ${percent(baseline)}.</p>
<p>${sure}</p>
${mayPublish.ok ? '' : `<div class="warning"><p><strong>Not good enough to be used on people.</strong></p><ul>${faults}</ul></div>`}`;
}

function fieldOf(item: TypingItem, at: number): string {
  const name = `item-${at}`;
  const choices = choicesOf(item);
  if (choices === null) {
    const from = item.min === null ? '' : ` min="${item.min}"`;
    const to = item.max === null ? '' : ` max="${item.max}"`;
    const hint =
      item.min === null || item.max === null
        ? ''
        : `<span class="hint" id="${name}-hint" lang="en">A number from ${item.min} to ${item.max}</span>`;
    return `<p class="question"><label for="${name}">${plain(item.name)}</label>${hint}<input id="${name}" name="${name}" type="number" step="any" inputmode="decimal"${from}${to}${hint === '' ? '' : ` aria-describedby="${name}-hint"`}></p>`;
  }
  const radios = choices.map(
    ({ value, text }) =>
      `<label><input type="radio" name="${name}" value="${value}"> <span>${plain(text)}</span></label>`,
  );
  return `<fieldset class="question"><legend>${plain(item.name)}</legend><div class="choices">${radios.join('')}</div></fieldset>`;
}

/** What an item is answered with where that can be listed; null for a number to type in. */
export function choicesOf({ kind, options, min, max }: TypingItem): { value: number; text: string }[] | null {
  if (options.length > 0) return options;
  if (kind === 'binary')
    return [
      { value: 1, text: 'Yes' },
      { value: 0, text: 'No' },
    ];
  if (kind !== 'ordinal' || min === null || max === null) return null;
  if (!Number.isInteger(min) || !Number.isInteger(max) || max - min >= STEPS_MOST) return null;
  return Array.from({ length: max - min + 1 }, (_, step) => ({ value: min + step, text: String(min + step) }));
}

function detailsOf({ measured, segments, items, questions }: TypingTool): string {
  if (measured === null) return '';
  const { recall, precision, tree } = measured;
  const rows = segments.map(
    ({ name }, i) =>
      `<tr><th scope="row">${plain(name)}</th><td>${interval(recall[i]!)}</td><td>${precision[i] ? interval(precision[i]!) : 'nobody'}</td></tr>`,
  );
  const nameOf = (id: string) => questions.find((question) => question.id === id)?.name ?? id;
  const segmentName = (id: string) => segments.find((segment) => segment.id === id)?.name ?? id;
  const rules = tree.rules.map(
    (rule) =>
      `<li><strong>${plain(segmentName(rule.segment))}</strong>: ${plain(ruleSentence(rule, items, nameOf))} <span class="soft">(${percent(rule.share)} of ${rule.n} people)</span></li>`,
  );
  return `<details><summary>How well each segment is found</summary>
<div class="scroll" role="region" aria-label="How well each segment is found" tabindex="0"><table><thead><tr><th scope="col">Segment</th><th scope="col">Of its people, found again</th><th scope="col">Of those put there, right</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<p class="soft">Shares with 95% intervals.</p></details>
<details><summary>The same as rules to read</summary>
<p>Rules explain; the result above comes from the scoring table. The rules alone put ${interval(tree.accuracy)} into the right segment.</p>
<ul>${rules.join('')}</ul></details>`;
}

/** What the script needs, with nothing in it that could end the element it stands in. */
function dataOf(tool: TypingTool): string {
  const { constants, items } = itemEffects(tool);
  const place = new Map(tool.items.map(({ id }, at) => [id, at]));
  const questions = new Map(tool.questions.map((question) => [question.id, question]));
  const data = {
    segments: tool.segments.map(({ name }) => name),
    unsureBelow: tool.unsureBelow,
    priors: tool.priors.shares,
    constants,
    items: items.map(({ item, slopes, byOption }) => ({
      values: item.options.map(({ value }) => value),
      min: item.min,
      max: item.max,
      slopes,
      byOption,
    })),
    rows: tool.table.rows.map(({ question, level }) => ({
      level,
      constant: questions.get(question)!.constant,
      parts: questions.get(question)!.workedOutOf.map(({ item, weight }) => [place.get(item), weight]),
    })),
    spread: tool.spread,
  };
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

const interval = ({ share, low, high }: ShareInterval): string =>
  `${percent(share)} (${Math.round(low * 100)} to ${percent(high)})`;
const percent = (share: number): string => `${Math.round(share * 100)}%`;

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const plain = (text: string): string => text.replace(/[&<>"]/g, (sign) => SIGNS[sign]!);
