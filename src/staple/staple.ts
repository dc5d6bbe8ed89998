import type { VerificationCode } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { isForOther } from '../ocsp/verify/check.js';
import {
  type Circumstances,
  FORGIVABLE,
  type InstalledTimes,
  type Question,
} from '../ocsp/verify/question.js';
import { type Examination, type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import type { Files } from '../system/system.js';
import { equalBytes } from '../util/bytes.js';
import { fromPemChain } from '../ocsp/pem-chain.js';
import { plainlyOther } from './other-file.js';

/** The content of the file that a server staples. */
export type Staple =
  | { readonly kind: 'absent' }
  /** The path leads to no file that can be read, or the file is far too large. */
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** The file is plainly no response, or this user may not read it. It must not be replaced. */
  | { readonly kind: 'other'; readonly problem: string; readonly hint?: string | undefined }
  | {
      readonly kind: 'usable';
      readonly response: VerifiedResponse;
      readonly examination: Examination;
      /** The rest of a file that is not simply the response, or not in the form that the server reads. */
      readonly chain?: StapledChain | undefined;
    }
  | (Refused & {
      readonly kind:
        /** A genuine response for this certificate from the future: our clock must be doubted. */
        | 'ahead'
        /** A response for another certificate. */
        | 'foreign'
        | 'unusable';
    });

interface Refused {
  readonly der: Uint8Array;
  readonly code: VerificationCode;
  readonly problem: string;
  readonly examination: Examination;
}

export interface StapledChain {
  /** The whole file. */
  readonly bytes: Uint8Array;
  /** The good responses about CA certificates, by the questions (`question.above`) that they answer. */
  readonly above: ReadonlyMap<Question, VerifiedResponse>;
  readonly objection: Objection | undefined;
}

/** The reason why a server does not use a file with a good response. The next run writes the file again. */
export type Objection =
  /** DER in place of PEM, or PEM in place of DER. */
  | 'format'
  /** GnuTLS takes no response of a file if one of them is not good, such as one that has expired. */
  | 'issuer-response';

/** Reads the staple in place and verifies it as strictly as a response from the network. Throws no OcspbotErrors. */
export function readStaple(
  path: string,
  question: Question,
  circumstances: Circumstances,
  files: Pick<Files, 'read'>,
): Staple {
  try {
    // A copy, because small files are views of a larger piece of memory, and all of it would be kept with a response.
    const bytes = new Uint8Array(files.read(path, LIMITS.stapleFile));
    const responses = fromPemChain(bytes);
    if (question.above === undefined && responses.length === 0)
      return stateOf(bytes, verify(bytes, question, circumstances));
    return stateOfFile({ bytes, responses }, question, circumstances);
  } catch (error) {
    return notRead(path, error as NodeJS.ErrnoException, files);
  }
}

interface StapleFile {
  readonly bytes: Uint8Array;
  /** The responses in PEM; none if the file has another form. */
  readonly responses: readonly Uint8Array[];
}

/**
 * Judges a file that has, or should have, responses in PEM. Only that of the server's own certificate decides whether it is
 * usable. A good response in the other form is kept: it is written anew without asking anybody.
 */
function stateOfFile(
  { bytes, responses }: StapleFile,
  question: Question,
  circumstances: Circumstances,
): Staple {
  const other = plainlyOther(bytes);
  if (other !== undefined) return { kind: 'other', problem: other };
  const [der = bytes, ...others] = responses;
  const leaf = stateOf(der, verify(der, question, circumstances));
  if (leaf.kind !== 'usable') return leaf;
  const above = new Map<Question, VerifiedResponse>();
  for (const one of question.above ?? []) {
    const good = others.map((response) => verify(response, one, circumstances)).find(isGood);
    if (good !== undefined) above.set(one, good.response);
  }
  const isOtherForm = responses.length > 0 !== (question.above !== undefined);
  const hasFurther = above.size < others.length;
  const objection = isOtherForm ? 'format' : hasFurther ? 'issuer-response' : undefined;
  return { ...leaf, chain: { bytes, above, objection } };
}

function isGood(examination: Examination): examination is Extract<Examination, { kind: 'good' }> {
  return examination.kind === 'good';
}

/** Returns the good response in the file in place that answers a question about a CA certificate. */
export function responseAbout(question: Question, staple: Staple): VerifiedResponse | undefined {
  return staple.kind === 'usable' ? staple.chain?.above.get(question) : undefined;
}

function notRead(path: string, error: NodeJS.ErrnoException, files: Pick<Files, 'read'>): Staple {
  switch (error.code) {
    case undefined:
      throw error;
    case 'ENOENT':
      return { kind: 'absent' };
    case 'EACCES':
      return {
        kind: 'other',
        problem: 'this user may not read it, so it may be anything',
        hint: 'let the user that runs ocspbot read it',
      };
    case 'EFBIG': {
      const problem = problemOfLarge(path, files);
      if (problem !== undefined) return { kind: 'other', problem };
    }
  }
  return { kind: 'unreadable', problem: error.message };
}

/** Names what a file is that is larger than any response. */
function problemOfLarge(path: string, files: Pick<Files, 'read'>): string | undefined {
  try {
    return plainlyOther(files.read(path, LIMITS.backupFile));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EFBIG') return undefined;
    return `it has more than ${LIMITS.backupFile / 2 ** 20} MiB, and no OCSP response has so much`;
  }
}

const AHEAD: ReadonlySet<string> = new Set(['this-update-in-future', 'produced-at-in-future']);

/** Failures that may come with those of AHEAD. If the clock is far behind, certificates seem to be from the future, too. */
const AHEAD_WITH_IT: ReadonlySet<string> = new Set([
  'issuer-not-yet-valid',
  'path-not-yet-valid',
  'signer-not-yet-valid',
]);

function stateOf(der: Uint8Array, examination: Examination): Staple {
  if (examination.kind === 'good') return { kind: 'usable', response: examination.response, examination };
  const { code, problem } = examination;
  const other = plainlyOther(der);
  if (other !== undefined) return { kind: 'other', problem: other };
  return { kind: kindOf(code, examination), der, code, problem, examination };
}

/** Returns the examination of the staple in place if it has these bytes. */
export function examinationOf(staple: Staple, der: Uint8Array): Examination | undefined {
  if (!('examination' in staple)) return undefined;
  const own = staple.kind === 'usable' ? staple.response.der : staple.der;
  return equalBytes(own, der) ? staple.examination : undefined;
}

/** Returns the times of the staple in place if it is good, or was good until it expired. */
export function goodOnce(staple: Staple): InstalledTimes | undefined {
  if (staple.kind === 'usable') return staple.response;
  if (staple.kind !== 'unusable') return undefined;
  const { checks, window } = staple.examination;
  const isOver = checks.every((check) => check.outcome !== 'failed' || EXPIRED.has(check.code));
  return isOver && window?.nextUpdate !== undefined
    ? { ...window, nextUpdate: window.nextUpdate }
    : undefined;
}

const EXPIRED: ReadonlySet<VerificationCode> = new Set([...FORGIVABLE, 'signer-expired']);

function kindOf(code: VerificationCode, { checks }: Examination): 'ahead' | 'foreign' | 'unusable' {
  const failures = checks.flatMap((check) => (check.outcome === 'failed' ? [check.code] : []));
  const isAhead = failures.every((failure) => AHEAD.has(failure) || AHEAD_WITH_IT.has(failure));
  if (isAhead && failures.some((failure) => AHEAD.has(failure))) return 'ahead';
  return isForOther(code) ? 'foreign' : 'unusable';
}
