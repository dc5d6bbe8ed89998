import type { Argv, NotifySettings } from '../configuration/model.js';
import type { CommandResult, Commands } from '../system/system.js';
import { sha256 } from '../util/bytes.js';
import { describeEnd } from '../util/command-end.js';
import { lastLines, shownCommand } from '../util/text.js';
import type { Duration } from '../util/time.js';
import { originOf, type Webhooks } from './webhook.js';

/** A command or a webhook that is told of changes. */
export interface Receiver {
  /** The name of the receiver in the outbox. It must not tell a secret. */
  readonly key: string;
  /** The name of the receiver in messages, which must not tell one either. */
  readonly title: string;
  /** Hands a document over. Returns what went wrong; then it is handed over again. Never throws. */
  send(document: string): Promise<string | undefined>;
}

interface Couriers {
  readonly commands: Commands;
  readonly webhooks: Webhooks;
}

/** Returns the receivers of a configuration, each once. */
export function receiversOf(
  { commands, url, timeout }: NotifySettings,
  couriers: Couriers,
): readonly Receiver[] {
  const byCommand = commands.map((argv): Receiver => {
    const key = `command ${sha256(JSON.stringify(argv)).slice(0, 16)}`;
    const send = async (input: string) =>
      problemOf(await couriers.commands.run(argv, { timeout, input }), timeout);
    return { key, title: `by ${shownProgram(argv)}`, send };
  });
  const all = byCommand.map((receiver) => [receiver.key, receiver] as const);
  if (url === undefined) return [...new Map(all).values()];
  const send = (document: string) => couriers.webhooks.send(url, timeout, document);
  return [...new Map(all).values(), { key: 'url', title: `of ${originOf(url)}`, send }];
}

/** The program alone: the arguments of a command such as curl may hold the URL of a webhook, or its password. */
function shownProgram([program]: Argv): string {
  return shownCommand([program]);
}

function problemOf(result: CommandResult, limit: Duration): string | undefined {
  if (result.kind === 'succeeded') return undefined;
  const [last] = result.kind === 'failed' ? lastLines(result.output).slice(-1) : [];
  return `it ${describeEnd(result, limit)}${last === undefined ? '' : `: ${last}`}`;
}
