import type { Configuration, Entry } from '../../configuration/model.js';
import { findBackups, type FoundBackup } from '../../installation/backups.js';
import { LIMITS } from '../../util/limits.js';
import { type Circumstances, FORGIVABLE, type Question } from '../../ocsp/verify/question.js';
import { type Examination, judgeAgain, type VerifiedResponse, verify } from '../../ocsp/verify/verify.js';
import { fromPemChain, leafResponseIn } from '../../ocsp/pem-chain.js';
import type { Staple } from '../../staple/staple.js';
import { backupName } from '../../storage/backup-names.js';
import type { Tools } from '../../storage/tools.js';
import type { Files } from '../../system/system.js';
import { equalBytes } from '../../util/bytes.js';
import { parseInstant } from '../../util/calendar.js';

/** A backup, and whether it can be restored. */
export type Backup = FoundBackup & BackupState;

export type BackupState =
  | (Examined & { readonly kind: 'good' })
  /** A response that was good and has expired. Only `--force` restores it. */
  | (Examined & { readonly kind: 'past'; readonly problem: string })
  | { readonly kind: 'refused'; readonly problem: string };

interface Examined {
  readonly response: VerifiedResponse;
  readonly examination: Examination;
  /** The other responses of the file, not verified. */
  readonly besides: readonly Uint8Array[];
}

export interface Backups {
  readonly folder: string;
  /** The backups, the newest first. */
  readonly backups: readonly Backup[];
}

/** Reads and verifies all backups of an entry. Throws OcspbotErrors of a place where no staple can be. */
export function lookAtBackups(
  { ocsp }: Entry,
  question: Question,
  configuration: Pick<Configuration, 'backups' | 'stateFolder' | 'policy'>,
  { now, files }: Pick<Tools, 'now' | 'files'>,
): Backups {
  const { folder, backups } = findBackups(ocsp, configuration, files);
  const circumstances = { now, policy: configuration.policy };
  const verified = backups.map((backup) => ({
    ...backup,
    ...verifyBackup(backup.path, question, circumstances, files),
  }));
  return { folder, backups: verified };
}

function verifyBackup(
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
  const examination = verify(leafResponseIn(bytes), question, circumstances);
  const besides = fromPemChain(bytes).slice(1);
  if (examination.kind === 'good')
    return { kind: 'good', response: examination.response, examination, besides };
  const { problem } = examination;
  const forgiven = judgeAgain(examination, { forgiven: FORGIVABLE });
  if (forgiven.kind === 'good')
    return { kind: 'past', response: forgiven.response, examination, besides, problem };
  return { kind: 'refused', problem };
}

/** The backup that the administrator wants. */
export interface Wish {
  /** The name of the backup, the time in its name, or that time in ISO 8601; undefined leaves the choice to us. */
  readonly to: string | undefined;
  /** Allows a backup that has expired. */
  readonly force: boolean;
}

/** A backup that can be restored. */
export type Choosable = Extract<Backup, { kind: 'good' | 'past' }>;

export type Choice =
  | { readonly kind: 'chosen'; readonly backup: Choosable }
  /** The named backup cannot be restored, or only by force. */
  | { readonly kind: 'refused'; readonly backup: Exclude<Backup, { kind: 'good' }> }
  | { readonly kind: 'none' };

/**
 * Chooses the backup to restore: the named one, or else the newest response that is no newer than the staple in place and
 * differs from it. So a second rollback goes back further, and never to the response that the first one got rid of. If
 * the staple in place is unusable, the newest backup is chosen. Expired backups come last. None is chosen if the file in
 * place must stay.
 */
export function chooseBackup(backups: readonly Backup[], staple: Staple, { to, force }: Wish): Choice {
  if (staple.kind === 'other') return { kind: 'none' };
  if (to === undefined) return chooseNewest(backups, staple, force);
  const backup = backups.find((one) => isNamed(one, to));
  if (backup === undefined) return { kind: 'none' };
  const isWanted = backup.kind === 'good' || (backup.kind === 'past' && force);
  return isWanted ? { kind: 'chosen', backup } : { kind: 'refused', backup };
}

function isNamed({ name, of }: Backup, to: string): boolean {
  const time = parseInstant(to);
  return name === to || name === `${of}-${to}` || (time !== undefined && name === backupName(of, time, 1));
}

function chooseNewest(backups: readonly Backup[], staple: Staple, force: boolean): Choice {
  const candidates = backups.filter(
    (backup): backup is Choosable => backup.kind === 'good' || (backup.kind === 'past' && force),
  );
  const [backup] = candidates.filter(({ response }) => isBehind(response, staple)).sort(newestGoodFirst);
  return backup === undefined ? { kind: 'none' } : { kind: 'chosen', backup };
}

function isBehind(response: Choosable['response'], staple: Staple): boolean {
  if (staple.kind !== 'usable') return true;
  return response.thisUpdate <= staple.response.thisUpdate && !equalBytes(response.der, staple.response.der);
}

function newestGoodFirst(one: Choosable, other: Choosable): number {
  const [first, second] = [one.response, other.response];
  return (
    Number(one.kind === 'past') - Number(other.kind === 'past') ||
    second.thisUpdate - first.thisUpdate ||
    second.usefulUntil - first.usefulUntil ||
    other.made - one.made
  );
}
