import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../docs/support/markdown.js';
import { makeResponse } from '../support/ca.js';
import { stapledBy } from './support/client.js';
import { EXAMPLE_SERVERS } from './support/example-servers.js';
import type { Example } from './support/example-server.js';
import { makeExample } from './support/example.js';

const HOUR = 3_600_000;

type Bad = 'missing' | 'no response' | 'expired' | 'for another certificate';

const BAD: readonly Bad[] = ['missing', 'no response', 'expired', 'for another certificate'];

/** The rows of docs/servers.md, in the order of BAD. */
const ROWS = rowsOf('docs/servers.md', 'server at its start').map(([name, ...cells]) => ({ name, cells }));

function badStaple(bad: Bad, { certificate }: Example): Uint8Array | undefined {
  const [now, issuer] = [Date.now(), certificate.issuer ?? certificate];
  const good = { issuer, certificate, thisUpdate: now - 48 * HOUR, nextUpdate: now + 48 * HOUR };
  switch (bad) {
    case 'missing':
      return undefined;
    case 'no response':
      return new TextEncoder().encode('<html>not found</html>\n');
    case 'expired':
      return makeResponse({ ...good, nextUpdate: now - HOUR });
    case 'for another certificate':
      return makeResponse({ ...good, certificate: new Uint8Array([0x42, 1, 2, 3]) });
  }
}

/** The words of the table for what a server does that finds this file when it starts. */
async function startWith(example: Example, staple: Uint8Array | undefined): Promise<string> {
  if (staple === undefined) rmSync(example.stapleFile, { force: true });
  else writeFileSync(example.stapleFile, staple);
  const server = await example.start().catch(() => undefined);
  if (server === undefined) return 'does not start';
  const got = await stapledBy(example.port, example.name, example.root).catch(() => undefined);
  await server.stop();
  if (got === undefined) return 'no TLS';
  if (got.length === 0) return 'no staple';
  return Buffer.compare(got, staple ?? new Uint8Array()) === 0 ? 'staples it' : 'another staple';
}

const servers = EXAMPLE_SERVERS.filter(({ name }) => ROWS.some((row) => row.name === name));

it('the table has a row for each kind of server', () => {
  expect(new Set(servers.map(({ program }) => program))).toEqual(
    new Set(EXAMPLE_SERVERS.map(({ program }) => program)),
  );
});

describe.for(servers)('$name', (server) => {
  it('does with a bad staple as docs/servers.md says', async (context) => {
    const example = await makeExample(server, context);
    await example.refresh();
    const seen: string[] = [];
    for (const bad of BAD) seen.push(await startWith(example, badStaple(bad, example)));
    expect(seen).toEqual(ROWS.find(({ name }) => name === server.name)?.cells);
  });
});
