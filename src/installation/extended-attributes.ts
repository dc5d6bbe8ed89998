import { dirname } from 'node:path';
import { LIMITS } from '../util/limits.js';
import type { Tools } from '../storage/tools.js';
import type { AttributeListing } from '../system/system.js';
import { SECOND } from '../util/time.js';
import type { Target } from './target.js';

// Access to a file depends on owner, group and mode, and also on access control lists, security labels and other extended
// attributes (xattr(7)). Each of these is one line here, as tar prints it. Most files have none.

export type Attributes = readonly string[];

export type AttributesFound =
  | {
      readonly kind: 'known';
      /** The attributes of the file that is to be replaced; empty if there is no such file. */
      readonly old: Attributes;
      /** True if the folder gives new files an access control list. */
      readonly isInherited: boolean;
    }
  /** The attributes could not be listed. `isPassing`: a later run may succeed. */
  | { readonly kind: 'unknown'; readonly problem: string; readonly isPassing: boolean };

/** The reader of the extended attributes of a run's staples. */
export interface AttributeReader {
  /** Begins to list the attributes of a staple and of the next ones of the run, by one process for many files. */
  expect(path: string): void;
  /** Returns the attributes of the staple at a path, whose real file is `target`. */
  of(path: string, target: Target): Promise<AttributesFound>;
  /** Returns the attributes that our new files have in a folder. The first call for a folder lists those of `made`. */
  ofNewFiles(folder: string, made: string): Promise<Attributes | undefined>;
  /** Returns the attributes of a file; undefined if they cannot be listed. */
  ofFile(path: string): Promise<Attributes | undefined>;
}

/** Makes the reader. `paths` are the staples of the run, in their order. */
export function createAttributeReader(paths: readonly string[], { files, now }: Tools): AttributeReader {
  const upcoming = createUpcoming(paths, files);
  const ofNewFiles = new Map<string, Promise<Attributes | undefined>>();
  const ofFile = async (path: string) => {
    const listing = await files.listAttributes([path]);
    return listing.kind === 'listed' ? listing.attributes.get(path) : undefined;
  };
  return {
    expect: (path) => void upcoming(path),
    of: async (path, target) => {
      const { path: real, folder, existing } = target;
      const isChanged = existing !== undefined && existing.changed > now - SECOND;
      const isDirect = path === real && !isChanged;
      return found(isDirect ? await upcoming(path) : await files.listAttributes([real, folder]), target);
    },
    ofNewFiles: (folder, made) => {
      const known = ofNewFiles.get(folder) ?? ofFile(made);
      ofNewFiles.set(folder, known);
      return known;
    },
    ofFile,
  };
}

/** Returns a function that lists a file and its folder, together with the next files that are not listed yet. */
function createUpcoming(
  paths: readonly string[],
  files: Pick<Tools['files'], 'listAttributes'>,
): (path: string) => Promise<AttributeListing> {
  const positions = new Map(paths.map((path, index) => [path, index]));
  const listings = new Map<string, Promise<AttributeListing>>();
  return (path) => {
    const known = listings.get(path);
    if (known !== undefined) return known;
    const at = positions.get(path) ?? paths.length;
    const next = paths.slice(at, at + LIMITS.attributesAtOnce).filter((one) => !listings.has(one));
    const batch = new Set([path, ...next]);
    const folders = new Set([...batch].map((one) => dirname(one)));
    const listing = files.listAttributes([...batch, ...folders]);
    for (const one of batch) listings.set(one, listing);
    return listing;
  };
}

function found(listing: AttributeListing, { path, folder, existing }: Target): AttributesFound {
  if (listing.kind === 'failed') return { ...listing, kind: 'unknown' };
  const old = existing === undefined ? [] : listing.attributes.get(path);
  if (old === undefined) return { kind: 'unknown', problem: 'tar does not list it', isPassing: false };
  const ofFolder = listing.attributes.get(folder) ?? [];
  return { kind: 'known', old, isInherited: ofFolder.some((line) => /^a: .*\bdefault:/.test(line)) };
}

/** Describes the attributes that only one of two files has; undefined if access to both is the same. */
export function differenceOf(old: Attributes, made: Attributes): string | undefined {
  const [before, after] = [relevant(old), relevant(made)];
  const lost = before.filter((line) => !after.includes(line));
  const added = after.filter((line) => !before.includes(line));
  const parts = [
    ...lost.map((line) => `without ${nameOf(line)}`),
    ...added.map((line) => `with ${nameOf(line)}`),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** Matches attributes that belong to the content or to the file system, and do not affect access. */
const IRRELEVANT = /^x: \d+ (?:security\.(?:ima|evm)|(?!user\.|security\.|system\.|trusted\.).*)$/;

/** Returns the attributes that affect access. In a label of SELinux, user and role are left out: they only name the creator. */
function relevant(attributes: Attributes): string[] {
  const hasLabel = attributes.some((line) => line.startsWith('s: '));
  return attributes
    .filter((line) => !IRRELEVANT.test(line) && !(hasLabel && line.endsWith(' security.selinux')))
    .map((line) => line.replace(/^s: [^:]*:[^:]*:/, 's: '));
}

function nameOf(line: string): string {
  const [, kind, text = ''] = /^([asx]): (?:\d+ )?(.*)$/.exec(line) ?? [];
  switch (kind) {
    case 'a':
      return `the access control list ${text}`;
    case 's':
      return `the security label ${text}`;
    default:
      return `the extended attribute ${text || line}`;
  }
}
