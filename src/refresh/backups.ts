import type { Configuration, Entry } from '../configuration/model.js';
import { LIMITS } from '../defaults.js';
import { findBackups, type FoundBackup } from '../installation/find-backups.js';
import type { Files } from '../system/interfaces/files.js';
import { FORGIVABLE } from '../verification/failure-class.js';
import type { Circumstances, Question } from '../verification/question.js';
import { judgeAgain, verify, type Examination, type VerifiedResponse } from '../verification/verify.js';

/** A backup, and whether it can be put back. */
export type Backup = FoundBackup & BackupState;

export type BackupState =
  | (Examined & { readonly kind: 'good' })
  /** It was good in its time: only by force. */
  | (Examined & { readonly kind: 'past'; readonly problem: string })
  | { readonly kind: 'refused'; readonly problem: string };

interface Examined {
  readonly response: VerifiedResponse;
  readonly examination: Examination;
}

export interface Backups {
  readonly folder: string;
  /** The newest first. */
  readonly backups: readonly Backup[];
}

/** All backups of an entry, read and judged. Throws OcspbotErrors of a place where no staple can be. */
export function lookAtBackups(
  { ocsp }: Entry,
  question: Question,
  circumstances: Pick<Circumstances, 'now' | 'policy'>,
  configuration: Pick<Configuration, 'backups' | 'stateFolder'>,
  files: Files,
): Backups {
  const { folder, backups } = findBackups(ocsp, configuration, files);
  const judged = backups.map((backup) => ({
    ...backup,
    ...judge(backup.path, question, circumstances, files),
  }));
  return { folder, backups: judged };
}

function judge(
  path: string,
  question: Question,
  circumstances: Pick<Circumstances, 'now' | 'policy'>,
  files: Files,
): BackupState {
  let bytes: Uint8Array;
  try {
    bytes = files.snapshot(path, LIMITS.stapleFile).bytes;
  } catch (error) {
    return { kind: 'refused', problem: (error as Error).message };
  }
  const examination = verify(bytes, question, circumstances);
  if (examination.kind === 'good') return { kind: 'good', response: examination.response, examination };
  const { problem } = examination;
  const forgiven = judgeAgain(examination, { forgiven: FORGIVABLE });
  if (forgiven.kind === 'good') return { kind: 'past', response: forgiven.response, examination, problem };
  return { kind: 'refused', problem };
}
