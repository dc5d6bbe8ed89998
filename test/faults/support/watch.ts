import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCertificate } from '../../../src/x509/certificate.js';
import { DEFAULTS } from '../../../src/util/limits.js';
import type { Question } from '../../../src/ocsp/verify/question.js';
import { verify, type VerifiedResponse } from '../../../src/ocsp/verify/verify.js';
import type { TestCertificate } from '../../support/ca.js';

/** A reader that opens and verifies a staple all the time, as no server would, and finds fault with it. */
export interface Watch {
  readonly looks: number;
  /** How many different responses were seen. */
  readonly versions: number;
  readonly complaints: readonly string[];
  /** What was seen last; undefined where there was none yet. */
  readonly last: VerifiedResponse | undefined;
  stop(): Promise<void>;
}

type Look = (response: VerifiedResponse, isNew: boolean) => void;

const POLICY = {
  clockSkew: DEFAULTS.clockSkew,
  maxAge: DEFAULTS.maxAge,
  assumedValidity: undefined,
  allowSha1Signatures: false,
};

/** `look` is called after each look, with what is there, and whether it was something else before. */
export function watchStaple(path: string, certificate: TestCertificate, look: Look = () => undefined): Watch {
  const watch = new StapleWatch(path, certificate, look);
  void watch.begin();
  return watch;
}

class StapleWatch implements Watch {
  readonly #path: string;
  readonly #question: Question;
  readonly #look: Look;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #bytes: Buffer | undefined;
  readonly complaints: string[] = [];
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
    const examination = verify(bytes, this.#question, { policy: POLICY, now: Date.now() });
    if (examination.kind !== 'good') return this.#complain(`${bytes.length} octets: ${examination.problem}`);
    const { response } = examination;
    if (this.last !== undefined && response.thisUpdate < this.last.thisUpdate)
      this.#complain(`it went backwards by ${this.last.thisUpdate - response.thisUpdate} ms`);
    this.last = response;
  }

  #complain(what: string): void {
    this.complaints.push(`${new Date().toISOString()} ${what}`);
  }
}
