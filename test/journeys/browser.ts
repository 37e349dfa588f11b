import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { browserPath } from '../support/browser-path.ts';

/** Journeys run where a Chromium is found; with REQUIRE_BROWSER=1 its absence is a failure and not a pass. */
export const hasBrowser = browserPath !== null || process.env['REQUIRE_BROWSER'] === '1';

export async function openBrowser(): Promise<Browser> {
  if (browserPath === null)
    throw new Error(
      'No Chromium was found, and REQUIRE_BROWSER=1 insists on one. Install chromium, or name it in CHROMIUM',
    );
  return chromium.launch({
    executablePath: browserPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules of axe whose outcome depends on colours. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds on the page as it stands, in one line each.
 *
 * @param isRecoloured true where axe has seen this very page at this width in other colours: then by those rules alone
 *   that depend on colours, since nothing else can have changed
 */
export async function axeFindings(page: Page, isRecoloured = false): Promise<string[]> {
  // Through the debugger, since the pages' own policy forbids any script but ours; a page looked at again has it still.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  return page.evaluate(async (only) => {
    type Found = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] };
    type Options = { resultTypes: string[]; runOnly?: string[] };
    const axe = (globalThis as unknown as { axe: { run: (options: Options) => Promise<Found> } }).axe;
    // Of what is well, axe would otherwise describe every element.
    const { violations } = await axe.run({ resultTypes: ['violations'], ...(only && { runOnly: only }) });
    return violations.flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary?.slice(0, 200) ?? ''}`,
      ),
    );
  }, isRecoloured && OF_COLOURS);
}

/** How many pixels a page can be scrolled sideways. */
export const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
