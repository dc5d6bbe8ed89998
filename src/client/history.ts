import { LIMITS } from '../util/limits.js';
import type { Duration, Instant } from '../util/time.js';
import { type RequestForm, isSameForm } from './attempt.js';
import { NOT_NEWER, type Wait } from './types.js';
import { waitAfter } from './waits.js';
import type { ResponderRecord, CertificateRecord, HistoryContents, Copy } from './history-records.js';

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

/** The waits that a history has. */
export type Waits = Pick<ResponderHistory, 'certificate' | 'responderWait'>;
