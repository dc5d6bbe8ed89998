import { sameOctets } from '../asn1/octets.js';
import { LIMITS } from '../defaults.js';
import type { Files } from '../system/interfaces/files.js';
import type { VerificationCode } from '../error-codes.js';
import { FORGIVABLE } from '../verification/failure-class.js';
import type { Circumstances, InstalledTimes, Question } from '../verification/question.js';
import { verify, type Examination, type VerifiedResponse } from '../verification/verify.js';
import { plainlyOther, problemOfLarge } from './not-a-response.js';

/** What lies where the server staples from. */
export type Staple =
  | { readonly kind: 'absent' }
  /** There, but not to be read: not a file, far too large. */
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** Plainly no response, or nobody can tell: it must not be replaced. */
  | { readonly kind: 'other'; readonly problem: string }
  | { readonly kind: 'usable'; readonly response: VerifiedResponse; readonly examination: Examination }
  | (Refused & {
      readonly kind:
        /** A genuine response of this certificate from the future: it is our clock that must be doubted. */
        | 'ahead'
        /** A response, but of another certificate. */
        | 'foreign'
        | 'unusable';
    });

interface Refused {
  readonly der: Uint8Array;
  readonly code: VerificationCode;
  readonly problem: string;
  readonly examination: Examination;
}

/** Reads the file and judges it as strictly as a response from the network. Never throws. */
export function readStaple(
  path: string,
  question: Question,
  circumstances: Circumstances,
  files: Pick<Files, 'read'>,
): Staple {
  try {
    const der = files.read(path, LIMITS.stapleFile);
    return judge(der, verify(der, question, circumstances));
  } catch (error) {
    return notRead(path, error as NodeJS.ErrnoException, files);
  }
}

function notRead(path: string, error: NodeJS.ErrnoException, files: Pick<Files, 'read'>): Staple {
  switch (error.code) {
    case undefined:
      throw error;
    case 'ENOENT':
      return { kind: 'absent' };
    case 'EACCES':
      return { kind: 'other', problem: 'this user may not read it, so it may be anything' };
    case 'EFBIG': {
      const problem = problemOfLarge(path, files);
      if (problem !== undefined) return { kind: 'other', problem };
    }
  }
  return { kind: 'unreadable', problem: error.message };
}

const AHEAD: ReadonlySet<string> = new Set(['this-update-in-future', 'produced-at-in-future']);
/** To a clock that is far behind, the certificates beside it are of the future, too. */
const AHEAD_WITH_IT: ReadonlySet<string> = new Set([
  'issuer-not-yet-valid',
  'path-not-yet-valid',
  'signer-not-yet-valid',
]);

function judge(der: Uint8Array, examination: Examination): Staple {
  if (examination.kind === 'good') return { kind: 'usable', response: examination.response, examination };
  const { code, problem } = examination;
  if (code === undefined) throw new TypeError('a response was refused without a code');
  const other = plainlyOther(der);
  if (other !== undefined) return { kind: 'other', problem: other };
  return { kind: kindOf(code, examination), der, code, problem, examination };
}

/** What was found of the response in place, if these are its octets. */
export function examinationOf(staple: Staple, der: Uint8Array): Examination | undefined {
  if (!('examination' in staple)) return undefined;
  const own = staple.kind === 'usable' ? staple.response.der : staple.der;
  return sameOctets(own, der) ? staple.examination : undefined;
}

/** The response in place, if it is good, or was before its time was over. */
export function goodOnce(staple: Staple): InstalledTimes | undefined {
  if (staple.kind === 'usable') return staple.response;
  if (staple.kind !== 'unusable') return undefined;
  const { checks, window } = staple.examination;
  const isOver = checks.every((check) => check.outcome !== 'failed' || OVER.has(check.code));
  return isOver && window?.nextUpdate !== undefined
    ? { ...window, nextUpdate: window.nextUpdate }
    : undefined;
}

const OVER: ReadonlySet<VerificationCode> = new Set([...FORGIVABLE, 'signer-expired']);

function kindOf(code: VerificationCode, { checks }: Examination): 'ahead' | 'foreign' | 'unusable' {
  const failures = checks.flatMap((check) => (check.outcome === 'failed' ? [check.code] : []));
  const isAhead = failures.every((failure) => AHEAD.has(failure) || AHEAD_WITH_IT.has(failure));
  if (isAhead && failures.some((failure) => AHEAD.has(failure))) return 'ahead';
  return code === 'certid-mismatch' || code === 'certid-hash-mismatch' ? 'foreign' : 'unusable';
}
