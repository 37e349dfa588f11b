import { fillForm } from '../../demo/fill-form.ts';
import { mulberry32, normalDeviate } from '../../stats/random.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { Verbatim } from '../../verbatim.ts';

const PEOPLE = 120;
/** Every so manyth closes the page before the end. */
const LEAVES_EVERY = 15;
const AT_ONCE = 20;

const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
];
const SOURCES = ['newsletter', 'shop-counter', 'website'];

/**
 * Lets invented people fill a survey in as anybody would, page by page through the respondents' service. Three kinds of
 * people hold three different things dear, so that choices of best and worst have something to show.
 *
 * @param seed the same answers at every building, whoever gets which tasks
 */
export async function answerAsRespondents({ fieldwork }: Verbatim, survey: SurveyRow, seed: number): Promise<void> {
  const random = mulberry32(seed);
  const options = survey.draft.pages
    .flatMap((page) => page.questions)
    .flatMap((question) => (question.kind === 'best-worst' || question.kind === 'ranking' ? question.options : []));
  const leanings = Array.from(
    { length: 3 },
    () => new Map(options.map((option) => [option.code, 1.4 * normalDeviate(random)])),
  );
  const answerAs = async (person: number): Promise<void> => {
    const random = mulberry32(seed * 10_000 + person);
    const leaning = leanings[person % leanings.length] ?? new Map<string, number>();
    const started = await fieldwork.start(survey.slug, {
      consents: ['analysis'],
      isOfAge: true,
      language: null,
      invitation: null,
      query: { source: SOURCES[Math.floor(random() * SOURCES.length)] },
      agent: AGENTS[Math.floor(random() * AGENTS.length)],
    });
    if (!started.started) throw new Error('Nobody may begin the survey of the demonstration');
    let { next } = started;
    while (typeof next.page === 'number') {
      if (person % LEAVES_EVERY === LEAVES_EVERY - 1 && next.revision > 2) break;
      const shown = fieldwork.shownOn(await fieldwork.open(next.token), next.page);
      const form = fillForm(shown?.questions ?? [], random, (code) => leaning.get(code) ?? 0);
      const outcome = await fieldwork.answer({ ...next, page: next.page }, form);
      if (outcome.outcome !== 'saved')
        throw new Error(
          `A page of the demonstration was not taken: ${JSON.stringify('errors' in outcome ? outcome.errors : outcome.outcome)}`,
        );
      next = outcome.next;
    }
    if (next.page === 'check') await fieldwork.complete(next.token, next.revision);
  };
  // Several at once, as respondents come: their pages are then committed together.
  for (let first = 0; first < PEOPLE; first += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, PEOPLE - first) }, (_, index) => answerAs(first + index)));
}
