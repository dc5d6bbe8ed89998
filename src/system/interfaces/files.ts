import type { Instant } from '../../time/instant.js';

/** What a path is, without following a link at its end. */
export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  readonly size: number;
  readonly modified: Instant;
  /** The last change of its content, rights, attributes or names. */
  readonly changed: Instant;
}

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** Left as the process makes it when undefined. */
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
  /** Another file, whose mode and extended attributes it takes; those are set after the content. */
  readonly like?: string | undefined;
  /** Its folder has a default ACL, which says with the mode who may use it (acl(5)). */
  readonly inherit?: boolean;
  /** Means nothing after a power cut, and need not wait for the disk. */
  readonly fleeting?: true;
}

/** A name in a folder, and what it is, without following a link. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: FileFacts['kind'];
}

/** Content and facts of one and the same file, taken through one descriptor. */
export interface Snapshot {
  readonly facts: FileFacts;
  readonly bytes: Uint8Array;
}

/** The extended attributes of files, each in a line as tar prints it. A file that cannot be looked at is missing. */
export type AttributeListing =
  | { readonly kind: 'listed'; readonly attributes: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'failed'; readonly problem: string };

/**
 * The file system. Failures are Node's own errors with an errno `code`; rooms turn them into words.
 * Small reads are synchronous: they are what a run with nothing to do consists of. What writes may wait for the disk.
 */
export interface Files {
  /** The effective user of this process; undefined where the system has none. */
  readonly user: number | undefined;
  /** Content of a regular file; refuses with EFBIG above `limit` octets. */
  read(path: string, limit: number): Uint8Array;
  /** Of a regular file; a link at the end of the path is refused with ELOOP, more than `limit` octets with EFBIG. */
  snapshot(path: string, limit: number): Snapshot;
  /** Where a symbolic link points, as it is written there. */
  readLink(path: string): string;
  /** undefined when nothing is there. */
  facts(path: string): FileFacts | undefined;
  /** The path with all links resolved (realpath). */
  resolve(path: string): string;
  /** Throws EACCES, EROFS and the like where this process may not make files in a folder. */
  checkWritable(folder: string): void;
  /** Names in a folder with their kinds, sorted by name; one look for all of them. */
  entries(folder: string): FolderEntry[];
  /** Names in a folder, sorted. */
  list(folder: string): string[];
  /** ACLs, security labels and the like (xattr(7)) of files and folders, behind links. Never throws. */
  listAttributes(paths: readonly string[]): Promise<AttributeListing>;
  /** Makes a file that is not there yet (O_EXCL, no link followed), sets mode and owner, writes, fsyncs what is not fleeting. */
  create(file: NewFile): Promise<void>;
  /** rename(2). */
  rename(from: string, to: string): Promise<void>;
  /** link(2): fails with EEXIST when `to` is there. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The same, and done when it returns: for the last act of a run, after which it must not wait for anything. */
  removeAtOnce(path: string): void;
  /** mkdir -p. A folder that servers must reach has its mode whatever the umask, unless an ACL says otherwise. */
  makeFolder(path: string, mode: number, umask?: 'without umask'): Promise<void>;
  /** fsync of a folder, so that a rename in it outlives a power cut. */
  syncFolder(path: string): Promise<void>;
}
