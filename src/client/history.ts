import { LIMITS } from '../util/limits.js';
import { sha256 } from '../util/bytes.js';
import type { Duration, Instant } from '../util/time.js';
import { type RequestForm, isSameForm, shortened } from './attempt.js';
import type { Validators } from './validators.js';
import { type CertificateIdentity, NOT_NEWER, type Wait } from './types.js';

/**
 * The history of responders and certificates: the records of earlier runs, and the results of this one. It tells later
 * runs when to ask again and in which form; `CircuitBreakers` stop requests within this run.
 */
export class ResponderHistory {
  readonly #now: Instant;
  readonly #chance: () => number;
  readonly #responders: Map<string, ResponderRecord>;
  readonly #certificates: Map<string, CertificateRecord>;
  // These two are of this run only: the forms that worked, and the certificates that failed since a responder's last answer.
  readonly #proven = new Map<string, RequestForm>();
  readonly #failures = new Map<string, Set<string>>();
  #isChanged = false;

  /** @param chance gives numbers from 0 to 1 */
  constructor(remembered: HistoryContents, now: Instant, chance: () => number) {
    this.#now = now;
    this.#chance = chance;
    this.#responders = new Map(remembered.responders);
    this.#certificates = new Map(remembered.certificates);
  }

  /** True if there is something to write. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  get content(): HistoryContents {
    return { responders: this.#responders, certificates: this.#certificates };
  }

  /** Returns the form to try first: one that worked in this run, or recently in an earlier one. */
  workingForm(responder: string): RequestForm | undefined {
    const known = this.#responders.get(responder)?.form;
    const isRecent = known !== undefined && Math.abs(this.#now - known.since) < LIMITS.rememberedFor;
    return this.#proven.get(responder) ?? (isRecent ? known : undefined);
  }

  /** Reports whether a request with this hash has worked in this run. */
  isProven(responder: string, hash: RequestForm['hash']): boolean {
    return this.#proven.get(responder)?.hash === hash;
  }

  responderWait(responder: string): Wait | undefined {
    return this.#responders.get(responder)?.wait;
  }

  /** Returns the record of earlier runs. A record of this run does not count: it would make duplicate entries wait. */
  certificate(certificate: string): CertificateRecord | undefined {
    const record = this.#certificates.get(certificate);
    return record?.wait.since === this.#now ? undefined : record;
  }

  /** Returns the waits as the next run finds them: the records of this run count, too. */
  forNextRun(): Waits {
    return {
      certificate: (key) => this.#certificates.get(key),
      responderWait: (url) => this.responderWait(url),
    };
  }

  /**
   * Records that a form brought a good answer. Only a form that differs from the usual one is kept. If the usual one works
   * later in the same run, the record stays, because the usual one did not work for all certificates.
   */
  worked(responder: string, form: RequestForm, usual: RequestForm): void {
    if (isSameForm(form, usual) && this.#responders.get(responder)?.form?.since === this.#now) return;
    this.#proven.set(responder, form);
    const known = this.#responders.get(responder);
    const noted = isSameForm(form, usual) ? undefined : { ...form, since: this.#now };
    const isKnown = known?.form === undefined ? noted === undefined : noted && isSameForm(known.form, noted);
    if (isKnown !== true) this.#setResponder(responder, { ...known, form: noted });
  }

  /** Records that a responder answered. Any answer ends its wait. */
  reached(responder: string): void {
    this.#failures.delete(responder);
    const known = this.#responders.get(responder);
    if (known?.wait !== undefined) this.#setResponder(responder, { form: known.form });
  }

  /** Records that a responder was out of order. `atLeast` is how long it asks to be left alone. */
  unreachable(responder: string, certificate: string, why: string, atLeast: Duration | undefined): void {
    const failures = this.#failures.get(responder) ?? new Set();
    this.#failures.set(responder, failures.add(certificate));
    const known = this.#responders.get(responder);
    if (known?.wait?.since === this.#now) return;
    if (atLeast === undefined && failures.size < LIMITS.failuresInARow) return;
    this.#setResponder(responder, { ...known, wait: this.#waitAfter(known?.wait, why, atLeast) });
  }

  /** Records that no good response was found for a certificate. */
  failed(certificate: string, why: string): void {
    const before = this.#certificates.get(certificate)?.wait;
    if (before?.since === this.#now) return;
    const streak = before?.why === NOT_NEWER ? undefined : before;
    this.#setCertificate(certificate, { wait: this.#waitAfter(streak, why, undefined) });
  }

  /** Records that the responder has no newer response than the one in place, and for how long it will not. */
  notNewer(certificate: string, copy: Copy, freshFor: Duration): void {
    const length = Math.min(freshFor, LIMITS.longestWait);
    const wait = { since: this.#now, until: this.#now + length, why: NOT_NEWER, count: 1 };
    this.#setCertificate(certificate, { wait, copy });
  }

  /** Removes the record of a certificate, so that it waits for nothing. */
  forget(certificate: string): void {
    if (this.#certificates.delete(certificate)) this.#isChanged = true;
  }

  #waitAfter(before: Wait | undefined, why: string, atLeast: Duration | undefined): Wait {
    return waitAfter(before, { why, now: this.#now, chance: this.#chance(), atLeast });
  }

  #setResponder(responder: string, record: ResponderRecord): void {
    const isEmpty = record.form === undefined && record.wait === undefined;
    if (isEmpty) this.#responders.delete(responder);
    else this.#responders.set(responder, record);
    this.#isChanged = true;
  }

  #setCertificate(certificate: string, record: CertificateRecord): void {
    this.#certificates.set(certificate, record);
    this.#isChanged = true;
  }
}

interface WaitCause {
  /** The code of the error. */
  readonly why: string;
  readonly now: Instant;
  /** A number from 0 to 1. */
  readonly chance: number;
  /** The time for which the responder asks to be left alone. */
  readonly atLeast?: Duration | undefined;
}

/** Returns the wait after a failure. It doubles each time, up to a limit that responders cannot exceed either. */
export function waitAfter(before: Wait | undefined, { why, now, chance, atLeast = 0 }: WaitCause): Wait {
  const count = Math.min((before?.count ?? 0) + 1, LIMITS.countedWaits);
  const backOff = Math.min(LIMITS.firstWait * 2 ** (count - 1), LIMITS.longestWait);
  const length = Math.min(Math.max(shortened(backOff, chance), atLeast), LIMITS.longestWait);
  return { since: now, until: now + length, why, count };
}

/**
 * Returns when a wait ends for a staple that becomes critical at `criticalAt`; undefined if it is over. A wait takes only
 * a small part of the time that was left when it began. A clock that was set back ends it.
 */
export function heldUntil(wait: Wait | undefined, criticalAt: Instant, now: Instant): Instant | undefined {
  if (wait === undefined || now < wait.since) return undefined;
  const length = Math.min(
    wait.until - wait.since,
    LIMITS.longestWait,
    (criticalAt - wait.since) * LIMITS.waitShare,
  );
  const until = Math.floor(wait.since + length);
  return now < until ? until : undefined;
}

/** The waits that a history has. */
export type Waits = Pick<ResponderHistory, 'certificate' | 'responderWait'>;

/** The record of a responder that needs another form than the usual one, or a wait. */
export interface ResponderRecord {
  /** The form that worked, if it is not the usual one. */
  readonly form?: (RequestForm & { readonly since: Instant }) | undefined;
  /** The wait of a responder that was out of order for several certificates, or asked to be left alone. */
  readonly wait?: Wait | undefined;
}

/** The record of a certificate for which no new response was found. */
export interface CertificateRecord {
  readonly wait: Wait;
  /** Present after `no-newer-response`. */
  readonly copy?: Copy | undefined;
}

/** The response in place, as the responder knows it. */
export interface Copy extends Validators {
  /** The SHA-256 digest of the response. The record is not valid for any other. */
  readonly digest: string;
}

export function digestOf({ der }: { readonly der: Uint8Array }): string {
  return sha256(der);
}

/** The records of earlier runs. None of them is needed: the file may be removed at any time. */
export interface HistoryContents {
  /** The records of responders by URL. */
  readonly responders: ReadonlyMap<string, ResponderRecord>;
  /** The records of certificates by `certificateKey`. */
  readonly certificates: ReadonlyMap<string, CertificateRecord>;
}

export const NOTHING: HistoryContents = { responders: new Map(), certificates: new Map() };

/** Returns a key that identifies a certificate as a CertID does, but is short and does not depend on the CertID's hash. */
export function certificateKey(certificate: CertificateKeys): string {
  const { also = [] } = certificate;
  if (also.length === 0) return keyOf(certificate);
  // Certificates that share a response are asked about together, whichever of them comes first.
  const keys = [certificate, ...also].map(keyOf).toSorted();
  return sha256(Buffer.from(keys.join(' '))).slice(0, 32);
}

interface CertificateKeys extends CertificateIdentity {
  readonly also?: readonly CertificateIdentity[] | undefined;
}

function keyOf({ issuer, serialNumber }: CertificateIdentity): string {
  return sha256(Buffer.concat([issuer.subject, issuer.subjectPublicKey, serialNumber])).slice(0, 32);
}
