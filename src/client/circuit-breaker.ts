import type { ErrorCode } from '../util/errors.js';
import { Circuit, type Place } from './circuit.js';
import type { Reach } from './exchange.js';

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
  /** `why` names the URL or host that failed, how often, and the code of its last failure. */
  | { readonly kind: 'refused'; readonly responder: URL; readonly why: string };

export interface Failure {
  /** The key of the certificate. */
  readonly key: string;
  readonly code: ErrorCode;
  /** How far the requests came. A failure counts against the place that failed. */
  readonly reach: Reach;
}

/**
 * The circuit breakers of a run, for URLs and for hosts. After several failures in a row at a place, other certificates are
 * refused at once, except for probes, which become rarer and rarer. So a responder that never answers costs a run minutes
 * instead of hours, however many certificates name it. A circuit lives for one run and stops even urgent requests;
 * `ResponderHistory` lasts from run to run and postpones only certificates whose staple is not yet critical.
 */
export class CircuitBreakers {
  readonly #circuits: Readonly<Record<Place, Map<string, Circuit>>> = {
    url: new Map(),
    host: new Map(),
    silence: new Map(),
  };
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

  /** Records a failure. A request that was sent shows that its host can be reached, and an answer that it is not silent. */
  failed({ href, origin }: URL, { key, code, reach }: Failure): void {
    if (reach === 'unsent') {
      this.#circuitOf('host', origin).fail(key, code);
      return;
    }
    this.#circuits.host.delete(origin);
    this.#circuitOf('url', href).fail(key, code);
    if (reach === 'unanswered') this.#circuitOf('silence', origin).fail(href, code);
    else this.#circuits.silence.delete(origin);
  }

  /** Records that a responder answered. Any answer shows that it is in order. */
  answered({ href, origin }: URL): void {
    this.#circuits.url.delete(href);
    this.#circuits.host.delete(origin);
    this.#circuits.silence.delete(origin);
  }

  #circuitOf(place: Place, key: string): Circuit {
    const circuit = this.#circuits[place].get(key) ?? new Circuit(place);
    this.#circuits[place].set(key, circuit);
    return circuit;
  }

  /** Returns the open circuits of a responder. The silence of its host matters only while its own circuit is closed. */
  #openOf({ href, origin }: URL): Circuit[] {
    const { url, host, silence } = this.#circuits;
    const own = [host.get(origin), url.get(href)].filter(isOpen);
    return own.length > 0 ? own : [silence.get(origin)].filter(isOpen);
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

function isOpen(circuit: Circuit | undefined): circuit is Circuit {
  return circuit?.isOpen === true;
}

function admitted(responders: readonly URL[]): Admission {
  return { kind: 'admitted', responders, isProbe: false, end: () => undefined };
}

function refuse(all: readonly Candidate[], isCounted: boolean): Admission {
  for (const circuit of isCounted ? all.flatMap(({ circuits }) => circuits) : []) circuit.refuse();
  const [first] = all;
  const [circuit] = first?.circuits ?? [];
  if (first === undefined || circuit === undefined) throw new TypeError('no responder was asked for');
  return { kind: 'refused', responder: first.responder, why: circuit.describe(first.responder) };
}
