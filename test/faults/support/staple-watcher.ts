import { DEFAULT_POLICY } from '../../support/policy.js';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCertificate } from '../../../src/x509/certificate.js';
import type { Question } from '../../../src/ocsp/verify/question.js';
import { verify, type VerifiedResponse } from '../../../src/ocsp/verify/verify.js';
import type { TestCertificate } from '../../support/ca.js';

/** A reader that opens and verifies a staple all the time, more often than any server, and records each violation. */
export interface StapleWatcher {
  readonly looks: number;
  /** The number of different responses that were seen. */
  readonly versions: number;
  readonly violations: readonly string[];
  /** The last response; undefined before the first one. */
  readonly last: VerifiedResponse | undefined;
  stop(): Promise<void>;
}

type Look = (response: VerifiedResponse, isNew: boolean) => void;

/** Starts a watcher. It calls `look` after each look, with the response and whether it has changed. */
export function watchStaple(
  path: string,
  certificate: TestCertificate,
  look: Look = () => undefined,
): StapleWatcher {
  const watcher = new PollingWatcher(path, certificate, look);
  void watcher.begin();
  return watcher;
}

class PollingWatcher implements StapleWatcher {
  readonly #path: string;
  readonly #question: Question;
  readonly #look: Look;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #bytes: Buffer | undefined;
  readonly violations: string[] = [];
  looks = 0;
  versions = 0;
  last: VerifiedResponse | undefined;

  constructor(path: string, certificate: TestCertificate, look: Look) {
    const { issuer, serial } = certificate;
    if (issuer === undefined) throw new Error('a CA has no staple');
    this.#path = path;
    this.#question = { serialNumber: serial, issuer: readCertificate(issuer.der), trustedResponders: [] };
    this.#look = look;
  }

  begin(): Promise<void> {
    this.#running = this.#run();
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#see();
      await sleep(1);
    }
  }

  #see(): void {
    this.looks += 1;
    const bytes = this.#read();
    if (bytes === undefined) {
      if (this.last !== undefined) this.#complain('it is not there');
      return;
    }
    const isNew = this.#bytes === undefined || !bytes.equals(this.#bytes);
    if (isNew) this.#judge(bytes);
    if (this.last !== undefined) this.#look(this.last, isNew && this.versions > 1);
  }

  #read(): Buffer | undefined {
    try {
      return readFileSync(this.#path);
    } catch {
      return undefined;
    }
  }

  #judge(bytes: Buffer): void {
    this.#bytes = bytes;
    this.versions += 1;
    const examination = verify(bytes, this.#question, { policy: DEFAULT_POLICY, now: Date.now() });
    if (examination.kind !== 'good') return this.#complain(`${bytes.length} bytes: ${examination.problem}`);
    const { response } = examination;
    if (this.last !== undefined && response.thisUpdate < this.last.thisUpdate)
      this.#complain(`it went backwards by ${this.last.thisUpdate - response.thisUpdate} ms`);
    this.last = response;
  }

  #complain(what: string): void {
    this.violations.push(`${new Date().toISOString()} ${what}`);
  }
}
