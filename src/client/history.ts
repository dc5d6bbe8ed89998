import { createHash } from 'node:crypto';
import { sha256 } from '../util/bytes.js';
import { LIMITS } from '../util/limits.js';
import type { Question } from '../ocsp/verify/question.js';
import type { Duration, Instant } from '../util/time.js';
import { type RequestForm, isSameForm, shortened } from './attempt.js';
import type { Validators } from './request.js';

/** Why it is waited where nothing has failed. */
export const NOT_NEWER = 'no-newer-response';

/** What is known of responders: from earlier runs, and what this one finds. */
export class ResponderHistory {
  readonly #now: Instant;
  readonly #chance: () => number;
  readonly #responders: Map<string, ResponderRecord>;
  readonly #certificates: Map<string, CertificateRecord>;
  /** Of this run only: forms that have worked, and the certificates that a responder has failed since it last answered. */
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

  /** Whether there is something to write down. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  get content(): HistoryContents {
    return { responders: this.#responders, certificates: this.#certificates };
  }

  /** For the order of attempts. In this run, or so long ago that the usual one has not been refused for good. */
  workingForm(responder: string): RequestForm | undefined {
    const known = this.#responders.get(responder)?.form;
    const isRecent = known !== undefined && Math.abs(this.#now - known.since) < LIMITS.rememberedFor;
    return this.#proven.get(responder) ?? (isRecent ? known : undefined);
  }

  /** Whether it has worked in this run. */
  isProven(responder: string, hash: RequestForm['hash']): boolean {
    return this.#proven.get(responder)?.hash === hash;
  }

  responderWait(responder: string): Wait | undefined {
    return this.#responders.get(responder)?.wait;
  }

  /** Of earlier runs: entries with the same certificate share what this one finds. */
  certificate(certificate: string): CertificateRecord | undefined {
    const record = this.#certificates.get(certificate);
    return record?.wait.since === this.#now ? undefined : record;
  }

  /**
   * A form has brought a good answer. Only what differs from the usual one is worth a note, which the usual one does
   * not undo in the same run: it did not work for all certificates.
   */
  worked(responder: string, form: RequestForm, usual: RequestForm): void {
    if (isSameForm(form, usual) && this.#responders.get(responder)?.form?.since === this.#now) return;
    this.#proven.set(responder, form);
    const known = this.#responders.get(responder);
    const noted = isSameForm(form, usual) ? undefined : { ...form, since: this.#now };
    const isKnown = known?.form === undefined ? noted === undefined : noted && isSameForm(known.form, noted);
    if (isKnown !== true) this.#setResponder(responder, { ...known, form: noted });
  }

  /** It has answered, whatever it said. */
  reached(responder: string): void {
    this.#failures.delete(responder);
    const known = this.#responders.get(responder);
    if (known?.wait !== undefined) this.#setResponder(responder, { form: known.form });
  }

  /** It was out of order when it was asked about a certificate. `atLeast`: it asks to be left alone for so long. */
  unreachable(responder: string, certificate: string, why: string, atLeast: Duration | undefined): void {
    const failures = this.#failures.get(responder) ?? new Set();
    this.#failures.set(responder, failures.add(certificate));
    const known = this.#responders.get(responder);
    if (known?.wait?.since === this.#now) return;
    if (atLeast === undefined && failures.size < LIMITS.failuresInARow) return;
    this.#setResponder(responder, { ...known, wait: this.#waitAfter(known?.wait, why, atLeast) });
  }

  /** Nothing good was to be had for this certificate. */
  failed(certificate: string, why: string): void {
    const before = this.#certificates.get(certificate)?.wait;
    if (before?.since === this.#now) return;
    const streak = before?.why === NOT_NEWER ? undefined : before;
    this.#setCertificate(certificate, { wait: this.#waitAfter(streak, why, undefined) });
  }

  /** The responder gives what is in place already, and will for some time. */
  notNewer(certificate: string, copy: Copy, freshFor: Duration): void {
    const length = Math.min(freshFor, LIMITS.longestWait);
    const wait = { since: this.#now, until: this.#now + length, why: NOT_NEWER, count: 1 };
    this.#setCertificate(certificate, { wait, copy });
  }

  /** There is nothing to wait for. */
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

interface Failure {
  /** Code of the error. */
  readonly why: string;
  readonly now: Instant;
  /** From 0 to 1. */
  readonly chance: number;
  /** What the responder has asked for. */
  readonly atLeast?: Duration | undefined;
}

/** After a failure: twice as long each time, up to a limit that holds for the wishes of responders too. */
export function waitAfter(before: Wait | undefined, { why, now, chance, atLeast = 0 }: Failure): Wait {
  const count = Math.min((before?.count ?? 0) + 1, LIMITS.countedWaits);
  const backOff = Math.min(LIMITS.firstWait * 2 ** (count - 1), LIMITS.longestWait);
  const length = Math.min(Math.max(shortened(backOff, chance), atLeast), LIMITS.longestWait);
  return { since: now, until: now + length, why, count };
}

/**
 * Until when it holds for a staple that is critical from `criticalAt` on, where that is still to come. It never takes
 * more than a small part of the time that was left when it began; a clock that was set back ends it.
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

/** Not to be asked again for a while. */
export interface Wait {
  readonly since: Instant;
  readonly until: Instant;
  /** Code of the error, or `no-newer-response`. */
  readonly why: string;
  /** How many times in a row. */
  readonly count: number;
}

/** What differs from the usual with one responder. */
export interface ResponderRecord {
  /** The form that has worked, where it is not the first that would be tried. */
  readonly form?: (RequestForm & { readonly since: Instant }) | undefined;
  /** It was out of order for several certificates, or has asked to be left alone. */
  readonly wait?: Wait | undefined;
}

/** A certificate that was asked about without getting anything new. */
export interface CertificateRecord {
  readonly wait: Wait;
  /** After `no-newer-response`. */
  readonly copy?: Copy | undefined;
}

/** The response in place, as the responder knows it. */
export interface Copy extends Validators {
  /** Of the response; what is said here is of no worth for another one. */
  readonly digest: string;
}

export function digestOf({ der }: { readonly der: Uint8Array }): string {
  return sha256(der);
}

/** What a run may know of earlier ones. Nothing of it is needed: all may be forgotten at any time. */
export interface HistoryContents {
  /** By URL. */
  readonly responders: ReadonlyMap<string, ResponderRecord>;
  /** By `certificateKey`. */
  readonly certificates: ReadonlyMap<string, CertificateRecord>;
}

export const NOTHING: HistoryContents = { responders: new Map(), certificates: new Map() };

/** Stands for one certificate of one issuer, as a CertID does, but short and independent of its hash. */
export function certificateKey({ issuer, serialNumber }: Pick<Question, 'issuer' | 'serialNumber'>): string {
  const hash = createHash('sha256').update(issuer.subject).update(issuer.subjectPublicKey);
  return hash.update(serialNumber).digest('hex').slice(0, 32);
}
