import { rollbackWork } from '../refresh/rollback-work.js';
import type { System } from '../system/system.js';
import type { RollbackCommand } from './command.js';
import type { Sinks } from './console.js';
import { findEntry } from '../refresh/select.js';
import { perform } from './refresh.js';

/** Puts back what was in place before, by the transaction of a run. */
export function rollbackCommand(command: RollbackCommand, system: System, sinks: Sinks): Promise<number> {
  return perform(command, system, sinks, (configuration, now, stop) => {
    const entry = findEntry(configuration, command.name);
    return Promise.resolve({ ...rollbackWork(configuration, entry, command.wish, now, system), stop });
  });
}
