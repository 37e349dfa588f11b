import type { Question, SurveyDefinition } from './survey.ts';

export type SurveyFault = { pointer: string; detail: string };

/** One thing that is answered and stored: a question, or a row of a battery. */
export type Item = { address: string; question: Question; row: string | null; page: number };

/**
 * Every item of a survey in the order asked. A battery gives one item per row, addressed `question.row`.
 */
export function surveyItems(definition: SurveyDefinition): Item[] {
  return definition.pages.flatMap((page, index) =>
    page.questions.flatMap((question): Item[] =>
      question.kind === 'battery'
        ? question.rows.map((row) => ({
            address: `${question.code}.${row.code}`,
            question,
            row: row.code,
            page: index + 1,
          }))
        : [{ address: question.code, question, row: null, page: index + 1 }],
    ),
  );
}

/**
 * What the shape alone cannot say: codes used twice, scale items that do not exist or are no scale, wordings missing in
 * a language. An empty list means the survey can be published.
 */
export function checkSurvey(definition: SurveyDefinition): SurveyFault[] {
  return [...doubledCodes(definition), ...strayScaleItems(definition), ...missingWordings(definition)];
}

function doubledCodes(definition: SurveyDefinition): SurveyFault[] {
  const faults: SurveyFault[] = [];
  const seen = new Set<string>();
  const claim = (codes: Set<string>, code: string, pointer: string, what: string) => {
    if (codes.has(code))
      faults.push({ pointer, detail: `The code “${code}” is used for two ${what}. Give one another code` });
    codes.add(code);
  };
  const pages = new Set<string>();
  definition.pages.forEach((page, p) => {
    claim(pages, page.code, `#/pages/${p}/code`, 'pages');
    page.questions.forEach((question, q) => {
      const pointer = `#/pages/${p}/questions/${q}`;
      claim(seen, question.code, `${pointer}/code`, 'questions');
      if (question.kind === 'battery') {
        const rows = new Set<string>();
        question.rows.forEach((row, r) => claim(rows, row.code, `${pointer}/rows/${r}/code`, 'rows'));
      }
      if (question.kind === 'single' || question.kind === 'multiple') {
        const options = new Set<string>();
        question.options.forEach((option, o) => claim(options, option.code, `${pointer}/options/${o}/code`, 'options'));
      }
      if (
        question.kind === 'number' &&
        question.min !== undefined &&
        question.max !== undefined &&
        question.min > question.max
      ) {
        faults.push({ pointer, detail: 'The smallest number allowed is larger than the largest' });
      }
    });
  });
  if (!definition.consent.purposes.some((purpose) => purpose.code === 'analysis')) {
    faults.push({ pointer: '#/consent/purposes', detail: 'Taking part means analysis: list the purpose “analysis”' });
  }
  return faults;
}

function strayScaleItems(definition: SurveyDefinition): SurveyFault[] {
  const items = new Map(surveyItems(definition).map((item) => [item.address, item]));
  const faults: SurveyFault[] = [];
  const instruments = new Set<string>();
  (definition.instruments ?? []).forEach((instrument, i) => {
    if (instruments.has(instrument.code)) {
      faults.push({ pointer: `#/instruments/${i}/code`, detail: `Two instruments have the code “${instrument.code}”` });
    }
    instruments.add(instrument.code);
    instrument.scales.forEach((scale, s) => {
      const pointer = `#/instruments/${i}/scales/${s}`;
      scale.items.forEach((key, k) => {
        const item = items.get(key.replace(/^-/, ''));
        if (!item) {
          faults.push({
            pointer: `${pointer}/items/${k}`,
            detail: `No question or row is called “${key.replace(/^-/, '')}”`,
          });
        } else if (item.question.kind !== 'battery' && item.question.kind !== 'rating') {
          faults.push({
            pointer: `${pointer}/items/${k}`,
            detail: `“${item.address}” is not answered on a scale of steps`,
          });
        }
      });
      if ((scale.minimumAnswered ?? 1) > scale.items.length) {
        faults.push({
          pointer: `${pointer}/minimumAnswered`,
          detail: 'More items must be answered than the scale has',
        });
      }
    });
  });
  return faults;
}

function missingWordings(definition: SurveyDefinition): SurveyFault[] {
  const [first] = definition.languages;
  const faults: SurveyFault[] = [];
  const need = (wording: Record<string, string> | undefined, pointer: string) => {
    if (wording && first && !wording[first]?.trim()) {
      faults.push({ pointer, detail: `The wording in the survey’s first language (${first}) is missing` });
    }
  };
  need(definition.title, '#/title');
  need(definition.consent.text, '#/consent/text');
  definition.pages.forEach((page, p) =>
    page.questions.forEach((question, q) => {
      const pointer = `#/pages/${p}/questions/${q}`;
      need(question.text, `${pointer}/text`);
      if (question.kind === 'battery') question.rows.forEach((row, r) => need(row.text, `${pointer}/rows/${r}/text`));
      if (question.kind === 'single' || question.kind === 'multiple') {
        question.options.forEach((option, o) => need(option.text, `${pointer}/options/${o}/text`));
      }
    }),
  );
  return faults;
}

/**
 * A wording in the language asked for, else in the survey's first language, else whichever there is.
 *
 * @example
 * wordingIn({ en: 'Yes', de: 'Ja' }, 'de', ['en']) // => 'Ja'
 * @example
 * wordingIn({ en: 'Yes' }, 'fr', ['en']) // => 'Yes'
 */
export function wordingIn(wording: Record<string, string>, language: string, fallbacks: readonly string[]): string {
  for (const candidate of [language, ...fallbacks]) {
    const text = wording[candidate];
    if (text !== undefined && text !== '') return text;
  }
  return Object.values(wording)[0] ?? '';
}
