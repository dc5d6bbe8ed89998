import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import type { Block } from '../support/markdown.js';
import { makeHost } from '../support/host.js';
import type { SnippetTests } from './snippet-tests.js';

export const DISCOVER: SnippetTests = {
  'docs/discover.md: ocspbot discover /srv/nginx-dump.txt /srv/certificates': async (
    { text }: Block,
    pki: TestPki,
  ) => {
    const host = makeHost(pki);
    const certificate = pki.issue({ subject: 'example.com', ocspUrls: [pki.responder.url] });
    const pem = certificate.pem + (certificate.issuer?.pem ?? '');
    const other = pki.issue({ subject: 'example.net', ocspUrls: [pki.responder.url] });
    host.write('/srv/certificates/other.pem', other.pem + (other.issuer?.pem ?? ''));
    host.write('/etc/ssl/example.com.pem', pem);
    const server = `server { listen 443 ssl; ssl_certificate ${host.path('/etc/ssl/example.com.pem')}; }`;
    host.write('/srv/nginx-dump.txt', `# configuration file /etc/nginx/nginx.conf:\nhttp { ${server} }\n`);
    const run = await host.shell(text);
    expect(run, run.stderr).toMatchObject({ status: 0 });
    expect(run.stdout).toMatch(/^ {2}example\.com:$[^]*^ {2}example\.net:$/m);
  },
};
