/** The look of the saved page: the colours and spaces of every other page, written out, since a saved file has no others. */
export const TYPING_PAGE_STYLE = `
:root { color-scheme: light dark; --paper: light-dark(#faf8f4, #17161a); --surface: light-dark(#ffffff, #201f24);
  --sunken: light-dark(#f2efe8, #121115); --line: light-dark(#e2ddd2, #35333b); --line-strong: light-dark(#857d71, #86808f);
  --ink: light-dark(#1e1b18, #efece6); --soft: light-dark(#5d574f, #b3ada4); --accent: light-dark(#1f5c57, #6fc2b8);
  --accent-ink: light-dark(#ffffff, #0d1f1d); --warn: light-dark(#8a5a00, #e3b34d); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3.5rem; max-width: 68rem; background: var(--paper); color: var(--ink);
  font: 0.9375rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header { max-width: 64ch; margin-bottom: 1.5rem; }
h1 { font-size: 1.875rem; line-height: 1.2; margin: 0 0 0.75rem; }
h2 { font-size: 0.9375rem; font-weight: 600; color: var(--soft); margin: 0; }
p { margin: 0 0 0.75rem; }
.question { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 0 0 1rem; min-width: 0; }
legend, .question > label { font-size: 1.125rem; font-weight: 600; padding: 0; float: left; width: 100%; margin-bottom: 0.75rem; }
.choices { clear: both; display: flex; flex-wrap: wrap; gap: 0.5rem; }
.choices label { display: flex; align-items: center; gap: 0.5rem; min-height: 2.75rem; padding: 0.25rem 1rem; border: 1px solid var(--line-strong); border-radius: 6px; cursor: pointer; }
.choices label:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
input[type=radio] { width: 1.25rem; height: 1.25rem; margin: 0; flex: none; accent-color: var(--accent); }
input[type=number] { display: block; clear: both; font: inherit; width: 10rem; max-width: 100%; min-height: 2.75rem; padding: 0.25rem 0.75rem; background: var(--paper); color: var(--ink); border: 1px solid var(--line-strong); border-radius: 6px; }
.hint { display: block; clear: both; }
.soft, .hint { color: var(--soft); font-size: 0.8125rem; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0.25rem 1rem; border-radius: 6px; border: 1px solid var(--accent); background: var(--accent); color: var(--accent-ink); cursor: pointer; }
button.quiet { background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#result { background: var(--surface); border: 1px solid var(--line-strong); border-radius: 12px; padding: 1.5rem; margin-bottom: 1.5rem; }
#says { font-size: 1.375rem; font-weight: 700; line-height: 1.25; margin: 0 0 0.25rem; }
.shares { list-style: none; margin: 0 0 0.75rem; padding: 0; }
.shares li { display: grid; grid-template-columns: 1fr auto; gap: 0.25rem 0.75rem; padding: 0.25rem 0; }
.share { font-variant-numeric: tabular-nums; }
.track { grid-column: 1 / -1; height: 0.5rem; background: var(--sunken); border-radius: 4px; overflow: hidden; }
.bar { display: block; height: 100%; width: 0; background: var(--accent); }
.warning { border-inline-start: 4px solid var(--warn); padding: 0.75rem 1rem; background: var(--surface); }
.warning > :last-child { margin-bottom: 0; }
details { border-top: 1px solid var(--line); padding: 0.75rem 0; }
summary { cursor: pointer; font-weight: 600; min-height: 1.75rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.75rem 0; }
th, td { text-align: start; padding: 0.5rem 1rem 0.5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: normal; }
td { font-variant-numeric: tabular-nums; }
li { margin-bottom: 0.25rem; }
@media (min-width: 60rem) {
  .desk { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; gap: 0 2.25rem; align-items: start; }
  #questions { grid-column: 1; grid-row: 1; }
  #result { grid-column: 2; grid-row: 1; position: sticky; top: 1.5rem; }
}
@media print { .quiet, button { display: none; } }
`;
