import { basename, dirname, join } from 'node:path';
import type { FileFacts, Files, FolderEntry, System } from '../system/system.js';

type Kind = FileFacts['kind'];

/** What a path leads to, through all links. */
export interface Place {
  readonly kind: 'file' | 'folder' | 'other' | 'absent' | 'unreachable';
  /** Whether the path itself is a link. */
  readonly isLink: boolean;
  /** Without links as far as it exists: two paths to one file have the same. */
  readonly real: string;
}

export type Listing =
  | { readonly kind: 'entries'; readonly entries: ReadonlyMap<string, Kind> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'no-folder' }
  | { readonly kind: 'unreadable'; readonly code: string };

/** Looks at each folder once, so that thousands of certificates cost little more than their folders. */
export class FileLookup {
  readonly #files: Pick<Files, 'entries' | 'facts' | 'resolve'>;
  readonly #listings = new Map<string, Listing>();
  readonly #places = new Map<string, Place>();
  readonly #folders = new Map<string, string>();

  constructor(files: Pick<Files, 'entries' | 'facts' | 'resolve'>) {
    this.#files = files;
  }

  look(path: string): Place {
    return remember(this.#places, path, () => this.#look(path));
  }

  list(folder: string): Listing {
    return remember(this.#listings, folder, () => this.#list(folder));
  }

  /** What lies at a path by the listing of its folder. The file itself is looked at only where there is no listing. */
  listed(path: string): Kind | 'absent' {
    const listing = this.list(dirname(path));
    if (listing.kind === 'entries') return listing.entries.get(basename(path)) ?? 'absent';
    const { kind } = this.look(path);
    return kind === 'unreachable' ? 'absent' : kind;
  }

  #look(path: string): Place {
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
      return { kind: isAbsence(error) ? 'absent' : 'unreachable', isLink, real };
    }
  }

  /** From the listing where there is one. A name that it lacks is asked for: folders may ignore case, or be unreadable. */
  #kindOf(folder: string, path: string): Kind | undefined {
    const listing = this.list(folder);
    if (listing.kind === 'absent') return undefined;
    const listed = listing.kind === 'entries' ? listing.entries.get(basename(path)) : undefined;
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

/** Why a folder could not be listed, in words. */
export function faultOf(listing: Exclude<Listing, { kind: 'entries' }>): string {
  switch (listing.kind) {
    case 'absent':
      return 'does not exist';
    case 'no-folder':
      return 'is not a folder';
    case 'unreadable':
      return `cannot be read (${listing.code})`;
  }
}

/** The errno name of a failure of the file system. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error));
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

/** The parts of a System that a configuration is read with. */
export interface Surroundings {
  readonly files: Pick<Files, 'read' | 'facts' | 'resolve' | 'entries'>;
  readonly environment: System['environment'];
  readonly workingFolder: string;
}
