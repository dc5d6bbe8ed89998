import { expect, test } from 'vitest';
import { makeAuthority } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { makeManyCertificates } from '../support/many-certificates.js';
import { startResponder } from '../support/responder.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox } from '../support/sandbox.js';
import { reportOf } from './support/report.js';

const COUNT = byExtent({ sample: 300, long: 10_000, all: 10_000 });

test(
  `${COUNT} certificates without a staple, whose responder never answers, are done in a minute`,
  async () => {
    const sandbox = makeSandbox();
    const authority = makeAuthority({ name: 'Estate' });
    const responder = await startResponder({ issuers: [authority.intermediate], answer: () => 'stall' });
    try {
      const issued = makeManyCertificates({
        count: COUNT,
        authority,
        ocspUrl: responder.url,
        now: Date.now(),
      });
      sandbox.write('certs/issuer.crt', authority.intermediate.pem);
      sandbox.write('certs/root.crt', authority.root.pem);
      for (const { name, certificate } of issued) sandbox.write(`certs/${name}.pem`, certificate.pem);
      sandbox.write('staples/.keep', '');
      sandbox.writeConfiguration({
        ocsp_folder: 'staples',
        scan_keys: [{ folder: 'certs', chain_mask: 'issuer.crt', rootchain_mask: 'root.crt' }],
        http: { timeout: '1s' },
      });
      const begun = Date.now();
      const run = await runOcspbot(['ocspbot.yaml', '--json'], { cwd: sandbox.folder });
      const { certificates } = reportOf(run);
      const asked = certificates.filter(({ reason }) => reason !== 'not-asked');
      console.log(
        `${COUNT} certificates, ${responder.requests.length} requests, ${asked.length} asked about, ${Date.now() - begun} ms`,
      );
      expect(run.status).toBe(32);
      expect(certificates).toHaveLength(COUNT);
      // Three failures, the requests in flight, and a probe for each doubled interval.
      expect(asked.length).toBeLessThanOrEqual(6 + Math.ceil(Math.log2(COUNT)) + 1);
    } finally {
      await responder.close();
    }
  },
  CAMPAIGN_TIMEOUT,
);
