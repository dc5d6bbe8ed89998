import { availableParallelism } from 'node:os';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { makeAuthority, type Authority } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { clockEnvironment } from '../support/clock.js';
import { startResponder, type Responder } from '../support/responder.js';
import { runOcspbot, type Run } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startNginxExample, startVarnishExample } from './support/fleet.js';
import { freePort } from '../support/port.js';
import type { Server } from './support/server.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Hosts behind a cache, hosts that are asked again, and hosts that install what another one has fetched. */
const HOSTS = byExtent({ sample: 12, long: 60, all: 100 });
const AGAIN = byExtent({ sample: 8, long: 20, all: 100 });
const INSTALLING = byExtent({ sample: 12, long: 100, all: 200 });
const CERTIFICATES = 3;

/** A fleet: each host has a configuration, a state and staples of its own, and the same certificates. */
interface Fleet {
  readonly sandbox: Sandbox;
  readonly responder: Responder;
  /** Runs the command of hosts, a few at a time. */
  run(count: number, ...args: readonly string[]): Promise<readonly Run[]>;
}

async function makeFleet(hosts: number, keys: object): Promise<Fleet> {
  const authority: Authority = makeAuthority();
  const responder = await startResponder({
    issuers: [authority.intermediate],
    // RFC 9919 §7.1: caches know from it how long they may keep the response.
    answer: () => ({ kind: 'with', headers: { 'Cache-Control': 'max-age=3600, public' } }),
    // It is due at every run, and good for two days.
    lifetime: { age: 5 * DAY, validity: 7 * DAY },
  });
  onTestFinished(() => responder.close());
  const sandbox = makeSandbox();
  const certificates = Array.from({ length: CERTIFICATES }, () =>
    authority.issue({ ocspUrls: [responder.url] }),
  );
  const files = certificates.map((one, index) => sandbox.writeCertificate(`d${index}`, one));
  const domains = Object.fromEntries(files.map((entry, index) => [`d${index}.example`, entry]));
  for (let host = 0; host < hosts; host += 1) {
    const ocsp = `host${host}`;
    sandbox.write(`${ocsp}/.keep`, '');
    const configuration = { ocsp_folder: ocsp, minimum_validity: '3d', domains, ...keys };
    sandbox.writeConfiguration(configuration, `host${host}.yaml`);
  }
  const runHost = (host: number, args: readonly string[]) =>
    runOcspbot([...args, '--config', `host${host}.yaml`, '--quiet'], { cwd: sandbox.folder });
  return {
    sandbox,
    responder,
    run: (count, ...args) => inBatches(count, (host) => runHost(host, args)),
  };
}

async function inBatches<T>(count: number, action: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const size = availableParallelism() + 1;
  while (results.length < count) {
    const { length: first } = results;
    const batch = Array.from({ length: Math.min(size, count - first) }, (_, index) => first + index);
    results.push(...(await Promise.all(batch.map(action))));
  }
  return results;
}

const statusesOf = (runs: readonly Run[]) => [...new Set(runs.map(({ status }) => status))];

type Start = (
  fleet: Fleet,
  port: number,
  context: TestContext,
  environment?: Record<string, string>,
) => Promise<Server>;

const startNginx: Start = ({ sandbox, responder }, port, context, environment) =>
  startNginxExample(
    {
      ...{ sandbox, name: 'cache-nginx.conf', port },
      places: {
        8080: `127.0.0.1:${port}`,
        'http://ocsp.ca.example': new URL(responder.url).origin,
        '/var/cache/nginx/ocsp': sandbox.path('cache'),
      },
    },
    context,
    environment,
  );

const startVarnish: Start = ({ sandbox, responder }, port, context) =>
  startVarnishExample(
    {
      ...{ sandbox, name: 'cache-varnish.vcl', port },
      places: { '.host = "ocsp.ca.example"': '.host = "127.0.0.1"', '"80"': `"${responder.port}"` },
    },
    context,
  );

const CACHES = [
  ['nginx', startNginx],
  ['Varnish', startVarnish],
] as const;

/** The keys of a host that asks the cache, and nobody else. */
const behind = (port: number) => ({
  http: { attempts: 1 },
  issuers: { ca: { cert: 'd0/chain.pem', ocsp_responder_uri: `http://127.0.0.1:${port}/` } },
});

test.for(CACHES)(
  `${HOSTS} hosts behind %s ask the responder once for each certificate, and its death costs nothing`,
  { timeout: CAMPAIGN_TIMEOUT },
  async ([name, start], context) => {
    const port = await freePort();
    const fleet = await makeFleet(HOSTS, behind(port));
    const { responder, sandbox } = fleet;
    const cache = await start(fleet, port, context);
    expect(statusesOf(await fleet.run(HOSTS))).toEqual([2]);
    const first = responder.requests.length;
    expect(first).toBe(CERTIFICATES);

    await cache.stop();
    const before = sandbox.snapshot('host0');
    const dead = await fleet.run(AGAIN);
    expect(statusesOf(dead)).toEqual([0]);
    expect(new Set(dead.map(({ stdout, stderr }) => stdout + stderr))).toEqual(new Set(['']));
    expect(sandbox.snapshot('host0')['d0.ocsp']).toEqual(before['d0.ocsp']);
    console.log(
      `${HOSTS} hosts, ${CERTIFICATES} certificates, ${name}: ${first} requests at the responder; ` +
        `${responder.requests.length - first} by ${AGAIN} hosts after the death of the cache, all with status 0`,
    );
  },
);

test.for(CACHES)(
  'the first host that gets a response which is over asks past %s, for all hosts',
  { timeout: CAMPAIGN_TIMEOUT },
  async ([, start], context) => {
    const port = await freePort();
    const fleet = await makeFleet(4, behind(port));
    const { responder } = fleet;
    await start(fleet, port, context);
    responder.lifetime = { age: 8 * DAY, validity: 7 * DAY };
    expect(statusesOf(await fleet.run(1))).toEqual([32]);
    responder.lifetime = { age: HOUR, validity: 7 * DAY };
    responder.reset();
    expect(statusesOf(await fleet.run(1, '--force'))).toEqual([2]);
    expect(responder.requests.map(({ method }) => method)).toEqual(Array(CERTIFICATES).fill('GET'));
    expect((await fleet.run(4)).map(({ status }) => status)).toEqual([0, 2, 2, 2]);
    expect(responder.requests).toHaveLength(CERTIFICATES);
  },
);

test(
  'the next period: a cache whose responses are over asks once more for each certificate',
  { timeout: CAMPAIGN_TIMEOUT },
  async (context) => {
    const port = await freePort();
    const fleet = await makeFleet(AGAIN, behind(port));
    const { responder } = fleet;
    const cache = await startNginx(fleet, port, context);
    expect(statusesOf(await fleet.run(AGAIN))).toEqual([2]);
    responder.lifetime = { age: HOUR, validity: 7 * DAY };
    // The responses are due, and the cache has none but the old ones for another hour.
    expect(statusesOf(await fleet.run(1))).toEqual([0]);
    expect(responder.requests).toHaveLength(CERTIFICATES);
    await cache.stop();
    await startNginx(fleet, port, context, clockEnvironment('+2h', context));
    // Hosts that ask while the cache does may get the old responses once more, which are good for two days.
    const statuses = statusesOf(await fleet.run(AGAIN, '--force'));
    expect([0, 2]).toEqual(expect.arrayContaining(statuses));
    await fleet.run(AGAIN);
    expect(statusesOf(await fleet.run(AGAIN))).toEqual([0]);
    console.log(
      `${AGAIN} hosts in the next period: ${responder.requests.length - CERTIFICATES} requests at the responder`,
    );
    expect(responder.requests).toHaveLength(2 * CERTIFICATES);
  },
);

test(
  `${INSTALLING} hosts install what one has fetched, without a network`,
  { timeout: CAMPAIGN_TIMEOUT },
  async () => {
    const fleet = await makeFleet(INSTALLING + 1, {});
    const { sandbox, responder } = fleet;
    const fetcher = `host${INSTALLING}`;
    const fetched = await runOcspbot(['--config', `${fetcher}.yaml`], { cwd: sandbox.folder });
    expect(fetched.status, fetched.stderr).toBe(2);
    await responder.close();
    const began = performance.now();
    expect(statusesOf(await fleet.run(INSTALLING, 'install', fetcher))).toEqual([2]);
    const seconds = Math.round((performance.now() - began) / 1000);
    for (let host = 0; host < INSTALLING; host += 1)
      for (let index = 0; index < CERTIFICATES; index += 1)
        expect(sandbox.read(`host${host}/d${index}.ocsp`)).toEqual(sandbox.read(`${fetcher}/d${index}.ocsp`));
    expect(responder.requests).toHaveLength(CERTIFICATES);
    expect(statusesOf(await fleet.run(AGAIN, 'install', fetcher))).toEqual([0]);
    console.log(`${INSTALLING} hosts installed in ${seconds} s; ${CERTIFICATES} requests at the responder`);
  },
);
