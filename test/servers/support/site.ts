import { expect, onTestFinished } from 'vitest';
import { keyToPem, makeAuthority, type TestCertificate } from '../../support/ca.js';
import { startResponder, type Responder } from '../../support/responder.js';
import { runOcspbot, type Run } from '../../support/run.js';
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
  /** Writes the configuration anew, with these keys for the service `server`. */
  configure(service: Readonly<Record<string, unknown>>, keys?: Readonly<Record<string, unknown>>): void;
  /** Runs ocspbot even if the staple is not due. The status asks for a reload of the server. */
  refresh(status?: number): Promise<Run>;
  /** As `refresh`, and the responder has a response that is newer than the one in place. */
  refreshWithNewer(status?: number): Promise<Run>;
  /** `ocspbot COMMAND …` with this configuration. */
  run(...args: readonly string[]): Promise<Run>;
}

export async function makeSite(name = 'www.example.com'): Promise<Site> {
  const authority = makeAuthority();
  const responder = await startResponder({ issuers: [authority.intermediate] });
  onTestFinished(() => responder.close());
  const sandbox = makeSandbox();
  const certificate = authority.issue({ subject: name, ocspUrls: [responder.url] });
  const pem = certificate.pem + authority.intermediate.pem + keyToPem(certificate.key);
  const combinedFile = sandbox.write('site.pem', pem, 0o600);
  const configure: Site['configure'] = (service, keys = {}) => {
    sandbox.writeConfiguration({
      ocsp_folder: '.',
      ...keys,
      services: { server: { exit_bit: 2, ...service } },
      domains: { [name]: { cert: combinedFile, ocsp: 'site.pem.ocsp', services: ['server'] } },
    });
  };
  configure({});
  const run = (...args: readonly string[]) => runOcspbot(args, { cwd: sandbox.folder });
  const refresh = async (status = 2): Promise<Run> => {
    const done = await run('ocspbot.yaml', '--force');
    expect(done.status, done.stdout + done.stderr).toBe(status);
    return done;
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
    configure,
    refresh,
    refreshWithNewer: (status) => {
      responder.lifetime = { age: responder.lifetime.age - 10 * MINUTE, validity: 7 * DAY };
      return refresh(status);
    },
    run,
  };
}
