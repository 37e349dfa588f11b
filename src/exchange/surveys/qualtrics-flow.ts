import type { Question, SurveyDefinition } from '../../model/survey.ts';
import type { QualtricsContext } from './qualtrics-parts.ts';
import { readQualtricsQuestion } from './qualtrics-questions.ts';
import { type DraftPage, type Loose, listIn, looseIn, textIn } from './survey-parts.ts';

type Block = { id: string; source: Loose; pages: DraftPage[] };

export type Reading = QualtricsContext & {
  blocks: Map<string, Block>;
  fields: Map<string, string>;
  hidden: Question[];
  ordered: DraftPage[];
  drawn: NonNullable<SurveyDefinition['blocks']>;
  ends: NonNullable<SurveyDefinition['ends']>;
};

/** Embedded data becomes hidden fields, before any condition can name them. */
export function readFields(reading: Reading, flow: readonly unknown[]): void {
  const [first = 'en'] = reading.languages;
  const visit = (one: Loose, depth: number): void => {
    if (one['Type'] === 'EmbeddedData')
      for (const field of listIn(one['EmbeddedData']).map(looseIn)) {
        const name = textIn(field['Field']);
        if (name === '' || reading.fields.has(name)) continue;
        const code = reading.codes(name, 'h');
        reading.fields.set(name, code);
        const isParameter = /^[A-Za-z0-9_.-]{1,64}$/.test(name);
        reading.hidden.push({
          kind: 'hidden',
          code,
          text: { [first]: name.slice(0, 200) },
          ...(code !== name && isParameter && { parameter: name }),
        });
        reading.book.map(`${name} (embedded data)`, `${code}: hidden`);
        if (textIn(field['Value']) !== '')
          reading.book.miss(
            name,
            `the value ${textIn(field['Value'])} set in the flow`,
            'A hidden value comes with the address',
          );
      }
    if (depth < 40) for (const inner of listIn(one['Flow'])) visit(looseIn(inner), depth + 1);
  };
  for (const one of flow) visit(looseIn(one), 0);
  if (reading.hidden.length > 40)
    for (const question of reading.hidden.splice(40))
      reading.book.miss(question.code, 'embedded data', 'There may be forty hidden values on the first page');
}

/** Blocks are cut into pages where they break. */
export function readBlocks(reading: Reading, blocks: readonly Loose[], questions: ReadonlyMap<string, Loose>): void {
  for (const source of blocks) {
    const id = textIn(source['ID']) || `block ${reading.blocks.size + 1}`;
    const name = textIn(source['Description']) || id;
    if (source['Type'] === 'Trash') {
      const thrown = listIn(source['BlockElements'])
        .map((one) => textIn(looseIn(one)['QuestionID']))
        .filter(Boolean);
      if (thrown.length > 0)
        reading.book.miss(name, `questions thrown away: ${thrown.join(', ')}`, 'They lie in the bin');
      continue;
    }
    const stem = reading.codes(name.toLowerCase(), 'p');
    const pages: DraftPage[] = [{ code: stem, questions: [] }];
    for (const one of listIn(source['BlockElements']).map(looseIn)) {
      if (one['Type'] === 'Page Break') {
        if ((pages.at(-1)?.questions.length ?? 0) > 0)
          pages.push({ code: reading.codes(`${stem}_${pages.length + 1}`, 'p'), questions: [] });
        continue;
      }
      const qid = textIn(one['QuestionID']);
      const payload = questions.get(qid);
      if (payload) pages.at(-1)?.questions.push(...readQualtricsQuestion(reading, payload, qid));
      else reading.book.miss(qid || name, 'an element of a block', 'There is no such question in the file');
      if (Array.isArray(one['SkipLogic']))
        reading.book.miss(qid, 'skip logic', 'Write it as a jump of the page, or a condition of what comes after');
    }
    reading.blocks.set(id, { id, source, pages: pages.filter((page) => page.questions.length > 0) });
    reading.book.map(`${name} (block)`, `${pages.length === 1 ? 'page' : `${pages.length} pages from`} ${stem}`);
    const { RandomizeQuestions } = looseIn(source['Options']);
    if (textIn(RandomizeQuestions) !== '' && textIn(RandomizeQuestions) !== 'false') {
      for (const page of pages) page.order = 'random';
      if (pages.length > 1)
        reading.book.miss(name, 'questions shuffled over its pages', 'They are shuffled within each page');
    }
  }
}

const DEPTH_MAX = 40;

/** Goes the way of the flow; `logics` are the branches it stands in. */
export function walkFlow(reading: Reading, one: Loose, logics: readonly unknown[]): DraftPage[] {
  const { book } = reading;
  const type = textIn(one['Type']);
  const id = textIn(one['FlowID']) || type;
  const inner = (extra: readonly unknown[] = []): DraftPage[] =>
    logics.length + extra.length > DEPTH_MAX
      ? []
      : listIn(one['Flow']).flatMap((next) => walkFlow(reading, looseIn(next), [...logics, ...extra]));
  switch (type) {
    case 'Block':
    case 'Standard': {
      const block = reading.blocks.get(textIn(one['ID']));
      if (!block) {
        book.miss(id, `the block ${textIn(one['ID'])}`, 'There is no such block in the file');
        return [];
      }
      if (block.pages.some((page) => reading.ordered.includes(page))) {
        book.miss(id, `the block ${block.id} a second time`, 'A page is asked once');
        return [];
      }
      for (const page of block.pages) {
        reading.ordered.push(page);
        for (const logic of logics)
          reading.pending.push({
            from: page.code,
            what: 'shown only if',
            logic,
            use: (condition) => {
              page.visibleIf = page.visibleIf === undefined ? condition : `(${page.visibleIf}) and (${condition})`;
            },
          });
      }
      return block.pages;
    }
    case 'Branch':
      book.map(`${id} (branch)`, 'conditions of the pages in it');
      return inner([one['BranchLogic']]);
    case 'BlockRandomizer': {
      const pages = inner();
      const subset = Number(one['SubSet']);
      const take = Number.isInteger(subset) && subset >= 1 && subset < listIn(one['Flow']).length ? subset : undefined;
      const isPlain = pages.length === listIn(one['Flow']).length;
      if (pages.length === 0) return [];
      reading.drawn.push({
        code: reading.codes(`draw_${reading.drawn.length + 1}`, 'b'),
        pages: pages.map((page) => page.code),
        order: 'random',
        ...(take !== undefined && isPlain && { take }),
      });
      book.map(
        `${id} (randomizer)`,
        `a block of ${pages.length} pages in drawn order${take !== undefined && isPlain ? `, ${take} of them` : ''}`,
      );
      if (!isPlain)
        book.miss(id, 'blocks of several pages drawn as a whole', 'Their pages are drawn one by one: look at it');
      return pages;
    }
    case 'EndSurvey': {
      const options = looseIn(one['Options']);
      const link = textIn(options['EOSRedirectURL']);
      const [logic] = logics;
      const screened = /screen/i.test(textIn(options['SurveyTermination']) + textIn(options['ResponseFlag']));
      if (logic === undefined) {
        if (link !== '') book.miss(id, `going on to ${link}`, 'Write it as an end');
        else book.map(`${id} (end)`, 'the end');
        return [];
      }
      const end = {
        code: reading.codes(`end_${id}`, 'e'),
        outcome: screened ? ('screened-out' as const) : ('complete' as const),
      };
      const before = reading.ordered.at(-1);
      if (!before || logics.length > 1) {
        book.miss(id, 'an end within branches', 'Write it as a jump to an end');
        return [];
      }
      reading.pending.push({
        from: before.code,
        what: `jump to the end ${end.code} if`,
        logic,
        use: (condition) => {
          reading.ends.push({
            ...end,
            if: condition,
            ...(/^https:\/\/[^\s/@\\?#${]+([/?#][^\s\\${]*)?$/.test(link) && { link }),
          });
          before.next = [...(before.next ?? []), { if: condition, to: end.code }];
        },
      });
      return [];
    }
    case 'EmbeddedData':
      return [];
    case 'Group':
    case 'Root':
      return inner();
    default:
      book.miss(
        id,
        `${type || 'an element'} in the flow`,
        'Verbatim has nothing like it; what stands in it is asked of everybody',
      );
      return inner();
  }
}
