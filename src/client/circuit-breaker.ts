import { type ErrorCode, OcspbotError, toOcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { shownUrl } from '../util/text.js';
import { shortened } from './attempt.js';
import type { Fetched } from './types.js';

/** The decision whether responders may be asked about a certificate. */
export type Admission =
  | {
      readonly kind: 'admitted';
      /** The admitted responders, in the order given. */
      readonly responders: readonly URL[];
      /** True for a probe: other certificates wait for its result. */
      readonly isProbe: boolean;
      /** Called when the result has been recorded. */
      end(): void;
    }
  /** `failures` counts the certificates that the responder has failed in a row; `code` is that of the last failure. */
  | {
      readonly kind: 'refused';
      readonly responder: URL;
      readonly failures: number;
      readonly code: ErrorCode;
    };

export interface Failure {
  /** The key of the certificate. */
  readonly key: string;
  readonly code: ErrorCode;
  /** True if the whole host and port failed, not only this responder. */
  readonly isOfHost: boolean;
}

/**
 * A circuit breaker for each responder of a run, and for each host. After several certificates in a row have failed, the
 * others are refused at once, except for probes, which become rarer and rarer. So a responder that never answers costs a
 * run minutes instead of hours, however many certificates name it. A circuit lives for one run and stops even urgent
 * requests; `ResponderHistory` lasts from run to run and postpones only certificates whose staple is not yet critical.
 */
export class CircuitBreakers {
  readonly #circuits = new Map<string, Circuit>();
  readonly #chance: () => number;

  /** @param chance gives numbers from 0 to 1, so that each run refuses other certificates */
  constructor(chance: () => number) {
    this.#chance = chance;
  }

  /** Admits or refuses a certificate. It waits for a running probe. A certificate that has time must not be a probe. */
  async admit(responders: readonly URL[], mayProbe: boolean): Promise<Admission> {
    for (;;) {
      const all = responders.map((responder) => ({ responder, circuits: this.#openOf(responder) }));
      const closed = all.filter(({ circuits }) => circuits.length === 0);
      if (closed.length > 0) return admitted(closed.map(({ responder }) => responder));
      const ready = all.find(({ circuits }) => circuits.every((circuit) => circuit.isReady));
      if (mayProbe && ready !== undefined) return this.#probe(ready.responder, ready.circuits);
      const underWay = all.flatMap(({ circuits }) => circuits.flatMap(({ probe }) => probe ?? []))[0];
      if (!mayProbe || underWay === undefined) return refuse(all, mayProbe);
      await underWay;
    }
  }

  failed(responder: URL, { key, code, isOfHost }: Failure): void {
    for (const place of isOfHost ? placesOf(responder) : [responder.href]) {
      const circuit = this.#circuits.get(place) ?? new Circuit();
      this.#circuits.set(place, circuit);
      circuit.failures.add(key);
      circuit.code = code;
    }
  }

  /** Records that a responder answered. Any answer shows that it is in order. */
  answered(responder: URL): void {
    for (const place of placesOf(responder)) this.#circuits.delete(place);
  }

  #openOf(responder: URL): Circuit[] {
    const circuits = placesOf(responder).flatMap((place) => this.#circuits.get(place) ?? []);
    return circuits.filter(({ failures }) => failures.size >= LIMITS.failuresInARow);
  }

  #probe(responder: URL, circuits: readonly Circuit[]): Admission {
    const ends = circuits.map((circuit) => circuit.beginProbe());
    const end = () => {
      for (const one of ends) one(this.#chance());
    };
    return { kind: 'admitted', responders: [responder], isProbe: true, end };
  }
}

interface Candidate {
  readonly responder: URL;
  readonly circuits: readonly Circuit[];
}

class Circuit {
  /** The certificates that have failed since the last answer. */
  readonly failures = new Set<string>();
  code: ErrorCode = 'timeout';
  /** Resolves when the running probe ends. */
  probe: Promise<void> | undefined;
  /** The number of certificates that are refused before the next probe. */
  toRefuse = 1;
  #probes = 0;

  get isReady(): boolean {
    return this.probe === undefined && this.toRefuse === 0;
  }

  /** Begins a probe, and returns the function that ends it. */
  beginProbe(): (chance: number) => void {
    let resolve = (): void => undefined;
    this.probe = new Promise((ended) => (resolve = ended));
    return (chance) => {
      this.#probes += 1;
      this.toRefuse = Math.max(1, shortened(2 ** this.#probes, chance));
      this.probe = undefined;
      resolve();
    };
  }
}

function admitted(responders: readonly URL[]): Admission {
  return { kind: 'admitted', responders, isProbe: false, end: () => undefined };
}

function refuse(all: readonly Candidate[], isCounted: boolean): Admission {
  for (const circuit of isCounted ? all.flatMap(({ circuits }) => circuits) : [])
    circuit.toRefuse = Math.max(0, circuit.toRefuse - 1);
  const [first] = all;
  const [circuit] = first?.circuits ?? [];
  if (first === undefined || circuit === undefined) throw new TypeError('no responder was asked for');
  return { kind: 'refused', responder: first.responder, failures: circuit.failures.size, code: circuit.code };
}

function placesOf({ origin, href }: URL): readonly string[] {
  return [href, origin];
}

/** Tells that no request was sent because the responder has failed too many other certificates. */
export function spared({ responder, failures, code }: Extract<Admission, { kind: 'refused' }>): Fetched {
  const others = `${failures} other certificates in a row (${code})`;
  const message = `not asked: ${shownUrl(responder.href)} failed for ${others}`;
  const error = new OcspbotError('not-asked', message, {
    hint: 'see the errors of those; the next run asks again',
  });
  return { kind: 'refused', error, origin: { kind: 'responder', url: responder.href }, attempts: [] };
}

/** Tells that no request was sent because the run was stopped while the certificate waited for its turn. */
export function stopped({ reason }: AbortSignal): Fetched {
  const { message, hint } = toOcspbotError(reason);
  const error = new OcspbotError('not-asked', `not asked: ${message}`, { hint });
  return { kind: 'refused', error, origin: undefined, attempts: [] };
}
