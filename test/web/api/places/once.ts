import type { ApiHouse } from '../open-api.ts';

type Place = Record<string, string>;

/** What takes seconds to make and is not used up is made once in each study. */
export function once(make: (api: ApiHouse) => Promise<Place>): (api: ApiHouse) => Promise<Place> {
  const made = new Map<string, Promise<Place>>();
  return (api) => {
    const known = made.get(api.study.publicId) ?? make(api);
    made.set(api.study.publicId, known);
    return known;
  };
}
