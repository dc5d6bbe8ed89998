import { loadIssuerResponders } from '../client/responder-url.js';
import type { Configuration } from '../configuration/model.js';
import type { InspectionContext } from '../run/inspect.js';
import type { Wish } from '../run/sources/backups.js';
import type { Clock, RefreshOptions } from '../run/types.js';
import { openRollbacks } from '../state/rollbacks.js';
import type { System, TlsServer } from '../system/system.js';
import type { Duration, Instant } from '../util/time.js';
import { loadReadable } from '../x509/load.js';
import type { VerifyArguments } from './verify-arguments.js';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help'; readonly topic: CommandName | undefined }
  | { readonly kind: 'version' }
  | RefreshCommand
  | InstallCommand
  | RollbackCommand
  | ListBackupsCommand
  | { readonly kind: 'validate'; readonly file: string; readonly output: OutputOptions }
  | {
      readonly kind: 'services';
      readonly status: number;
      readonly file: string;
      readonly output: OutputOptions;
    }
  | OweCommand
  | {
      readonly kind: 'explain';
      readonly name: string;
      readonly file: string;
      readonly now: Instant | undefined;
      readonly output: OutputOptions;
    }
  | ({ readonly kind: 'verify'; readonly output: OutputOptions } & VerifyArguments)
  | LiveCommand;

/** A command whose configuration may have been left out. */
export type UnlocatedCommand = Unlocated<Command>;

type Unlocated<C> = C extends { readonly file: string }
  ? Omit<C, 'file'> & { readonly file: string | undefined }
  : C;

export interface RefreshCommand {
  readonly kind: 'refresh';
  readonly file: string;
  readonly options: RefreshOptions;
  /** The longest time to wait before anything else, by chance. */
  readonly splay: Duration;
  /** Stands for the clock; for tests. */
  readonly now: string | undefined;
  readonly output: OutputOptions;
}

export interface InstallCommand extends Omit<RefreshCommand, 'kind' | 'splay'> {
  readonly kind: 'install';
  /** Files, folders, or `-` for standard input. */
  readonly responses: readonly string[];
}

export interface RollbackCommand extends Omit<RefreshCommand, 'kind' | 'splay'> {
  readonly kind: 'rollback';
  /** Of a certificate. */
  readonly name: string;
  readonly wish: Wish;
}

/** `rollback --list` */
export interface ListBackupsCommand extends Pick<
  RollbackCommand,
  'name' | 'wish' | 'file' | 'now' | 'output'
> {
  readonly kind: 'list-backups';
}

export interface OweCommand {
  readonly kind: 'owe';
  /** Names, each once; UNASSIGNED among them for certificates of no service. */
  readonly services: readonly string[];
  readonly file: string;
  readonly output: OutputOptions;
}

export interface LiveCommand {
  readonly kind: 'live';
  /** undefined for all that the configuration names. */
  readonly server: TlsServer | undefined;
  /** undefined for the usual one, which then need not be there. */
  readonly file: string | undefined;
  readonly now: Instant | undefined;
  readonly output: OutputOptions;
}

export interface OutputOptions {
  readonly format: 'text' | 'json';
  readonly detail: 'quiet' | 'normal' | 'verbose';
  /** No escape sequences are written. */
  readonly isPlain: boolean;
}

export const COMMANDS = [
  'refresh',
  'validate',
  'services',
  'owe',
  'verify',
  'explain',
  'live',
  'install',
  'rollback',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** For commands that look at certificates as a run does, and change nothing. */
export function contextOf(configuration: Configuration, moment: Clock, system: System): InspectionContext {
  const trustedResponders = loadReadable(configuration.trustedResponders, system.files);
  const rollbacks = openRollbacks(configuration, system);
  const issuerResponders = loadIssuerResponders(configuration, system.files);
  return { configuration, trustedResponders, issuerResponders, system, rollbacks, ...moment };
}
