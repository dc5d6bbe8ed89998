import type { ResponseVerifier, StapleSource, FetchRequest } from '../../client/types.js';
import type { Configuration, Entry } from '../../configuration/model.js';
import { OcspbotError } from '../../util/errors.js';
import { shownCommand } from '../../util/text.js';
import { openPreparation } from '../entries.js';
import { type Backups, type Choosable, chooseBackup, lookAtBackups, type Wish } from './backups.js';
import type { Tools } from '../../storage/tools.js';
import type { Work } from '../types.js';

/** Prepares the rollback of one certificate to a backup. */
export function rollbackWork(
  entry: Entry,
  wish: Wish,
  configuration: Configuration,
  tools: Pick<Tools, 'now' | 'files'>,
): Work {
  const list = shownCommand(['ocspbot', 'rollback', entry.name, '--list', '--config', configuration.file]);
  let others: readonly Uint8Array[] = [];
  const fetch = ({ question, staple }: FetchRequest, verifyAnswer: ResponseVerifier) => {
    const found = lookAtBackups(entry, question, configuration, tools);
    if (found.backups.length === 0) throw noBackups(entry, found, configuration);
    const rollback = { ...found, ocsp: entry.ocsp, wish, seeList: `see what there is: ${list}` };
    const { path, response, examination, besides } = choose(rollback, staple);
    others = besides;
    const origin = { kind: 'file', name: path } as const;
    return Promise.resolve({
      ...verifyAnswer({ body: response.der, origin, examination }),
      origin,
      attempts: [],
    });
  };
  const besides = () => others;
  const source: StapleSource = { kind: 'backups', fetch, besides, close: () => Promise.resolve([]) };
  return {
    entries: [entry],
    prepare: openPreparation(tools.files, tools.now),
    expect: () => undefined,
    source,
    complaints: [],
    attention: undefined,
    notes: [],
  };
}

function noBackups({ ocsp }: Entry, { folder }: Backups, { backups }: Configuration): OcspbotError {
  const hint = {
    on: 'each staple that is replaced from now on is kept there; a run with --force asks the responder for a new one',
    off: 'make_backups: true keeps each staple that is replaced from now on',
  }[backups.kind];
  return new OcspbotError('no-backup', `there is no backup of ${ocsp} in ${folder}`, { hint });
}

interface Rollback extends Backups {
  /** The path of the staple in place. */
  readonly ocsp: string;
  readonly wish: Wish;
  /** A hint that names the command which lists all backups. */
  readonly seeList: string;
}

function choose(rollback: Rollback, staple: FetchRequest['staple']): Choosable {
  const { backups, wish, seeList } = rollback;
  const choice = chooseBackup(backups, staple, wish);
  switch (choice.kind) {
    case 'chosen':
      return choice.backup;
    case 'refused': {
      const { backup } = choice;
      const hint = backup.kind === 'past' ? '--force restores it anyway' : seeList;
      throw new OcspbotError('no-backup', `${backup.path} is not restored: ${backup.problem}`, { hint });
    }
    case 'none':
      throw nothingToRestore(rollback, staple);
  }
}

function nothingToRestore(
  { folder, backups, ocsp, wish: { to }, seeList }: Rollback,
  staple: FetchRequest['staple'],
): OcspbotError {
  if (to !== undefined)
    return new OcspbotError('no-backup', `no backup of ${ocsp} in ${folder} is of ${to}`, { hint: seeList });
  const wanted = staple.kind === 'usable' ? 'good and older than the staple in place' : 'good';
  const count = backups.length === 1 ? 'the only backup is not' : `none of ${backups.length} backups is`;
  return new OcspbotError('no-backup', `${count} ${wanted}, in ${folder}`, { hint: seeList });
}
