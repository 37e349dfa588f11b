import type { Store } from './store.ts';

/** What a process that ended left half done, in a database that nobody else works with: it is said so, and can be begun anew. */
export async function settleUnfinished(store: Store, at: string): Promise<void> {
  await store.analyses.failUnfinished(at);
  await store.comparisons.failUnfinished(at);
  await store.coder.failUnfinished(at);
  await store.reports.failUnfinished(at);
  await store.responses.interruptLoading(at);
  await store.peopleImports.interruptLoading(at);
  await store.segmentImports.releaseUnbegun();
  await store.media.failUnfinished(at);
}
