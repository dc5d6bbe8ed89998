import type { FileFacts, Files } from './interfaces.js';

/** Content and facts of one and the same file, taken through one descriptor. */
export interface Snapshot {
  readonly facts: FileFacts;
  readonly bytes: Uint8Array;
}

/** What installing needs beyond `Files`, because the folder may belong to somebody who plants links in it. */
export interface GuardedFiles extends Files {
  /** The effective user of this process; undefined where the system has none. */
  readonly user: number | undefined;
  /** Where a symbolic link points, as it is written there. */
  readLink(path: string): string;
  /** Of a regular file; a link at the end of the path is refused with ELOOP, more than `limit` octets with EFBIG. */
  snapshot(path: string, limit: number): Snapshot;
}
