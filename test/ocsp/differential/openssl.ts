import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULTS } from '../../../src/util/limits.js';
import { SECOND } from '../../../src/util/time.js';
import type { TestCertificate } from '../../support/ca.js';
import type { CraftedResponse } from './crafted-response.js';

export interface OpensslVerdict {
  readonly verdict: 'good' | 'revoked' | 'unknown' | 'refused';
  /** The output of the program. */
  readonly words: string;
}

/** Runs `openssl ocsp` on a response, with the same limits as ocspbot. It can only verify for the current time. */
export class Openssl {
  readonly #program: string;
  readonly #folder: string;
  readonly #files = new Map<TestCertificate, string>();
  #count = 0;

  constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  async judge({ der, leaf, issuer, root, hash }: CraftedResponse): Promise<OpensslVerdict> {
    const files = {
      '-respin': await this.#write('response', der),
      '-CAfile': await this.#certificate(root),
      '-verify_other': await this.#certificate(issuer),
      '-issuer': await this.#certificate(issuer),
      '-cert': await this.#certificate(leaf),
    };
    const hermetic = ['-no-CApath', '-no-CAstore', '-no_nonce'];
    const limits = [
      '-validity_period',
      `${DEFAULTS.clockSkew / SECOND}`,
      '-status_age',
      `${DEFAULTS.maxAge / SECOND}`,
    ];
    return this.#run(['ocsp', `-${hash}`, ...Object.entries(files).flat(), ...hermetic, ...limits]);
  }

  async #certificate(certificate: TestCertificate): Promise<string> {
    const path = this.#files.get(certificate) ?? (await this.#write('certificate', certificate.pem));
    this.#files.set(certificate, path);
    return path;
  }

  async #write(kind: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.#folder, `${kind}-${++this.#count}`);
    await writeFile(path, content);
    return path;
  }

  #run(words: readonly string[]): Promise<OpensslVerdict> {
    return new Promise((resolve, reject) => {
      execFile(this.#program, words, (error, stdout, stderr) => {
        const printed = stdout + stderr;
        // Status 1 means that it refused the response; any other status means that it could not verify.
        if (error !== null && error.code !== 1)
          reject(new Error(`openssl ${words.join(' ')}`, { cause: error }));
        else resolve({ verdict: verdictOf(printed), words: printed });
      });
    });
  }
}

function verdictOf(printed: string): OpensslVerdict['verdict'] {
  const status = /^\S+: (good|revoked|unknown)$/m.exec(printed)?.[1] as OpensslVerdict['verdict'] | undefined;
  const isVerified = printed.includes('Response verify OK');
  if (status === undefined || !isVerified || printed.includes('Status times invalid')) return 'refused';
  return status;
}
