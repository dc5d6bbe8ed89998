import { describe, expect, test } from 'vitest';
import { closedUrl } from '../support/port.js';
import type { Mode, Responder } from '../support/responder.js';
import { furtherResponders } from './support/further-responders.js';
import { reportOf, type CertificateReport } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();
const start = furtherResponders(pki);

/** Starts a host on which the path /b/ is in order and all others are not. */
function startHost(broken: Mode): Promise<Responder> {
  return start(({ url }) => (url.startsWith('/b/') ? undefined : broken));
}

interface Certificates {
  readonly prefix: string;
  readonly count: number;
  readonly staple?: 'due';
  readonly urlOf: (index: number) => string;
}

/** Adds certificates with the names `PREFIX0.example` and so on. */
function add(workspace: Workspace, { prefix, count, staple, urlOf }: Certificates): void {
  for (let index = 0; index < count; index++)
    workspace.add(`${prefix}${index}.example`, { staple, certificate: { ocspUrls: [urlOf(index)] } });
}

async function outcomesOf(workspace: Workspace): Promise<readonly CertificateReport[]> {
  workspace.configure({ http: { method: 'post', timeout: '1s', attempts: 1 } });
  return reportOf(await workspace.run('--json')).certificates;
}

/** Returns the messages about certificates that nobody was asked about. */
function notAsked(certificates: readonly CertificateReport[]): (string | undefined)[] {
  return certificates.filter(({ reason }) => reason === 'not-asked').map(({ message }) => message);
}

const to = (url: string): Mode => ({ kind: 'redirect', to: url });

test.each<[string, () => Promise<Mode>]>([
  ['never answers', () => Promise.resolve('stall')],
  ['hangs up', () => Promise.resolve('hang-up')],
  ['redirects to a name that does not exist', () => Promise.resolve(to('http://retired.invalid/'))],
  ['redirects to a port where nobody listens', async () => to(await closedUrl())],
  ['redirects to a responder that never answers', async () => to((await start(() => 'stall')).url)],
])('a URL is asked although another one of its host %s', async (_, broken) => {
  const { url } = await startHost(await broken());
  const workspace = makeWorkspace(pki);
  add(workspace, { prefix: 'a', count: 30, urlOf: () => `${url}a/` });
  add(workspace, { prefix: 'b', count: 2, urlOf: () => `${url}b/` });
  add(workspace, { prefix: 'due', count: 1, staple: 'due', urlOf: () => `${url}b/` });
  const certificates = await outcomesOf(workspace);
  expect(certificates.slice(-3).map(({ outcome }) => outcome)).toEqual(['updated', 'updated', 'updated']);
  const spared = notAsked(certificates);
  expect(spared.length).toBeGreaterThan(10);
  for (const message of spared)
    expect(message).toMatch(new RegExp(`^not asked: ${url}a/ failed for \\d+ other certificates in a row`));
});

describe('where each certificate has a URL of its own, a run spares, and names,', () => {
  test('a host that never answers', async () => {
    const { url, port } = await startHost('stall');
    const workspace = makeWorkspace(pki);
    add(workspace, { prefix: 'a', count: 80, urlOf: (index) => `${url}a/${index}/` });
    const spared = notAsked(await outcomesOf(workspace));
    // Eight silent URLs, the requests in flight, and a probe for each doubled interval.
    expect(spared.length).toBeGreaterThanOrEqual(80 - (8 + 3 + 7));
    expect(spared[0]).toMatch(
      new RegExp(`^not asked: 127\\.0\\.0\\.1:${port} gave no answer at \\d+ other URLs \\(timeout\\)`),
    );
  });

  test('a host that cannot be reached', async () => {
    const url = await closedUrl();
    const workspace = makeWorkspace(pki);
    add(workspace, { prefix: 'a', count: 40, urlOf: (index) => `${url}${index}/` });
    const [message] = notAsked(await outcomesOf(workspace));
    expect(message).toMatch(
      /^not asked: 127\.0\.0\.1:\d+ could not be reached for \d+ other certificates in a row \(connection-failed\)/,
    );
  });
});
