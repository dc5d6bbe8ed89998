import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCertificate } from '../../support/ca.js';
import type { Random } from '../../support/random.js';
import { startResponder, type Mode, type Responder } from '../../support/responder.js';
import { SECOND } from '../../command/support/times.js';

/** The validity of every good response: it stands for the week of a real one. */
export const VALIDITY = 30 * SECOND;

/** A responder that answers well for a while, and then fails, sends a bad response, stalls, or is stopped. */
export interface FaultSchedule {
  readonly url: string;
  /** Reports whether the responder has answered well since then, until now. */
  wasGoodSince(instant: number): boolean;
  /** The number of times that each mode was set. */
  readonly counts: ReadonlyMap<string, number>;
  /** Changes the mode by the seed, until `stopFaults`. */
  run(random: Random): Promise<void>;
  /** Ends the schedule. The responder answers well from then on. */
  stopFaults(): Promise<void>;
  close(): Promise<void>;
}

type FaultMode = Mode | 'gone';

const FAULTS: readonly FaultMode[] = [
  'gone',
  'revoked',
  'unknown',
  'expired',
  'foreign',
  'forged',
  'no-next-update',
  'garbage',
  'empty',
  'html',
  'wrong-media-type',
  'malformedRequest',
  'internalError',
  'tryLater',
  'unauthorized',
  'endless',
  'slow',
  'stall',
  'stall-body',
  'reset',
  'redirect-loop',
  { kind: 'http', status: 500 },
  // A cache may send a good response that is older than the one in place.
  { kind: 'lifetime', lifetime: { age: 8 * SECOND, validity: VALIDITY } },
  // A response from the future.
  { kind: 'lifetime', lifetime: { age: -3600 * SECOND, validity: 7200 * SECOND } },
];

export async function openFaultSchedule(issuer: TestCertificate): Promise<FaultSchedule> {
  const options = { issuers: [issuer], lifetime: { age: 0, validity: VALIDITY } };
  const faultSchedule = new FaultyResponder(await startResponder(options), options);
  return faultSchedule;
}

class FaultyResponder implements FaultSchedule {
  #responder: Responder | undefined;
  readonly #options: Parameters<typeof startResponder>[0];
  readonly #port: number;
  #goodSince = Date.now();
  #isStopped = false;
  readonly url: string;
  readonly counts = new Map<string, number>();

  constructor(responder: Responder, options: Parameters<typeof startResponder>[0]) {
    this.#responder = responder;
    this.#options = options;
    this.#port = responder.port;
    this.url = responder.url;
  }

  wasGoodSince(instant: number): boolean {
    return instant >= this.#goodSince;
  }

  async run(random: Random): Promise<void> {
    while (!this.#isStopped) {
      await this.#become('good');
      await sleep(500 + random.below(6 * SECOND));
      const fault = random.pick(FAULTS);
      // A tenth of the faults lasts longer than the validity of a response.
      const length = random.below(10) < 1 ? VALIDITY * 1.2 : random.below(6 * SECOND);
      await this.#become(fault);
      for (let waited = 0; waited < length && !this.#isStopped; waited += 100) await sleep(100);
    }
    await this.#become('good');
  }

  async stopFaults(): Promise<void> {
    this.#isStopped = true;
    await this.#become('good');
  }

  async close(): Promise<void> {
    await this.#responder?.close();
  }

  async #become(mode: FaultMode): Promise<void> {
    if (mode !== 'good') this.#goodSince = Infinity;
    const name = typeof mode === 'string' ? mode : JSON.stringify(mode);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (mode === 'gone') {
      await this.#responder?.close();
      this.#responder = undefined;
      return;
    }
    this.#responder ??= await startResponder({ ...this.#options, port: this.#port });
    this.#responder.set(mode);
    if (mode === 'good' && this.#goodSince === Infinity) this.#goodSince = Date.now();
  }
}
