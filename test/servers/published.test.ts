import { chmodSync } from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import { makeAuthority, type TestCertificate } from '../support/ca.js';
import { startResponder, type Responder } from '../support/responder.js';
import { runOcspbot, type Run } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startApacheExample, startHaproxyExample, startNginxExample } from './support/fleet.js';
import { freePort } from '../support/port.js';
import { makeSite } from './support/site.js';
import { expectStapled } from './support/stapling.js';

/**
 * Serial numbers of lengths whose requests end at each place of a group of base64, with ends of ones: each has slashes, and
 * some end with one or two.
 */
const SERIALS = [13, 14, 15, 16, 17, 18].map((length) => new Uint8Array(length).fill(0xff).fill(0x7f, 0, 1));

interface Estate {
  readonly sandbox: Sandbox;
  readonly responder: Responder;
  readonly certificates: readonly TestCertificate[];
  publish(...args: readonly string[]): Promise<Run>;
}

async function makeEstate(context: TestContext): Promise<Estate> {
  const authority = makeAuthority();
  const responder = await startResponder({ issuers: [authority.intermediate] });
  context.onTestFinished(() => responder.close());
  const sandbox = makeSandbox();
  chmodSync(sandbox.folder, 0o755);
  const certificates = SERIALS.map((serial) => authority.issue({ serial, ocspUrls: [responder.url] }));
  const domains = Object.fromEntries(
    certificates.map((one, index) => [`d${index}`, sandbox.writeCertificate(`d${index}`, one)]),
  );
  sandbox.write('published/.keep', '');
  sandbox.write('host/ocsp/.keep', '');
  sandbox.writeConfiguration({ ocsp_folder: '.', publish_folder: 'published', domains });
  const publish = (...args: readonly string[]) =>
    runOcspbot(['ocspbot.yaml', ...args], { cwd: sandbox.folder });
  return { sandbox, responder, certificates, publish };
}

/** Writes the configuration of a host that asks only the published files, by GET. */
function configureHost({ sandbox }: Estate, port: number): void {
  const domains = Object.fromEntries(
    SERIALS.map((_, index) => {
      const [cert, chain] = ['cert', 'chain'].map((file) => sandbox.path(`d${index}/${file}.pem`));
      return [
        `d${index}`,
        { cert, chain, ocsp: `d${index}.ocsp`, ocsp_responder_uri: `http://127.0.0.1:${port}/` },
      ];
    }),
  );
  const http = { method: 'get', hash: 'sha1' };
  sandbox.writeConfiguration({ ocsp_folder: 'host/ocsp', http, domains }, 'host/ocspbot.yaml');
}

type Start = (estate: Estate, port: number, context: TestContext) => Promise<unknown>;

const SERVERS: readonly (readonly [name: string, start: Start])[] = [
  [
    'nginx',
    ({ sandbox }, port, context) =>
      startNginxExample(
        {
          ...{ sandbox, name: 'published-nginx.conf', port },
          places: { 8081: `127.0.0.1:${port}`, '/var/lib/ocsp-published': sandbox.path('published') },
        },
        context,
      ),
  ],
  [
    'Apache',
    ({ sandbox }, port, context) =>
      startApacheExample(
        {
          ...{ sandbox, name: 'published-apache.conf', port },
          places: {
            'Listen 8081': `Listen 127.0.0.1:${port}`,
            '*:8081': `*:${port}`,
            '/var/lib/ocsp-published': sandbox.path('published'),
          },
        },
        { modules: ['headers', 'dir'] },
        context,
      ),
  ],
];

describe.for(SERVERS)('responses that %s serves from publish_folder', ([, start]) => {
  it('are fetched by a host with no other way out, also where the base64 has slashes', async (context) => {
    const estate = await makeEstate(context);
    const { sandbox, responder } = estate;
    expect(await estate.publish()).toMatchObject({ status: 2, stderr: '' });
    const asked = responder.requests.length;
    expect(responder.requests.filter(({ url }) => url.endsWith('%2F'))).not.toEqual([]);
    const port = await freePort();
    await start(estate, port, context);
    configureHost(estate, port);
    const run = await runOcspbot(['host/ocspbot.yaml'], { cwd: sandbox.folder });
    expect(run).toMatchObject({ status: 2, stderr: '' });
    for (const index of SERIALS.keys())
      expect(sandbox.read(`host/ocsp/d${index}.ocsp`)).toEqual(sandbox.read(`d${index}.ocsp`));
    expect(responder.requests).toHaveLength(asked);
    const answer = await fetch(`http://127.0.0.1:${port}${responder.requests[0]?.url}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/ocsp-response');
    expect(answer.headers.get('cache-control')).toMatch(/^max-age=1800/);
  });
});

describe('servers that fetch by themselves staple a published response', () => {
  async function publishFor(context: TestContext) {
    const [site, files, post, port] = [
      await makeSite(),
      await freePort(),
      await freePort(),
      await freePort(),
    ] as const;
    const { sandbox } = site;
    chmodSync(sandbox.folder, 0o755);
    sandbox.write('published/.keep', '');
    site.configure({}, { publish_folder: 'published' });
    await site.refresh();
    const places = { 8081: `127.0.0.1:${files}`, '/var/lib/ocsp-published': sandbox.path('published') };
    await startNginxExample({ sandbox, name: 'published-nginx.conf', port: files, places }, context);
    const ways = { ':8082': `127.0.0.1:${post}`, 8081: `${files}` };
    await startHaproxyExample({ sandbox, name: 'post-haproxy.cfg', port: post, places: ways }, context);
    const asked = site.responder.requests.length;
    return { site, post, port, asked };
  }

  it('Apache', async (context) => {
    const { site, post, port, asked } = await publishFor(context);
    const { sandbox } = site;
    const places = {
      'ocsp-publisher.example:8082': `127.0.0.1:${post}`,
      '/var/run/apache2/ocsp': sandbox.path('staples'),
    };
    const more = `
      Listen 127.0.0.1:${port}
      <VirtualHost *:${port}>
        ServerName ${site.name}
        SSLEngine On
        SSLCertificateFile ${site.combinedFile}
      </VirtualHost>`;
    await startApacheExample(
      { sandbox, name: 'stapling-apache.conf', port, places },
      { modules: ['ssl', 'socache_shmcb'], more },
      context,
    );
    await expectStapled(site, port);
    expect(site.responder.requests).toHaveLength(asked);
  });
});
