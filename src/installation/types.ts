import type { StapleContent } from '../ocsp/pem-chain.js';
import type { OcspbotError } from '../util/errors.js';

/** The installation of verified responses. Bytes that nobody has verified cannot be installed. */
export interface Installation extends StapleContent {
  /** The absolute path of the staple. Links in it are followed. */
  readonly path: string;
  /**
   * Returns the objection to replacing the bytes in place; undefined if there is none. The argument is undefined if there is
   * no file. Called after the read back.
   */
  objectionNow(inPlace: Uint8Array | undefined): OcspbotError | undefined;
  /** Reports whether these bytes must be backed up even if backups are off. */
  mustBeKept(inPlace: Uint8Array): boolean;
  /** Records the reload as pending. If this fails, nothing is changed. */
  beforeRename(): Promise<void>;
  /** Takes the record back. The old staple stands. */
  afterFailure(): Promise<void>;
}

export interface Installed {
  readonly kind: 'installed';
  /** The path of the real file. */
  readonly path: string;
  /** The bytes that were replaced; undefined if there was no file. */
  readonly replaced: Uint8Array | undefined;
  /** The path of their backup. */
  readonly backup: string | undefined;
  /** Problems that occurred after the rename, and facts that an administrator should know. */
  readonly warnings: readonly string[];
}

export interface Installer {
  /** Announces an installation to a path, which makes it faster. */
  expect(path: string): void;
  /**
   * Replaces a staple in one step or not at all.
   *
   * @throws OcspbotError `target-unsuitable`, `no-space`, `not-permitted`, `read-only`, `write-failed`,
   * `read-back-differs`, `file-too-large`, or an error of `objectionNow` or `beforeRename`: then the old staple stands
   */
  install(installation: Installation): Promise<Installed>;
  /**
   * Syncs the folders of all installed staples, so that no power cut undoes a rename. Called once, before the report. Returns
   * what went wrong: the new staples are in place nevertheless.
   */
  settle(): Promise<string[]>;
  /** Removes the stale temporary files of dead runs beside staples, by their absolute paths, and among backups. Never throws. */
  removeStaleTemporaryFiles(paths: readonly string[]): Promise<void>;
}
