import { foldText } from '../../model/fold-text.ts';
import { showDate } from '../../render/helpers.ts';
import type { Quote } from '../../services/evidence.ts';
import type { CodedPassage } from '../../store/coded-passages.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { analysisHead, analysisTabs, filterView, readPassages } from './code-analysis-place.ts';
import { showPage, studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';

const QUOTES_AT_ONCE = 50;

/** Everything that carries a code, in the words it was said in, narrowed down by what is asked for. */
export function quotesDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/quotes', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/quotes`;
    const filter = await readPassages(house, visit, req);
    const found = await withWords(study.id, filter.passages, filter.words);
    const pages = Math.max(1, Math.ceil(found.length / QUOTES_AT_ONCE));
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1));
    const shown = found.slice((page - 1) * QUOTES_AT_ONCE, page * QUOTES_AT_ONCE);
    const read = await verbatim.evidence.readQuotes(study.id, shown);
    const names = new Map(filter.codes.map(({ id, name, publicId }) => [id, { name, publicId }]));
    const pageAt = (number: number) =>
      `${at}?${[filter.query, `page=${number}`].filter((part) => part !== '').join('&')}`;
    const quotes = shown.flatMap((passage, index) => {
      const quote = read[index];
      const code = names.get(passage.codeId);
      if (!quote?.isVerbatim || !code) return [];
      return [
        {
          quote: quoteView(quote, { study, segmentClass: null }),
          code: { name: code.name, href: `${studyAddress(study)}/codebook/${code.publicId}` },
          about: about(passage, filter.whereOf(passage)),
        },
      ];
    });
    const people = new Set(found.flatMap(({ isOwn, person }) => (isOwn ? [person] : []))).size;
    await showPage(house, visit, res, 'codebook', 'studio/quotes', {
      head: analysisHead(study, 'Quotes', 'What people said, by the codes on it.'),
      tabs: { label: 'Pages of what was coded', tabs: analysisTabs(study, 'quotes') },
      filters: filterView(filter, at),
      found: `${count(found.length, 'passage')} by ${count(people, 'person', 'people')}${found.length === filter.all ? '' : ` of ${filter.all.toLocaleString('en-GB')}`}`,
      quotes,
      missing: shown.length - quotes.length,
      isEmpty: filter.all === 0,
      empty: {
        title: 'Nothing is coded yet',
        text: 'Open an interview or answers, mark words, and give them a code. They can then be looked up here.',
        action: { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      },
      pages:
        pages === 1
          ? null
          : {
              text: `Page ${page} of ${pages}`,
              before: page > 1 ? pageAt(page - 1) : null,
              after: page < pages ? pageAt(page + 1) : null,
            },
    });
  });

  /** Those whose coded words hold what is searched for, whatever its case and accents. */
  async function withWords(studyId: number, passages: CodedPassage[], words: string): Promise<CodedPassage[]> {
    const wanted = foldText(words);
    if (wanted === '') return passages;
    const read = await verbatim.evidence.readQuotes(studyId, passages);
    const holds = (quote: Quote) => foldText(quote.marked).includes(wanted);
    return passages.filter((_, index) => {
      const quote = read[index];
      return quote?.isVerbatim === true && holds(quote);
    });
  }
}

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;

const about = ({ day, direction, isImportant, isExample, isOwn }: CodedPassage, where: string): string =>
  [
    where,
    showDate(day),
    direction === null ? '' : `speaks ${direction} it`,
    isOwn ? '' : 'said by whoever asked',
    isImportant ? 'important' : '',
    isExample ? 'an example' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
