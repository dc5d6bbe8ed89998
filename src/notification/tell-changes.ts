import type { Configuration } from '../configuration/model.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Flaw } from '../storage/record-files.js';
import { LIMITS } from '../util/limits.js';
import { type Change, changesSince } from './changes.js';
import { documentOf } from './document.js';
import type { NotificationContext } from './context.js';
import { NOTHING_UNSENT, type Outbox, readOutbox, type Unsent, withChanges, writeOutbox } from './outbox.js';
import type { Receiver } from './receivers.js';

/** Tells each receiver what has changed since it was told last. Throws OcspbotErrors of writing the outbox. */
export async function tellChanges(
  snapshot: Snapshot,
  receivers: readonly Receiver[],
  { ownState: { folder }, path }: Pick<Configuration, 'ownState' | 'path'>,
  { system, interruption, warn }: NotificationContext,
): Promise<void> {
  const known = readOutbox(folder, system);
  const { severities, changes } = changesSince(known.content.severities, snapshot);
  const unsent = unsentWith(changes, known.content.unsent, receivers);
  const waiting = receivers.filter(({ key }) => hasChanges(unsent.get(key)));
  if (waiting.length === 0 && changes.length === 0) return;
  const write = async (flaw?: Flaw) => {
    const records = { content: { severities, unsent }, flaw };
    for (const note of await writeOutbox(folder, records, system)) warn(note, undefined);
  };
  await write(known.flaw);
  const origin = { host: system.processes.self.host, configuration: path, now: snapshot.now };
  for (const { key, title, send } of waiting) {
    // A run that was interrupted leaves it to the next one.
    if (interruption.aborted) return;
    const problem = await send(documentOf(unsent.get(key) ?? NOTHING_UNSENT, origin));
    if (problem === undefined) {
      unsent.set(key, NOTHING_UNSENT);
      await write();
    } else warn(`the notification ${title} failed: ${problem}`, 'the next run tries again');
  }
}

function hasChanges(unsent: Unsent | undefined): boolean {
  return unsent !== undefined && unsent.changes.length > 0;
}

/** Adds changes to what each receiver has not been told yet. A receiver that is new takes over from one that is gone. */
function unsentWith(
  changes: readonly Change[],
  known: Outbox['unsent'],
  receivers: readonly Receiver[],
): Map<string, Unsent> {
  const keys = receivers.map(({ key }) => key);
  const left = [...known].filter(([key]) => !keys.includes(key)).map(([, unsent]) => unsent);
  const bytes = LIMITS.unsentBytes / receivers.length;
  return new Map(
    keys.map((key) => {
      const before = known.get(key) ?? left.shift() ?? NOTHING_UNSENT;
      return [key, withChanges(before, changes, bytes)] as const;
    }),
  );
}
