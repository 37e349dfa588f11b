import { type Random, shuffled } from '../stats/random.ts';
import { drawCode, drawWhole } from './draw.ts';
import type { DemoCompany } from './moving-house.ts';

const inventedWords = [
  'Quillow',
  'Fernabel',
  'Ostrick',
  'Windlecote',
  'Harrowmint',
  'Peltrane',
  'Sorrelby',
  'Mardlewick',
  'Thistleray',
  'Orvenhay',
  'Cobbermere',
  'Lintwhistle',
  'Brackenfold',
  'Tolliver',
  'Ashcombe',
  'Penhallow',
  'Wrenfield',
  'Dunmarrow',
  'Silverlace',
  'Hollinbeck',
  'Marrowdale',
  'Catterby',
  'Fennelthorpe',
  'Greyling',
  'Ivelstone',
  'Larkmoor',
  'Nettlecombe',
  'Pryseworth',
  'Rushwillow',
  'Saltergate',
  'Tansyhill',
  'Umberlow',
  'Vennerby',
  'Wychmarsh',
  'Yarrowgate',
  'Almsbury',
  'Birchwhistle',
  'Corvendale',
  'Dapplemere',
  'Elderwick',
  'Foxtarn',
  'Gorsebury',
  'Hazelrigg',
  'Juniperley',
  'Kestrelow',
  'Lambswyke',
  'Millowby',
  'Norrenden',
  'Oakhanger',
  'Plumstede',
  'Quarrelby',
  'Rowanshaw',
  'Swithlow',
  'Teasel',
  'Underhay',
  'Violmere',
  'Wexcombe',
  'Yewstrand',
  'Zenderly',
  'Bellwether',
];

const trades: Readonly<Record<string, { name: string; share: number; employeesMax: number }>> = {
  lettings: { name: 'Lettings', share: 3, employeesMax: 25 },
  hospitality: { name: 'Guest House', share: 3, employeesMax: 40 },
  interiors: { name: 'Interiors', share: 2, employeesMax: 12 },
  health: { name: 'Practice', share: 2, employeesMax: 15 },
  offices: { name: 'Studios', share: 2, employeesMax: 80 },
};

/**
 * Companies with a trade account. Their names are invented; past sixty, the words come round again with a number.
 *
 * @param count how many; 0 gives none
 */
export function tradeCompanies(count: number, random: Random): DemoCompany[] {
  const words = shuffled(inventedWords, random);
  const shares = Object.fromEntries(Object.entries(trades).map(([industry, { share }]) => [industry, share]));
  return Array.from({ length: count }, (_, index) => {
    const industry = drawCode(shares, random);
    const trade = trades[industry]!;
    const round = Math.floor(index / words.length);
    return {
      externalId: `mh-c${String(index + 1).padStart(3, '0')}`,
      name: `${words[index % words.length]} ${trade.name}${round > 0 ? ` ${round + 1}` : ''}`,
      attributes: {
        industry: { value: industry, family: 'firmographic' },
        employees: { value: drawWhole(1, trade.employeesMax, random), family: 'firmographic' },
      },
    };
  });
}
