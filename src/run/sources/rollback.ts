import type { ResponseVerifier, StapleSource, FetchRequest } from '../../client/types.js';
import type { Configuration, Entry } from '../../configuration/model.js';
import { OcspbotError } from '../../util/errors.js';
import type { System } from '../../system/system.js';
import { shownCommand } from '../../util/text.js';
import type { Instant } from '../../util/time.js';
import { prepare } from '../entries.js';
import { type Backups, type Choosable, chooseBackup, lookAtBackups, type Wish } from './backups.js';
import type { Work } from '../types.js';

/** One certificate, whose answer is a backup of what was in place before. */
export function rollbackWork(
  configuration: Configuration,
  entry: Entry,
  wish: Wish,
  now: Instant,
  system: Pick<System, 'files'>,
): Omit<Work, 'stop'> {
  const fetch = ({ question, staple }: FetchRequest, judge: ResponseVerifier) => {
    const circumstances = { now, policy: configuration.policy };
    const found = lookAtBackups(entry, question, circumstances, configuration, system.files);
    const list = shownCommand(['ocspbot', 'rollback', entry.name, '--list', '--config', configuration.file]);
    if (found.backups.length === 0) throw noBackups(entry, found, configuration);
    const { path, response, examination } = choose(
      found,
      staple,
      wish,
      entry.ocsp,
      `see what there is: ${list}`,
    );
    const origin = { given: path };
    return Promise.resolve({ ...judge({ body: response.der, origin, examination }), origin });
  };
  const source: StapleSource = { kind: 'backups', fetch, close: () => Promise.resolve() };
  const prepared = prepare([entry], system.files, now);
  return { prepared, source, complaints: [], attention: undefined, notes: [] };
}

function noBackups({ ocsp }: Entry, { folder }: Backups, { backups }: Configuration): OcspbotError {
  const hint = {
    on: 'each staple that is replaced from now on is kept there; a run with --force asks the responder for a new one',
    off: 'make_backups: true keeps each staple that is replaced from now on',
  }[backups.kind];
  return new OcspbotError('no-backup', `there is no backup of ${ocsp} in ${folder}`, { hint });
}

function choose(
  found: Backups,
  staple: FetchRequest['staple'],
  wish: Wish,
  ocsp: string,
  seeList: string,
): Choosable {
  const choice = chooseBackup(found.backups, staple, wish);
  switch (choice.kind) {
    case 'chosen':
      return choice.backup;
    case 'refused': {
      const { backup } = choice;
      const hint = backup.kind === 'past' ? '--force puts it back all the same' : seeList;
      throw new OcspbotError('no-backup', `${backup.path} is not put back: ${backup.problem}`, { hint });
    }
    case 'none':
      throw nothingToPutBack(found, staple, wish, ocsp, seeList);
  }
}

function nothingToPutBack(
  { folder, backups }: Backups,
  staple: FetchRequest['staple'],
  { to }: Wish,
  ocsp: string,
  seeList: string,
): OcspbotError {
  if (to !== undefined)
    return new OcspbotError('no-backup', `no backup of ${ocsp} in ${folder} is of ${to}`, { hint: seeList });
  const wanted = staple.kind === 'usable' ? 'good and older than the staple in place' : 'good';
  const count = backups.length === 1 ? 'the only backup is not' : `none of ${backups.length} backups is`;
  return new OcspbotError('no-backup', `${count} ${wanted}, in ${folder}`, { hint: seeList });
}
