import { Problem } from '../model/problem.ts';
import { readRewording, rewordingBody } from '../model/rewording.ts';
import { wordingFaults } from '../personas/check-wording.ts';
import type { Claim } from '../personas/portrait.ts';
import { evidenceLine } from '../reports/evidence-words.ts';
import { allowedFor } from './address-guard.ts';
import { outgoingClient } from './outgoing-client.ts';

/** The language model that the operator named; `timeoutMs` is for one sentence. */
export type RewordingOptions = { url: string; model: string; key: string | null; timeoutMs?: number };
/** A wording that says no more than the claim, or what it said beyond. */
export type Reworded = { wording: string; faults: string[] };

const TIMEOUT_MS = 20_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * Asks a language model to say a claim once more. It is sent the computed sentence and nothing else: no quote, no figure, no
 * id; and what it answers is checked against the claim and its evidence before anybody may take it.
 */
export function rewordingService(options: RewordingOptions | null) {
  const client = outgoingClient({
    allowed: (options && allowedFor(options.url)) ?? [],
    timeoutMs: options?.timeoutMs ?? TIMEOUT_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
  });
  return {
    /** What the operator named; null when there is none, which is usual. */
    server: options && { host: new URL(options.url).host, model: options.model },
    /** @throws Problem `not-found` where no server is named, `conflict` where there is nothing to reword or none came */
    suggest: async (claim: Pick<Claim, 'text' | 'evidence' | 'isWritten'>): Promise<Reworded> => {
      if (options === null)
        throw new Problem('not-found', 'There is no language model to ask', {
          detail: 'Word the claim yourself; whoever runs this server can name a model',
        });
      if (claim.isWritten)
        throw new Problem('conflict', 'This sentence is a researcher’s own', {
          detail: 'Only what was computed is said again, since only that can be checked against its evidence',
        });
      const { url, model, key } = options;
      const sent = await client.send({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        },
        body: rewordingBody(model, claim.text),
      });
      const silent = (detail: string) => new Problem('conflict', 'The language model gave no wording', { detail });
      if (sent.outcome !== 'answered') throw silent(sent.reason);
      if (sent.status !== 200) throw silent(`It answered with status ${sent.status}`);
      const read = readRewording(sent.text);
      if ('fault' in read) throw silent(`It answered with ${read.fault}`);
      return {
        wording: read.wording,
        faults: wordingFaults(read.wording, claim.text, claim.evidence === null ? '' : evidenceLine(claim.evidence)),
      };
    },
  };
}
export type Rewording = ReturnType<typeof rewordingService>;
