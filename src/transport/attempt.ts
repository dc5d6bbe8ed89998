import type { HashName } from '../configuration/model.js';
import type { Duration } from '../time/duration.js';

/** How a question is put. */
export interface Form {
  readonly method: 'get' | 'post';
  /** Of the CertID. */
  readonly hash: HashName;
}

export function isSameForm(one: Form, other: Form): boolean {
  return one.method === other.method && one.hash === other.hash;
}

export function byOtherMethod({ method, hash }: Form): Form {
  return { method: method === 'get' ? 'post' : 'get', hash };
}

/** A form, and whether those on the way may answer: where `bypassed`, they are told to ask the responder itself. */
export interface Way {
  readonly form: Form;
  readonly caches: 'used' | 'bypassed';
}

/** One time that a responder is asked. */
export interface Attempt extends Way {
  readonly responder: URL;
  /** Counts from 1; before each round but the first there is a pause. */
  readonly round: number;
  readonly pause: Pause;
}

export interface Pause {
  /** To be shortened by chance, so that not everybody comes again at once. */
  readonly backOff: Duration;
  readonly atLeast: Duration;
}

/** Its length; `chance` is from 0 to 1. */
export function pauseLength({ backOff, atLeast }: Pause, chance: number): Duration {
  return Math.max(atLeast, shortened(backOff, chance));
}

/** To something between half of it and the whole. */
export function shortened(duration: Duration, chance: number): Duration {
  return Math.round(duration * (0.5 + chance / 2));
}

/** As messages call it: `GET past caches`, `POST with SHA-256`. */
export function shownWay({ form, caches }: Way): string {
  const hash = form.hash === 'sha256' ? ' with SHA-256' : '';
  return `${form.method.toUpperCase()}${hash}${caches === 'bypassed' ? ' past caches' : ''}`;
}
