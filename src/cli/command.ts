import type { Wish } from '../run/sources/backups.js';
import type { Selection } from '../run/selection.js';
import type { RefreshOptions } from '../run/types.js';
import type { CheckLimits } from '../snapshot/check.js';
import type { State } from '../snapshot/snapshot.js';
import type { CommandName } from './options.js';
import type { TlsServer } from '../system/system.js';
import type { Duration } from '../util/time.js';
import type { VerifyArguments } from './verify-arguments.js';

/** A command line after parsing. */
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
      readonly now: string | undefined;
      readonly output: OutputOptions;
    }
  | StatusCommand
  | CheckCommand
  | ({ readonly kind: 'verify'; readonly output: OutputOptions } & VerifyArguments)
  | FetchCommand
  | LiveCommand
  | DiscoverCommand;

/** A command whose configuration may have been left out. */
export type ParsedCommand = WithOptionalFile<Command>;

type WithOptionalFile<C> = C extends { readonly file: string }
  ? Omit<C, 'file'> & { readonly file: string | undefined }
  : C;

export interface RefreshCommand {
  readonly kind: 'refresh';
  readonly file: string;
  readonly options: RefreshOptions;
  /** `simple`: the exit status leaves out the bits of services. */
  readonly exit?: 'simple';
  /** The maximum of a random delay before the run. */
  readonly splay: Duration;
  /** The format of messages on the standard streams. */
  readonly logFormat: LogFormat;
  /** Replaces the clock, for tests. */
  readonly now: string | undefined;
  readonly output: OutputOptions;
}

export type LogFormat = 'text' | 'json';

export interface InstallCommand extends Omit<RefreshCommand, 'kind' | 'splay' | 'logFormat'> {
  readonly kind: 'install';
  /** Files, folders, or `-` for standard input. */
  readonly responses: readonly string[];
}

export interface RollbackCommand extends Omit<RefreshCommand, 'kind' | 'splay' | 'logFormat'> {
  readonly kind: 'rollback';
  /** The name of the certificate. */
  readonly name: string;
  readonly wish: Wish;
}

/** The command `rollback --list`. */
export interface ListBackupsCommand extends Pick<
  RollbackCommand,
  'name' | 'wish' | 'file' | 'now' | 'output'
> {
  readonly kind: 'list-backups';
}

export interface OweCommand {
  readonly kind: 'owe';
  /** Names of services without duplicates. UNASSIGNED stands for certificates of no service. */
  readonly services: readonly string[];
  readonly file: string;
  readonly output: OutputOptions;
}

export interface LiveCommand {
  readonly kind: 'live';
  /** undefined for all servers that the configuration names. */
  readonly server: TlsServer | undefined;
  /** undefined for the default configuration, which is then optional. */
  readonly file: string | undefined;
  readonly now: string | undefined;
  readonly output: OutputOptions;
}

export interface FetchCommand {
  readonly kind: 'fetch';
  readonly cert: string;
  readonly issuer: string | undefined;
  readonly root: string | undefined;
  readonly responder: string | undefined;
  /** The configuration whose settings apply; undefined for the defaults. */
  readonly settings: string | undefined;
  readonly now: string | undefined;
  readonly output: OutputOptions;
}

export interface StatusCommand {
  readonly kind: 'status';
  readonly file: string;
  readonly selection: Selection;
  /** The states that are shown; all if empty. `attention` stands for all that need it. */
  readonly states: readonly (State | 'attention')[];
  readonly isMetrics: boolean;
  /** The file of the page to write; undefined for none. */
  readonly page: string | undefined;
  readonly now: string | undefined;
  readonly output: OutputOptions;
}

export interface DiscoverCommand {
  readonly kind: 'discover';
  /** Folders, configurations of servers and certificates; this machine if there are none. */
  readonly places: readonly string[];
  readonly task:
    | {
        readonly kind: 'write';
        /** The file to write; undefined for standard output. */
        readonly to: string | undefined;
        readonly replaces: boolean;
        readonly ocspFolder: string | undefined;
        readonly fetchesIssuers: boolean;
      }
    /** Compares the configuration with the servers; `file` is undefined for the default one. */
    | { readonly kind: 'check'; readonly file: string | undefined };
  readonly now: string | undefined;
  readonly output: OutputOptions;
}

export interface CheckCommand {
  readonly kind: 'check';
  readonly file: string;
  readonly selection: Selection;
  readonly limits: CheckLimits;
  readonly now: string | undefined;
  readonly output: OutputOptions;
}

export interface OutputOptions {
  readonly format: 'text' | 'json';
  readonly detail: 'quiet' | 'normal' | 'verbose';
  /** No escape sequences are written. */
  readonly isPlain: boolean;
}
