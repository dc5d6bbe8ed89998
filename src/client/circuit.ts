import type { ErrorCode } from '../util/errors.js';
import { hostPortOf } from '../util/host-port.js';
import { LIMITS } from '../util/limits.js';
import { shownUrl } from '../util/text.js';
import { shortened } from './attempt.js';

/**
 * The place that a circuit stands for. `url`: one URL, which fails certificate after certificate. `host`: a host and port
 * that no request reaches, certificate after certificate. `silence`: a host and port that requests reach, but that leaves
 * URL after URL without an answer.
 */
export type Place = 'url' | 'host' | 'silence';

interface PlaceTerms {
  /** The number of failures that open the circuit. */
  readonly limit: number;
  /** The number of certificates that are refused before the first probe. */
  readonly toRefuse: number;
  describe(responder: URL, failures: number): string;
}

const TERMS: Readonly<Record<Place, PlaceTerms>> = {
  url: {
    limit: LIMITS.failuresInARow,
    toRefuse: 1,
    describe: ({ href }, failures) => `${shownUrl(href)} failed for ${failures} other certificates in a row`,
  },
  host: {
    limit: LIMITS.failuresInARow,
    toRefuse: 1,
    describe: (url, failures) =>
      `${hostPortOf(url)} could not be reached for ${failures} other certificates in a row`,
  },
  silence: {
    limit: LIMITS.silentUrls,
    // The next URL may be in order, as it has not been asked.
    toRefuse: 0,
    describe: (url, failures) => `${hostPortOf(url)} gave no answer at ${failures} other URLs`,
  },
};

/** Counts the failures of one place since its last answer, and times the probes of the place. */
export class Circuit {
  readonly #terms: PlaceTerms;
  /** The certificates that have failed since the last answer, or the URLs of a silent host. */
  readonly #failures = new Set<string>();
  #code: ErrorCode = 'timeout';
  /** Resolves when the running probe ends. */
  probe: Promise<void> | undefined;
  #toRefuse: number;
  #probes = 0;

  constructor(place: Place) {
    this.#terms = TERMS[place];
    this.#toRefuse = this.#terms.toRefuse;
  }

  get isOpen(): boolean {
    return this.#failures.size >= this.#terms.limit;
  }

  get isReady(): boolean {
    return this.probe === undefined && this.#toRefuse === 0;
  }

  fail(failure: string, code: ErrorCode): void {
    this.#failures.add(failure);
    this.#code = code;
  }

  /** Counts a certificate that was refused. */
  refuse(): void {
    this.#toRefuse = Math.max(0, this.#toRefuse - 1);
  }

  /** Says why a responder is not asked. */
  describe(responder: URL): string {
    return `${this.#terms.describe(responder, this.#failures.size)} (${this.#code})`;
  }

  /** Begins a probe, and returns the function that ends it. */
  beginProbe(): (chance: number) => void {
    let resolve = (): void => undefined;
    this.probe = new Promise((ended) => (resolve = ended));
    return (chance) => {
      this.#probes += 1;
      this.#toRefuse = Math.max(1, shortened(2 ** this.#probes, chance));
      this.probe = undefined;
      resolve();
    };
  }
}
