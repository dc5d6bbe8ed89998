import { LIMITS } from '../configuration/defaults.js';
import { describe } from '../errors.js';
import { SCHEMA } from '../report/json.js';
import type { System } from '../system/system.js';
import { formatInstant } from '../time/instant.js';
import type { CheckResult } from '../verification/check.js';
import { verify, type Examination } from '../verification/verify.js';
import type { Command } from './command.js';
import { toJsonText, type Console } from './console.js';
import { usage } from './usage.js';
import { loadQuestion } from './verify-question.js';

type VerifyCommand = Extract<Command, { kind: 'verify' }>;

/** 0 when the response would be installed, 1 when not. */
export function verifyCommand(command: VerifyCommand, system: System, console: Console): number {
  const now = command.now ?? system.now();
  const { question, binding } = loadQuestion(command, system.files);
  const examination = verify(readFile(command.response, system), question, { policy: command.policy, now });
  const result = withBinding(examination, binding);
  if (console.format === 'json') console.print(toJsonText(toJson(result, examination)));
  else console.print(toText(result, examination));
  return result.verdict === 'good' ? 0 : 1;
}

function readFile(path: string, { files }: System): Uint8Array {
  try {
    return files.read(path, LIMITS.certificateFile);
  } catch (error) {
    throw usage(`the response cannot be read: ${describe(error)}`);
  }
}

/** The examination with the step before it: whether certificate and issuer belong together. */
interface Result {
  readonly verdict: Examination['kind'];
  readonly code: string | undefined;
  readonly problem: string;
  readonly checks: readonly Shown[];
}

type Shown = Pick<CheckResult, 'step' | 'name' | 'section' | 'outcome' | 'evidence'> & {
  readonly code?: string;
  readonly class?: string;
};

function withBinding({ kind, code, problem, checks }: Examination, binding: Shown): Result {
  const all = [binding, ...checks];
  if (binding.outcome !== 'failed') return { verdict: kind, code, problem, checks: all };
  return { verdict: 'rejected', code: binding.code, problem: binding.evidence(), checks: all };
}

function toJson({ verdict, code, problem, checks }: Result, { window, ...examination }: Examination): object {
  return {
    schema: SCHEMA,
    verdict,
    code,
    problem: problem === '' ? undefined : problem,
    this_update: window && formatInstant(window.thisUpdate),
    next_update: window?.nextUpdate === undefined ? undefined : formatInstant(window.nextUpdate),
    useful_until: examination.kind === 'good' ? formatInstant(examination.response.usefulUntil) : undefined,
    checks: checks.map(({ evidence, ...check }) => ({ ...check, evidence: evidence() })),
  };
}

function toText({ verdict, code, problem, checks }: Result, examination: Examination): string {
  const lines = checks.map(({ step, name, outcome, evidence, section }) => {
    return `${String(step).padStart(2)}  ${outcome.padEnd(10)}  ${name}: ${evidence()} (${section})`;
  });
  const conclusion =
    verdict === 'good' && examination.kind === 'good'
      ? `good: it would be installed, and is good until ${formatInstant(examination.response.usefulUntil)}`
      : `${verdict}: ${problem} [${code}]`;
  return `${[...lines, conclusion].join('\n')}\n`;
}
