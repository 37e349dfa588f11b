import type { FrozenNotice } from '../render/notice-text.ts';
import type { Texts } from '../render/respondent-texts.ts';
import { OTHER_COUNTRY } from '../services/entrance.ts';
import { respondFrame } from './respond-view.ts';

/** The name in the address that brings the country whose notice is shown. */
export const NOTICE_PARAMETER = 'notice';

/** How a notice's country stands in an address. */
export const countryCode = ({ country }: Pick<FrozenNotice, 'country'>): string => country ?? OTHER_COUNTRY;

/** A country's name in a language; null is any other. */
function countryName(country: string | null, texts: Texts): string {
  if (country === null) return texts.text('noticeCountryOther');
  return new Intl.DisplayNames([texts.textLanguage], { type: 'region' }).of(country) ?? country;
}

/** The notice that somebody is shown of those a survey was published with; null while the country is to be chosen. */
export const chosenNotice = (published: readonly FrozenNotice[], country: string): FrozenNotice | null =>
  published.length <= 1 ? (published[0] ?? null) : (published.find((one) => countryCode(one) === country) ?? null);

/**
 * What the first page shows of the privacy notice: its short form, or the choice of a country where the law differs.
 *
 * @param at the page's own path, and what else stands in its address
 * @returns null for a survey that was published without one
 */
export function noticeView(
  published: readonly FrozenNotice[],
  country: string,
  texts: Texts,
  { at, language, query, isMissingAge }: { at: string; language: string; query: string; isMissingAge: boolean },
) {
  if (published.length === 0) return null;
  const chosen = chosenNotice(published, country);
  const rest = new URLSearchParams(query);
  rest.delete(NOTICE_PARAMETER);
  const address = (path: string, code: string | null) => {
    const own = new URLSearchParams({ language, ...(code === null ? {} : { [NOTICE_PARAMETER]: code }) });
    for (const [name, value] of rest) own.append(name, value);
    return `${path}?${own.toString()}`;
  };
  const age = chosen?.text.minimumAge ?? 0;
  return {
    seal: chosen?.hash ?? '',
    rows: chosen?.text.short ?? [],
    title: chosen?.text.title ?? '',
    whole:
      chosen === null
        ? null
        : {
            href: address(`${at}/notice`, published.length > 1 ? countryCode(chosen) : null),
            label: texts.text('noticeWhole'),
          },
    country:
      chosen === null || published.length <= 1
        ? null
        : { name: countryName(chosen.country, texts), change: texts.text('change'), href: address(at, null) },
    choice:
      chosen === null
        ? {
            title: texts.text('noticeCountry'),
            text: texts.text('noticeCountryWhy'),
            countries: published.map((one) => ({
              name: countryName(one.country, texts),
              href: address(at, countryCode(one)),
            })),
          }
        : null,
    age:
      age > 0
        ? {
            text: texts.text('noticeAgeTick', { age }),
            error: isMissingAge ? texts.text('noticeAgeMissing', { age }) : null,
          }
        : null,
  };
}

/** The whole notice, as it was published or as it stands. */
export function noticePage(
  { text }: Pick<FrozenNotice, 'text'>,
  texts: Texts,
  { back, backLabel, country = null }: { back: string; backLabel?: string; country?: string | null },
) {
  return {
    ...respondFrame(text.title, texts),
    country: country === null ? '' : countryName(country, texts),
    sections: text.sections,
    back: { href: back, label: backLabel ?? texts.text('back') },
  };
}
