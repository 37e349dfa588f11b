import type { ApiHouse } from '../open-api.ts';
import type { Places } from '../places.ts';

export const someFeedback = async ({ house, study, ownerId }: ApiHouse, words = 'The button does nothing.') => {
  const { sources, store, now } = house.verbatim;
  const source = await sources.add(study.workspaceId, 'Shop', { userId: ownerId });
  const at = now().toISOString();
  const { feedback } = await store.feedback.add(
    {
      studyId: study.id,
      sourceId: source.id,
      personId: null,
      fingerprint: source.publicId,
      category: 'problem',
      rating: 2,
      words,
      wordsHash: '',
      replaced: 0,
      purposes: '[]',
      language: 'en',
      email: 'someone@example.org',
      pageUrl: 'https://shop.example/cart',
      pageKey: 'https://shop.example/cart',
      pageTitle: 'Cart',
      locale: 'en',
      pageLanguage: 'en',
      device: null,
      browser: null,
      os: null,
      viewport: null,
      release: '4.1',
      replayUrl: null,
      selector: '#buy',
      mark: null,
    },
    at,
  );
  return { feedback: feedback.publicId };
};
const some = (api: ApiHouse) => someFeedback(api);

export const feedbackPlaces: Places = { readFeedback: some, setFeedbackState: some, noteFeedback: some };
