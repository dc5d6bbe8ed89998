import { expect, onTestFinished } from 'vitest';
import { keyToPem, makeAuthority, type TestCertificate } from '../../support/ca.js';
import { startResponder, type Responder } from '../../support/responder.js';
import { runOcspbot } from '../../support/run.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A host name with its certificate, the responder of its CA, and the program that looks after it. */
export interface Site {
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly certificate: TestCertificate;
  readonly responder: Responder;
  /** The root's certificate in PEM, and a file with it. */
  readonly root: string;
  readonly rootFile: string;
  /** Certificate, intermediate and private key in one file, as HAProxy wants it. */
  readonly combinedFile: string;
  /** `combinedFile` with `.ocsp` appended, which is where HAProxy looks. */
  readonly stapleFile: string;
  /** The octets of that file. */
  staple(): Uint8Array;
  /** Asks the responder even when the staple is not due; the status is that the server is to be reloaded. */
  refresh(status?: number): Promise<void>;
  /** As `refresh`, and the responder has a response that is newer than the one in place. */
  refreshWithNewer(): Promise<void>;
}

export async function makeSite(name = 'www.example.com'): Promise<Site> {
  const authority = makeAuthority();
  const responder = await startResponder({ issuers: [authority.intermediate] });
  onTestFinished(() => responder.close());
  const sandbox = makeSandbox();
  const certificate = authority.issue({ subject: name, ocspUrls: [responder.url] });
  const pem = certificate.pem + authority.intermediate.pem + keyToPem(certificate.key);
  const combinedFile = sandbox.write('site.pem', pem, 0o600);
  const configuration = sandbox.writeConfiguration({
    ocsp_folder: '.',
    services: { server: { exit_bit: 1 } },
    domains: { [name]: { cert: combinedFile, ocsp: 'site.pem.ocsp', services: ['server'] } },
  });
  const refresh = async (status = 1): Promise<void> => {
    const run = await runOcspbot([configuration, '--force'], { cwd: sandbox.folder });
    expect(run.status, run.stdout + run.stderr).toBe(status);
  };
  return {
    name,
    sandbox,
    certificate,
    responder,
    root: authority.root.pem,
    rootFile: sandbox.write('root.pem', authority.root.pem),
    combinedFile,
    stapleFile: `${combinedFile}.ocsp`,
    staple: () => sandbox.read('site.pem.ocsp'),
    refresh,
    refreshWithNewer: () => {
      responder.lifetime = { age: responder.lifetime.age - 10 * MINUTE, validity: 7 * DAY };
      return refresh();
    },
  };
}
