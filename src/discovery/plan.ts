import { dirname, join } from 'node:path';
import { quote, unsafeCharacter } from '../util/text.js';
import { EntryNames } from './entry-names.js';
import type { DiscoveredCertificate } from './gather.js';
import { type Remark, shownPlace, type Use } from './model.js';

/** A certificate that the configuration will look after. */
export interface PlannedEntry {
  readonly name: string;
  readonly cert: string;
  readonly chain: string | undefined;
  readonly ocsp: string;
  /** The form of that file; undefined for DER. */
  readonly format: Use['format'];
  readonly uses: readonly Use[];
  readonly certificate: DiscoveredCertificate;
}

export interface Plan {
  readonly entries: readonly PlannedEntry[];
  /** Certificates that are not looked after. */
  readonly leftOut: readonly DiscoveredCertificate[];
  readonly remarks: readonly Remark[];
}

/** A file of responses and the servers that staple it; without a path if any file will do. */
interface StapleFile {
  readonly path: string | undefined;
  readonly uses: Use[];
}

/** The place of responses that no server expects in a certain file. */
export type StapleFolder =
  | { readonly kind: 'folder'; readonly path: string }
  /** There is no such folder: each response goes beside its certificate. */
  | { readonly kind: 'beside' };

export interface PlanContext {
  readonly folder: StapleFolder;
  /** Reports whether a folder is there. */
  readonly isFolder: (path: string) => boolean;
  /** Returns the path of a file without links. */
  readonly real: (path: string) => string;
  /** Says what is in a file if it is not a response; undefined for a file that a response may be written to. */
  readonly otherThanResponse: (path: string) => string | undefined;
}

/** Decides which certificates are looked after, under which names, and in which files their responses go. */
export function makePlan(certificates: readonly DiscoveredCertificate[], context: PlanContext): Plan {
  const planner = new Planner(context);
  for (const certificate of certificates) planner.add(certificate);
  planner.warnOfForeignFiles();
  return planner;
}

class Planner implements Plan {
  readonly entries: PlannedEntry[] = [];
  readonly leftOut: DiscoveredCertificate[] = [];
  readonly remarks: Remark[] = [];
  readonly #context: PlanContext;
  readonly #names = new EntryNames();
  /** The certificates of staple files, by the real path of the file. */
  readonly #owners = new Map<string, { readonly id: string; readonly by: string }>();

  constructor(context: PlanContext) {
    this.#context = context;
  }

  add(certificate: DiscoveredCertificate): void {
    const { verdict, uses, found } = certificate;
    const able = uses.filter(({ obstacle }) => obstacle === undefined || obstacle === 'several-certificates');
    if (verdict.kind !== 'ready' || (uses.length > 0 && able.length === 0)) {
      this.leftOut.push(certificate);
      return;
    }
    if ([found.path, verdict.chain ?? '', ...able.map(({ staple }) => staple ?? '')].some(unsafeCharacter)) {
      this.remarks.push({
        text: `${quote(found.path)} has a name that no configuration may have`,
        hint: 'rename the file',
      });
      return;
    }
    for (const { path, uses: users } of this.#files(certificate, able))
      this.#addEntry(certificate, path, users);
  }

  /** Says where a certificate without a response gets that of another one, such as from the block around its server. */
  warnOfForeignFiles(): void {
    for (const { uses, id } of this.leftOut)
      for (const { staple, isStapling, place, server } of uses) {
        const owner =
          staple !== undefined && isStapling ? this.#owners.get(this.#context.real(staple)) : undefined;
        if (owner === undefined || owner.id === id) continue;
        this.remarks.push({
          text: `${shownPlace(place)} staples ${staple}, which is for the certificate ${owner.by}`,
          hint: `this certificate has no response: ${server === 'nginx' ? 'write "ssl_stapling off;" in this block' : 'take the file out of this block'}`,
        });
      }
  }

  #addEntry(certificate: DiscoveredCertificate, staple: string | undefined, uses: readonly Use[]): void {
    const { found, verdict } = certificate;
    const used = uses.find(({ cert }) => cert === found.path)?.cert ?? found.path;
    const name = this.#names.give(certificate, used, uses);
    const ocsp = staple ?? this.#freeFile(name, used);
    this.#claim(ocsp, certificate.id, name);
    const chain = verdict.kind === 'ready' ? verdict.chain : undefined;
    const format = uses.find((use) => use.staple === ocsp)?.format;
    this.entries.push({ name, cert: used, chain, ocsp, format, uses, certificate });
  }

  /** Returns the files that servers staple the certificate from, or one that is free to choose. */
  #files({ id }: DiscoveredCertificate, uses: readonly Use[]): StapleFile[] {
    const files = new Map<string, StapleFile>();
    const free: StapleFile = { path: undefined, uses: [] };
    const fileFor = (path: string): StapleFile => {
      // Two paths may lead to one file.
      const key = this.#context.real(path);
      const file = files.get(key) ?? { path, uses: [] };
      files.set(key, file);
      return file;
    };
    for (const use of uses) {
      const path = this.#usable(use, id);
      (path === undefined ? free : fileFor(path)).uses.push(use);
    }
    const [first = free, ...others] = files.values();
    if (first !== free) first.uses.push(...free.uses);
    return [first, ...others];
  }

  #usable({ staple, place, obstacle }: Use, id: string): string | undefined {
    if (staple === undefined || obstacle === 'several-certificates') return undefined;
    const problem = this.#problemOf(staple, id);
    if (problem === undefined) return staple;
    const text = `${shownPlace(place)} staples ${staple}${problem.text}`;
    this.remarks.push({ text, hint: `${problem.hint ?? ''}the configuration below has another file for it` });
    return undefined;
  }

  #problemOf(staple: string, id: string): Remark | undefined {
    const { real, isFolder, otherThanResponse } = this.#context;
    const owner = this.#owners.get(real(staple));
    if (owner !== undefined && owner.id !== id)
      return { text: `, which is for the certificate ${owner.by}`, hint: 'each needs one of its own: ' };
    if (!isFolder(dirname(staple)))
      return {
        text: ', whose folder does not exist',
        hint: `mkdir -p ${dirname(staple)}, and run ocspbot discover again; or: `,
      };
    const other = otherThanResponse(staple);
    return other === undefined ? undefined : { text: `, which is not a response: ${other}` };
  }

  #claim(path: string, id: string, by: string): void {
    this.#owners.set(this.#context.real(path), { id, by });
  }

  #freeFile(name: string, cert: string): string {
    const { folder } = this.#context;
    const where = folder.kind === 'folder' ? folder.path : dirname(cert);
    const stem = name.replace(/^\*/, 'wildcard').replaceAll(/[^\w.@-]/g, '_');
    for (let number = 1; ; number += 1) {
      const path = join(where, `${stem}${number === 1 ? '' : `-${number}`}.ocsp-resp`);
      const isTaken = this.#owners.has(this.#context.real(path));
      if (!isTaken && this.#context.otherThanResponse(path) === undefined) return path;
    }
  }
}
