import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCertificate } from '../../support/ca.js';
import type { Random } from '../../support/random.js';
import { startResponder, type Mode, type Responder } from '../../support/responder.js';
import { SECOND } from '../../command/support/times.js';

/** Of every good answer. A week of a real one. */
export const VALIDITY = 30 * SECOND;

/** A responder that answers well for a while, and then fails, lies, stalls, or is gone. */
export interface Weather {
  readonly url: string;
  /** Whether it has answered well since then, and does still. */
  fairSince(instant: number): boolean;
  /** How often it was what. */
  readonly counts: ReadonlyMap<string, number>;
  /** Changes by the seed until it is told to stop. */
  blow(random: Random): Promise<void>;
  /** Is good for good. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

type Foul = Mode | 'gone';

const FOUL: readonly Foul[] = [
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
  // What a cache might say: good, but older than what may be in place.
  { kind: 'lifetime', lifetime: { age: 8 * SECOND, validity: VALIDITY } },
  // From the future.
  { kind: 'lifetime', lifetime: { age: -3600 * SECOND, validity: 7200 * SECOND } },
];

export async function openWeather(issuer: TestCertificate): Promise<Weather> {
  const options = { issuers: [issuer], lifetime: { age: 0, validity: VALIDITY } };
  const weather = new ChangingWeather(await startResponder(options), options);
  return weather;
}

class ChangingWeather implements Weather {
  #responder: Responder | undefined;
  readonly #options: Parameters<typeof startResponder>[0];
  readonly #port: number;
  #fairFrom = Date.now();
  #isCleared = false;
  readonly url: string;
  readonly counts = new Map<string, number>();

  constructor(responder: Responder, options: Parameters<typeof startResponder>[0]) {
    this.#responder = responder;
    this.#options = options;
    this.#port = responder.port;
    this.url = responder.url;
  }

  fairSince(instant: number): boolean {
    return instant >= this.#fairFrom;
  }

  async blow(random: Random): Promise<void> {
    while (!this.#isCleared) {
      await this.#become('good');
      await sleep(500 + random.below(6 * SECOND));
      const foul = random.pick(FOUL);
      // Now and then for longer than any response lives.
      const length = random.below(10) < 1 ? VALIDITY * 1.2 : random.below(6 * SECOND);
      await this.#become(foul);
      for (let waited = 0; waited < length && !this.#isCleared; waited += 100) await sleep(100);
    }
    await this.#become('good');
  }

  async clear(): Promise<void> {
    this.#isCleared = true;
    await this.#become('good');
  }

  async close(): Promise<void> {
    await this.#responder?.close();
  }

  async #become(mode: Foul): Promise<void> {
    if (mode !== 'good') this.#fairFrom = Infinity;
    const name = typeof mode === 'string' ? mode : JSON.stringify(mode);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (mode === 'gone') {
      await this.#responder?.close();
      this.#responder = undefined;
      return;
    }
    this.#responder ??= await startResponder({ ...this.#options, port: this.#port });
    this.#responder.set(mode);
    if (mode === 'good' && this.#fairFrom === Infinity) this.#fairFrom = Date.now();
  }
}
