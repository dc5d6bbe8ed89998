import { LIMITS } from '../../util/limits.js';
import { readFailure } from '../../util/read-failure.js';
import { quote } from '../../util/text.js';
import { type Examination, verify } from '../../ocsp/verify/verify.js';
import { checkLines, checksToJson, type ShownCheck } from '../../report/checks.js';
import { EXIT } from '../../report/exit-status.js';
import { SCHEMA } from '../../report/json.js';
import { leafResponseIn } from '../../ocsp/pem-chain.js';
import { otherThanDer } from '../../staple/other-file.js';
import type { System } from '../../system/system.js';
import { formatInstant, type Instant } from '../../util/time.js';
import type { Command } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import { readClock } from '../clock.js';
import { optionHint } from '../option-hint.js';
import { usage } from '../values.js';
import { loadQuestion } from './verify-inputs.js';

type VerifyCommand = Extract<Command, { kind: 'verify' }>;

/** Verifies a response. Returns 0 if a run would install it, 32 if not. */
export async function verifyCommand(
  command: VerifyCommand,
  system: System,
  console: Console,
): Promise<number> {
  const { now } = await readClock(command.now, system);
  const { question, binding } = loadQuestion({ ...command, now }, system.files);
  const response = readFile(command.response, system);
  const examination = question && verify(response, question, { policy: command.policy, now });
  const result = named(combine(examination, binding), command.response, response);
  if (console.format === 'json') console.print(toJsonText(resultToJson(result)));
  else console.print(toText(result));
  return result.verdict === 'good' ? 0 : EXIT.attention;
}

function readFile(path: string, { files }: System): Uint8Array {
  try {
    return leafResponseIn(files.read(path, LIMITS.certificateFile));
  } catch (error) {
    const { problem, hint } = readFailure(error);
    throw usage(`the response ${quote(path)} ${problem}`, hint);
  }
}

/** An examination and the check before it: whether the issuer signed the certificate. */
interface Result {
  readonly verdict: Examination['kind'];
  readonly code: string | undefined;
  readonly problem: string;
  readonly checks: readonly ShownCheck[];
  readonly window: Examination['window'];
  /** The end of use of a good response; undefined for other verdicts. */
  readonly usefulUntil: Instant | undefined;
}

function combine(examination: Examination | undefined, binding: ShownCheck): Result {
  const checks = [binding, ...(examination?.checks ?? [])].map((check: ShownCheck) => ({
    ...check,
    remedy: optionHint(check.remedy, 'verify'),
  }));
  const window = examination?.window;
  if (examination === undefined || binding.outcome === 'failed') {
    const problem = binding.evidence();
    return { verdict: 'rejected', code: binding.code, problem, checks, window, usefulUntil: undefined };
  }
  const { kind: verdict, code, problem } = examination;
  const usefulUntil = examination.kind === 'good' ? examination.response.usefulUntil : undefined;
  return { verdict, code, problem, checks, window, usefulUntil };
}

/** Says what the file is, if it is not an OCSP response: that tells more than a fault of its DER. */
function named(result: Result, path: string, response: Uint8Array): Result {
  const other = result.code === 'der-malformed' ? otherThanDer(response) : undefined;
  return other === undefined ? result : { ...result, problem: `${path} ${other}` };
}

export function resultToJson({ verdict, code, problem, checks, window, usefulUntil }: Result) {
  return {
    schema: SCHEMA,
    verdict,
    code,
    problem: problem === '' ? undefined : problem,
    this_update: window && formatInstant(window.thisUpdate),
    next_update: window?.nextUpdate === undefined ? undefined : formatInstant(window.nextUpdate),
    useful_until: usefulUntil === undefined ? undefined : formatInstant(usefulUntil),
    checks: checksToJson(checks),
  };
}

function toText({ verdict, code, problem, checks, usefulUntil }: Result): string {
  const conclusion =
    usefulUntil === undefined
      ? `${verdict}: ${problem} [${code}]`
      : `good: it would be installed, and is good until ${formatInstant(usefulUntil)}`;
  return `${[...checkLines(checks), conclusion].join('\n')}\n`;
}
