import { dirname } from 'node:path';
import { LIMITS } from '../util/limits.js';
import type { Tools } from '../storage/tools.js';
import type { AttributeListing } from '../system/system.js';
import { SECOND } from '../util/time.js';
import type { Target } from './target.js';

// Who may use a file is said by more than owner, group and mode: access control lists, security labels and other extended
// attributes (xattr(7)). Each is a line here, as tar prints it. Most files have none.

export type Attributes = readonly string[];

export type AttributesFound =
  | {
      readonly kind: 'known';
      /** Those of the file that is to be replaced; none where there is no such file. */
      readonly old: Attributes;
      /** Whether its folder gives new files an access control list. */
      readonly isInherited: boolean;
    }
  | { readonly kind: 'unknown'; readonly problem: string };

/** What a run knows of the extended attributes of its staples. */
export interface AttributeLooks {
  /** Begins to look at a staple that is about to be replaced, and at the next ones of the run: one process for many. */
  expect(path: string): void;
  of(path: string, target: Target): Promise<AttributesFound>;
  /** Those that files of ours have in a folder; `made` is one, and is looked at if it is the first. */
  ofNewFiles(folder: string, made: string): Promise<Attributes | undefined>;
  /** undefined where they cannot be listed. */
  ofFile(path: string): Promise<Attributes | undefined>;
}

/** `paths` are the staples of the run, in their order. */
export function createAttributeLooks(paths: readonly string[], { files, now }: Tools): AttributeLooks {
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

/** Lists a file and its folder, and with them the next files that have not been listed. */
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
  if (listing.kind === 'failed') return { kind: 'unknown', problem: listing.problem };
  const old = existing === undefined ? [] : listing.attributes.get(path);
  if (old === undefined) return { kind: 'unknown', problem: 'tar does not list it' };
  const ofFolder = listing.attributes.get(folder) ?? [];
  return { kind: 'known', old, isInherited: ofFolder.some((line) => /^a: .*\bdefault:/.test(line)) };
}

/** Says what only one of two files has; undefined where both are the same to whoever uses them. */
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

/** Those that are of the content, or of the file system itself, not of who may use a file. */
const IRRELEVANT = /^x: \d+ (?:security\.(?:ima|evm)|(?!user\.|security\.|system\.|trusted\.).*)$/;

/** Of a security label the type and the range count (SELinux): the user and the role are those of whoever made the file. */
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
