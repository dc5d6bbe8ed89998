import { basename, dirname, join } from 'node:path';
import type { FileFacts, Files, FolderEntry, System } from '../system/system.js';
import { readFailure } from '../util/read-failure.js';
import { codeOf } from '../util/system-errors.js';

type Kind = FileFacts['kind'];

/** The target of a path, after following all links. */
export interface PathTarget {
  readonly kind: 'file' | 'folder' | 'other' | 'absent' | 'too-long' | 'unreachable';
  /** The path itself is a link. */
  readonly isLink: boolean;
  /** The path without links, as far as it exists: equal for two paths to one file. */
  readonly real: string;
  /** The error because of which it is unreachable; undefined for a link that was changed meanwhile. */
  readonly code?: string;
}

export type Listing =
  | { readonly kind: 'entries'; readonly entries: ReadonlyMap<string, Kind> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'no-folder' }
  | { readonly kind: 'unreadable'; readonly code: string };

type LookupFiles = Pick<Files, 'entries' | 'facts' | 'resolve' | 'identity'>;

/**
 * Examines each path, resolves each folder and lists each folder at most once. A folder is listed only for a scan, because
 * a few files may lie among thousands of others.
 */
export class FileLookup {
  readonly #files: LookupFiles;
  readonly #listings = new Map<string, Listing>();
  readonly #targets = new Map<string, PathTarget>();
  readonly #folders = new Map<string, string>();
  readonly #places = new Map<string, string>();

  constructor(files: LookupFiles) {
    this.#files = files;
  }

  look(path: string): PathTarget {
    return remember(this.#targets, path, () => this.#look(path));
  }

  /** Returns a text that is equal for all paths to one file, also if its folder is mounted in two places. */
  placeOf(path: string): string {
    const { real } = this.look(path);
    const folder = dirname(real);
    const place = remember(this.#places, folder, () => this.#files.identity(folder) ?? folder);
    return join(place, basename(real));
  }

  list(folder: string): Listing {
    return remember(this.#listings, folder, () => this.#list(folder));
  }

  /** Returns the kind of a file from the listing of its folder. Without a listing the file itself is examined. */
  listed(path: string): Kind | 'absent' {
    const listing = this.list(dirname(path));
    if (listing.kind === 'entries') return listing.entries.get(basename(path)) ?? 'absent';
    const { kind } = this.look(path);
    return kind === 'unreachable' || kind === 'too-long' ? 'absent' : kind;
  }

  #look(path: string): PathTarget {
    const folder = dirname(path);
    const realFolder = this.#realFolder(folder);
    const real = realFolder === folder ? path : join(realFolder, basename(path));
    let isLink = false;
    try {
      const kind = this.#kindOf(folder, path);
      isLink = kind === 'link';
      if (kind !== 'link') return { kind: kind ?? 'absent', isLink, real };
      const resolved = this.#files.resolve(path);
      const target = this.#files.facts(resolved)?.kind ?? 'absent';
      return { kind: target === 'link' ? 'unreachable' : target, isLink, real: resolved };
    } catch (error) {
      const code = errnoOf(error);
      return { kind: kindByError(code), isLink, real, code };
    }
  }

  /**
   * Takes the kind from the listing if a scan has made one. For a name that is not in it the file system is asked, because
   * a folder may ignore case or be unreadable.
   */
  #kindOf(folder: string, path: string): Kind | undefined {
    const listing = this.#listings.get(folder);
    const listed = listing?.kind === 'entries' ? listing.entries.get(basename(path)) : undefined;
    return listed ?? this.#files.facts(path)?.kind;
  }

  #realFolder(folder: string): string {
    return remember(this.#folders, folder, () => {
      try {
        return this.#files.resolve(folder);
      } catch {
        return folder;
      }
    });
  }

  #list(folder: string): Listing {
    try {
      return { kind: 'entries', entries: kinds(this.#files.entries(folder)) };
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ENOENT') return { kind: 'absent' };
      if (code === 'ENOTDIR') return { kind: 'no-folder' };
      return { kind: 'unreadable', code };
    }
  }
}

/** Says in words why a folder could not be listed. */
export function listingFault(listing: Exclude<Listing, { kind: 'entries' }>): string {
  switch (listing.kind) {
    case 'absent':
      return 'does not exist';
    case 'no-folder':
      return 'is not a folder';
    case 'unreadable':
      return readFailure(listing.code).problem;
  }
}

const BY_PERMISSIONS = [
  'cannot be reached',
  'check the permissions of the folders on the way, and the links',
] as const;

/** Says in words why a path is unreachable, with a hint. */
export function unreachable({ code }: PathTarget): readonly [problem: string, hint: string] {
  if (code === undefined || ['EACCES', 'EPERM', 'ELOOP'].includes(code)) return BY_PERMISSIONS;
  const hint = 'mount its file system again, and look for disk errors in the kernel log';
  return [`cannot be reached (${code})`, hint];
}

/** Returns the errno name of a failed file system call. */
export function errnoOf(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) throw error;
  return code;
}

function kindByError(code: string): 'absent' | 'too-long' | 'unreachable' {
  if (code === 'ENAMETOOLONG') return 'too-long';
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'unreachable';
}

function kinds(entries: readonly FolderEntry[]): ReadonlyMap<string, Kind> {
  return new Map(entries.map(({ name, kind }) => [name, kind]));
}

function remember<T>(known: Map<string, T>, key: string, find: () => T): T {
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}

/** The parts of a System that reading a configuration needs. */
export interface ReadingSystem {
  readonly files: Pick<Files, 'read' | 'facts' | 'resolve' | 'entries' | 'identity'>;
  readonly environment: System['environment'];
  readonly workingFolder: string;
  readonly relieveMemory: System['relieveMemory'];
}
