import { dirname } from 'node:path';
import type { Answer, ExaminedAnswer } from '../client/types.js';
import { OcspbotError } from '../util/errors.js';
import type { Installed } from '../installation/install.js';
import { remedyFor } from '../ocsp/verify/advice.js';
import { objectionTo } from '../ocsp/verify/still-current.js';
import { type Examination, judgeAgain, type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import { examinationOf, goodOnce, isUnknown, plainlyOther } from '../staple/staple.js';
import { equalBytes } from '../util/bytes.js';
import type { InspectedCertificate } from './inspect.js';
import { refuseToReplace } from './outcome-special.js';
import { forgivenIn, mayGoBack, type RunContext } from './types.js';

/** What an answer is worth: whether it is good, and better than what is in place. */
export function judgeAnswer(certificate: InspectedCertificate, answer: Answer, run: RunContext): ExaminedAnswer {
  const { staple } = certificate;
  const { origin } = answer;
  const old = staple.kind === 'usable' ? staple.response : undefined;
  const mayBeOlder = mayGoBack(run) || old === undefined;
  const examination = examine(certificate, answer, mayBeOlder, run);
  if (examination.kind !== 'good') {
    const where = 'given' in origin ? `in ${origin.given}` : `from ${origin.responder}`;
    return { kind: 'refused', error: refusal(examination, `the response ${where} was refused`) };
  }
  const { response } = examination;
  if (old === undefined) return { kind: 'good', response };
  if (equalBytes(old.der, response.der)) return { kind: 'not-newer', reason: 'same-response' };
  const gains = response.thisUpdate > old.thisUpdate || response.usefulUntil > old.usefulUntil;
  return gains || mayBeOlder
    ? { kind: 'good', response }
    : { kind: 'not-newer', reason: 'no-newer-response' };
}

function examine(
  { staple, question }: InspectedCertificate,
  { body, asked, examination }: Answer,
  mayBeOlder: boolean,
  run: RunContext,
): Examination {
  const comparison = { asked, installed: goodOnce(staple), mayBeOlder, forgiven: forgivenIn(run) };
  const known = examination ?? examinationOf(staple, body);
  if (known !== undefined) return judgeAgain(known, comparison);
  return verify(body, question, { policy: run.configuration.policy, now: run.now, ...comparison });
}

/** An examination, or a second look, that did not end well. */
type Refused = Pick<Examination, 'code' | 'problem'> & {
  readonly kind?: Examination['kind'];
  readonly remedy?: string | undefined;
};

/** Makes an error of it. */
function refusal({ kind, code, problem, remedy }: Refused, what: string): OcspbotError {
  if (code === undefined) throw new TypeError('a response was refused without a code');
  const message = kind === 'revoked' ? `the certificate is ${problem}` : `${what}: ${problem}`;
  return new OcspbotError(code, message, { hint: remedy ?? remedyFor(code) });
}

/** Installs a response for an entry; what it owes is written down before anything is replaced. */
export async function installFor(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  run: RunContext,
): Promise<Installed> {
  // A scan mirrors its subfolders below ocsp_folder; all other folders are there by the rules of the configuration.
  // Where one cannot be made, the installer says that it is missing.
  await run.system.files.makeFolder(dirname(certificate.entry.ocsp), 0o755, 'without umask').catch(() => undefined);
  const installed = await run.installer.install({
    response,
    path: certificate.entry.ocsp,
    judgeAgain: (inPlace) => objectionNow(certificate, response, inPlace, run),
    mustBeKept: isUnknown,
    beforeRename: async () => {
      if (run.source.kind === 'backups' && isGood(response)) await run.rollbacks.note(response);
      await run.pending.record(certificate.entry.services);
    },
    afterFailure: async () => {
      if (run.source.kind === 'backups') await run.rollbacks.forget(response);
      await run.pending.withdraw(certificate.entry.services);
    },
  });
  if (installed.replaced !== undefined) await run.rollbacks.forget({ der: installed.replaced });
  return installed;
}

/** One that is of no use is not to stay. */
function isGood({ forgiven }: VerifiedResponse): boolean {
  return forgiven.length === 0;
}

/** Looks again at what may have changed since the response was verified: the clock, and the file in place. */
function objectionNow(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  inPlace: Uint8Array | undefined,
  run: RunContext,
): OcspbotError | undefined {
  const other = inPlace === undefined ? undefined : plainlyOther(inPlace);
  if (other !== undefined) return refuseToReplace(certificate.entry.ocsp, other);
  const now = run.clock();
  const installed = inPlace === undefined ? undefined : usableIn(inPlace, certificate, run);
  const objection = objectionTo(response, { now, installed, mayBeOlder: mayGoBack(run) });
  return objection && refusal(objection, 'the response is not installed');
}

/** The response in a file that somebody else may have replaced since the run looked at it. */
function usableIn(
  der: Uint8Array,
  { staple, question }: InspectedCertificate,
  run: RunContext,
): VerifiedResponse | undefined {
  const { policy } = run.configuration;
  const examination = examinationOf(staple, der) ?? verify(der, question, { policy, now: run.now });
  return examination.kind === 'good' ? examination.response : undefined;
}
