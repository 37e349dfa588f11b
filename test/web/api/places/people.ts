import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';

/** People belong to the workspace, so that of another study's people only those of another workspace are unknown. */
const aPerson = async (api: ApiHouse) => {
  if (api.isElsewhere) return { person: 'AAAAAAAAAAAAAAAAAAAAAA', company: 'AAAAAAAAAAAAAAAAAAAAAA' };
  const { data } = await api.client.tellPerson({
    body: { userId: 'member-1', attributes: { plan: 'gold' }, company: { id: 'acme', role: 'user' } },
  });
  return { person: data.id, company: data.companies[0]?.id ?? '' };
};

export const peoplePlaces: Places = {
  readPerson: aPerson,
  readTimeline: aPerson,
  setRole: aPerson,
  setAttribute: aPerson,
  readCompany: aPerson,
};
