import { LIMITS } from '../defaults.js';
import type { Form } from '../transport/attempt.js';
import { isSameForm } from '../transport/attempt.js';
import type { Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';
import type { CertificateRecord, Copy, Remembered, ResponderRecord, Wait } from './remembered.js';
import { waitAfter } from './waits.js';

/** Why it is waited where nothing has failed. */
export const NOT_NEWER = 'no-newer-response';

/** What is known of responders: from earlier runs, and what this one finds. */
export class Memory {
  readonly #now: Instant;
  readonly #chance: () => number;
  readonly #responders: Map<string, ResponderRecord>;
  readonly #certificates: Map<string, CertificateRecord>;
  /** Of this run only: forms that have worked, and the certificates that a responder has failed since it last answered. */
  readonly #proven = new Map<string, Form>();
  readonly #failures = new Map<string, Set<string>>();
  #isChanged = false;

  /** @param chance gives numbers from 0 to 1 */
  constructor(remembered: Remembered, now: Instant, chance: () => number) {
    this.#now = now;
    this.#chance = chance;
    this.#responders = new Map(remembered.responders);
    this.#certificates = new Map(remembered.certificates);
  }

  /** Whether there is something to write down. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  get content(): Remembered {
    return { responders: this.#responders, certificates: this.#certificates };
  }

  /** For the order of attempts. In this run, or so long ago that the usual one has not been refused for good. */
  workingForm(responder: string): Form | undefined {
    const known = this.#responders.get(responder)?.form;
    const isRecent = known !== undefined && Math.abs(this.#now - known.since) < LIMITS.rememberedFor;
    return this.#proven.get(responder) ?? (isRecent ? known : undefined);
  }

  /** Whether it has worked in this run. */
  isProven(responder: string, hash: Form['hash']): boolean {
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
  worked(responder: string, form: Form, usual: Form): void {
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
