import { expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../src/system/interfaces/http.js';
import { inTurns } from '../../src/transport/turns.js';

const LIMITS = { timeout: 1000, connectTimeout: 1000, maxBody: 1000 };

const NOBODY = { address: undefined, proxy: undefined };

/** A client whose exchanges end when they are told to. */
function manual() {
  const begun: { url: string; end: (fails?: boolean) => void }[] = [];
  const http: Http = {
    exchange: ({ url }) =>
      new Promise((resolve, reject) => {
        const end = (fails = false) =>
          fails
            ? reject(new Error(url))
            : resolve({ status: 200, headers: {}, body: new Uint8Array(), peer: NOBODY });
        begun.push({ url, end });
      }),
    close: () => Promise.resolve(),
  };
  return { http, begun, urls: () => begun.map(({ url }) => url) };
}

function get(url: string): HttpRequest {
  return { method: 'GET', url, headers: {} };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('so many to one host at once, the others in their order, and hosts do not wait for each other', async () => {
  const { http, begun, urls } = manual();
  const client = inTurns(http, 2);
  const exchanges = ['http://a/1', 'http://a/2', 'http://a/3', 'http://a/4', 'http://b/1'].map((url) =>
    client.exchange(get(url), LIMITS).catch((error: unknown) => error),
  );
  await settled();
  expect(urls()).toEqual(['http://a/1', 'http://a/2', 'http://b/1']);
  begun[1]!.end(true);
  await settled();
  expect(urls().slice(3)).toEqual(['http://a/3']);
  begun[0]!.end();
  begun[3]!.end();
  await settled();
  expect(urls().slice(4)).toEqual(['http://a/4']);
  for (const { end } of begun) end();
  await Promise.all(exchanges);
  const last = client.exchange(get('http://a/5'), LIMITS);
  await settled();
  expect(urls().at(-1)).toBe('http://a/5');
  begun.at(-1)!.end();
  await last;
});
