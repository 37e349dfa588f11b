import type { Question } from '../../model/survey.ts';
import type { Reader } from './lime-parts.ts';
import { defined, numberIn, wordingFrom } from './survey-parts.ts';

/** What attributes set on the question; the others are listed by name. */
export function readAttributes({ context, question }: Reader, made: readonly Question[]): void {
  const used = new Set([
    'hidden',
    'other_replace_text',
    'equals_num_value',
    'slider_layout',
    'slider_min',
    'slider_max',
    'multiflexible_checkbox',
    'equation',
  ]);
  const [main] = made;
  const attribute = (name: string): string => {
    used.add(name);
    return question.attributes.get(name) ?? '';
  };
  const whole = (name: string): number | undefined => {
    const value = numberIn(attribute(name));
    return value !== null && value >= 1 ? Math.floor(value) : undefined;
  };
  if (main && (main.kind === 'single' || main.kind === 'multiple' || main.kind === 'ranking')) {
    if (attribute('random_order') === '1' || /random/.test(attribute('answer_order') + attribute('subquestion_order')))
      main.order = 'random';
  }
  if (main && (main.kind === 'battery' || main.kind === 'matrix')) {
    if (attribute('random_order') === '1' || /random/.test(attribute('subquestion_order'))) main.rowOrder = 'random';
  }
  if (main?.kind === 'multiple') {
    Object.assign(main, defined({ least: whole('min_answers'), most: whole('max_answers') }));
    const alone = attribute('exclude_all_others')
      .split(';')
      .map((one) => one.trim());
    for (const value of alone.filter(Boolean)) {
      const target = context.targets.get(`${question.code}_${value}`);
      const option = main.options.find((one) => one.code === target?.option);
      if (option) option.exclusive = true;
    }
  }
  if (main?.kind === 'ranking') Object.assign(main, defined({ places: whole('max_answers') }));
  for (const one of made) {
    if (one.kind === 'number') {
      Object.assign(
        one,
        defined({
          min: numberIn(attribute('min_num_value_n')) ?? undefined,
          max: numberIn(attribute('max_num_value_n')) ?? undefined,
          whole: attribute('num_value_int_only') === '1' ? true : undefined,
        }),
      );
      const unit = attribute('suffix') || attribute('prefix');
      if (unit !== '')
        one.unit = wordingFrom(
          context.book,
          question.code,
          { [context.languages[0] ?? 'en']: unit },
          context.languages,
          unit,
        );
    }
    if (one.kind === 'text') Object.assign(one, defined({ maxLength: whole('maximum_chars') }));
  }
  const check = attribute('em_validation_q');
  const tip = attribute('em_validation_q_tip');
  if (check !== '' && main) {
    const message = wordingFrom(
      context.book,
      question.code,
      tip ? { [context.languages[0] ?? 'en']: tip } : {},
      context.languages,
      'Please look at this answer again',
    );
    context.pending.push({
      from: question.code,
      what: 'check',
      source: check,
      use: (holds) => {
        main.checks = [...(main.checks ?? []), { holds, message }];
      },
    });
  }
  carry({ context, question }, main, attribute('array_filter'), 'chosen');
  carry({ context, question }, main, attribute('array_filter_exclude'), 'not-chosen');
  if ((question.row['preg'] ?? '') !== '')
    context.book.miss(
      question.code,
      `pattern ${question.row['preg']}`,
      'Patterns are written in another syntax: write it anew',
    );
  const rest = [...question.attributes.keys()].filter((name) => !used.has(name));
  if (rest.length > 0)
    context.book.miss(
      question.code,
      `settings: ${rest.slice(0, 30).join(', ')}`,
      'Verbatim has nothing like them, or does it its own way',
    );
}

/** An array filter shows what was chosen before: options and rows are carried over instead of standing twice. */
function carry(
  { context, question }: Pick<Reader, 'context' | 'question'>,
  main: Question | undefined,
  filter: string,
  which: 'chosen' | 'not-chosen',
): void {
  const [from = '', ...more] = filter
    .split(';')
    .map((one) => one.trim())
    .filter(Boolean);
  if (from === '') return;
  const source = context.targets.get(from);
  const isCarried = source && (source.holds === 'codes' || source.holds === 'ranking') && more.length === 0;
  if (!isCarried || !main) {
    context.book.miss(
      question.code,
      `filtered by ${filter}`,
      'Only what was chosen in one earlier question can be carried over',
    );
    return;
  }
  const known = new Set(source.codes?.values());
  const carried = { question: source.address, which } as const;
  if (
    (main.kind === 'single' || main.kind === 'multiple' || main.kind === 'ranking') &&
    main.options.every((one) => known.has(one.code) || one.comment)
  ) {
    main.options = main.options.filter((one) => !known.has(one.code));
    main.optionsFrom = carried;
  } else if ((main.kind === 'battery' || main.kind === 'matrix') && main.rows.every((one) => known.has(one.code))) {
    main.rows = [];
    main.rowsFrom = carried;
  } else {
    context.book.miss(
      question.code,
      `filtered by ${filter}`,
      'Its codes are not those of the question it is filtered by',
    );
    return;
  }
  context.book.map(
    `${question.code}: filtered by ${from}`,
    `carried over from ${source.address}: ${which}`,
    'The words are those of the earlier question',
  );
}
