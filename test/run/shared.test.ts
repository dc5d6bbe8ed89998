import { expect, test } from 'vitest';
import type { Answer, Fetched, FetchRequest, StapleSource } from '../../src/client/types.js';
import type { Outcome } from '../../src/report/outcome.js';
import type { OpenCertificate } from '../../src/run/decision.js';
import { withSharedFiles } from '../../src/run/shared.js';
import type { RunContext } from '../../src/run/types.js';

/** A source whose answers have one byte: 1 for the first, 2 for the second. */
function countingSource(): StapleSource & { asked: number } {
  const source: StapleSource & { asked: number } = {
    kind: 'responders',
    asked: 0,
    fetch: (_, judge) => {
      source.asked += 1;
      const answer: Answer = {
        body: Uint8Array.of(source.asked),
        origin: { kind: 'responder', url: 'http://a/' },
      };
      return Promise.resolve({ ...judge(answer), origin: answer.origin, attempts: [] } as Fetched);
    },
    close: () => Promise.resolve([]),
  };
  return source;
}

test('a partner judges the answer about the shared file, also if the first one then asked about its issuers', async () => {
  const source = countingSource();
  const judged: [name: string, byte: number | undefined][] = [];
  const refresh = async ({ certificate: { entry } }: OpenCertificate, run: RunContext): Promise<Outcome> => {
    const ask = ({ source: asked }: Pick<RunContext, 'source'>) =>
      asked.fetch(
        {} as FetchRequest,
        ({ body }) => {
          judged.push([entry.name, body[0]]);
          return { kind: 'not-newer', reason: 'no-newer-response' };
        },
        () => undefined,
      );
    await ask(run);
    // The run goes on to ask about the CA certificates (`format: pem-chain`).
    if (entry.name === 'rsa') await ask(run.issuerResponses);
    return { kind: 'failed' } as Outcome;
  };
  const shared = { members: [] };
  const open = (name: string) => ({ certificate: { entry: { name, shared } } }) as unknown as OpenCertificate;
  const refreshShared = withSharedFiles(
    { source, issuerResponses: { source, known: new Map() } } as unknown as RunContext,
    refresh,
  );
  await Promise.all(['rsa', 'ecdsa'].map((name) => refreshShared(open(name))));
  expect(judged).toEqual([
    ['rsa', 1],
    ['rsa', 2],
    ['ecdsa', 1],
  ]);
  expect(source.asked).toBe(2);
});
