import { afterAll, beforeAll } from 'vitest';
import { makeAuthority, makeResponse } from '../../support/ca.js';
import type { Authority, CertificateOptions, ResponseOptions, SingleOptions } from '../../support/ca.js';
import type { TestCertificate } from '../../support/ca.js';
import { startResponder, type RecordedRequest, type Responder } from '../../support/responder.js';
import { NOW } from './times.js';

/** A CA and its responder. All tests of a file share them; each test has its own certificates. */
export interface TestPki {
  readonly authority: Authority;
  readonly responder: Responder;
  /** Issues a certificate that names the responder. */
  issue(options?: Partial<CertificateOptions>): TestCertificate;
  /** Makes a good response about a certificate. Times are relative to NOW. */
  response(
    certificate: TestCertificate,
    from: number,
    until: number,
    other?: Partial<SingleOptions & Omit<ResponseOptions, 'singles'>>,
  ): Uint8Array;
  /** Returns the requests about a certificate. */
  requestsFor(certificate: TestCertificate): readonly RecordedRequest[];
}

/** Opens the PKI. Call it at the top of a test file; the responder runs while the tests run. */
export function openTestPki(): TestPki {
  const authority = makeAuthority();
  let responder: Responder | undefined;
  beforeAll(async () => {
    responder = await startResponder({ issuers: [authority.intermediate] });
  });
  afterAll(async () => {
    await responder?.close();
  });
  const open = (): Responder => {
    if (responder === undefined) throw new Error('the responder is there only while tests run');
    return responder;
  };
  return {
    authority,
    get responder() {
      return open();
    },
    issue: (options = {}) => authority.issue({ ocspUrls: [open().url], ...options }),
    response: (certificate, from, until, other = {}) =>
      makeResponse({
        issuer: authority.intermediate,
        certificate,
        thisUpdate: NOW + from,
        nextUpdate: NOW + until,
        ...other,
      }),
    requestsFor: ({ serial }) =>
      open().requests.filter(({ question }) => question && Buffer.compare(question.serial, serial) === 0),
  };
}
