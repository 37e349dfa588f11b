import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';

const aHook = async ({ house, study, ownerId }: ApiHouse) => {
  const hook = await house.verbatim.outgoing.add(
    study,
    'webhook',
    {
      name: 'A program',
      events: ['response.completed'],
      survey: '',
      values: { address: 'https://hooks.example.org/in' },
    },
    { userId: ownerId },
  );
  return { hook: hook.publicId };
};

export const hookPlaces: Places = { readHook: aHook, listDeliveries: aHook };
