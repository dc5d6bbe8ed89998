import { resolve, basename } from 'node:path';
import type { System } from '../system/system.js';
import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { orUndefined, diskFiles, kindAt, NOT_UTF8, RENAME } from './files.js';
import { usualFolders } from './acme-clients.js';
import {
  AS_ROOT,
  type ConfigurationFiles,
  type Remark,
  type ServerFindings,
  type ServerKind,
} from './model.js';
import { probeServers } from './probe.js';
import { isMainFile, readServer, recognizeServer } from './recognize.js';
import { walk, type Walked } from './walk.js';

export type SurveySystem = Pick<
  System,
  'files' | 'environment' | 'capture' | 'workingFolder' | 'programFolder'
>;

/** The configurations of servers, and the files that may have certificates. */
export interface Survey {
  readonly servers: ServerFindings[];
  readonly walked: Walked[];
  readonly remarks: Remark[];
}

/** Looks at the places that were named; without any, at this machine: its servers, and the folders of ACME clients. */
export async function survey(places: readonly string[], system: SurveySystem): Promise<Survey> {
  const surveyor = new Surveyor(system);
  if (places.length === 0) await surveyor.lookAround();
  for (const place of places) surveyor.lookAt(resolve(system.workingFolder, place));
  return surveyor;
}

class Surveyor implements Survey {
  readonly servers: ServerFindings[] = [];
  readonly walked: Walked[] = [];
  readonly remarks: Remark[] = [];
  readonly #system: SurveySystem;
  readonly #files: ConfigurationFiles;

  constructor(system: SurveySystem) {
    this.#system = system;
    this.#files = diskFiles(system.files, this.remarks);
  }

  async lookAround(): Promise<void> {
    const system = this.#system;
    this.servers.push(...(await probeServers({ system, files: this.#files })));
    for (const { client, folders } of usualFolders(system.environment['HOME']))
      for (const folder of folders) {
        const kind = kindAt(folder, system.files);
        if (kind === 'folder') this.#walkInto(folder);
        // An ordinary user cannot read the home of root, which is as it should be.
        if (kind === 'unreadable')
          this.#note(`${folder} cannot be read: certificates of ${client} may be there`);
      }
  }

  lookAt(path: string): void {
    switch (kindAt(path, this.#system.files)) {
      case 'folder':
        return this.#walkInto(path);
      case 'file':
        // It may be all that a server prints.
        if (!this.#readConfiguration(path, LIMITS.serverOutput)) this.walked.push({ path, isNamed: true });
        return;
      case 'absent':
        this.remarks.push(
          path.includes('\ufffd')
            ? { text: `${quote(path)} cannot be opened: ${NOT_UTF8}`, hint: RENAME }
            : { text: `${quote(path)} does not exist`, hint: 'correct the path' },
        );
        return;
      case 'unreadable':
        this.remarks.push({ text: `${quote(path)} cannot be read`, hint: AS_ROOT });
    }
  }

  #note(text: string): void {
    this.remarks.push({ text, isHarmless: true });
  }

  #walkInto(folder: string): void {
    const { files, remarks } = walk(folder, this.#system.files);
    this.remarks.push(...remarks);
    const known = this.servers.length;
    for (const file of files)
      if (!isMainFile(basename(file.path)) || !this.#readConfiguration(file.path)) this.walked.push(file);
    if (this.servers.length === known) this.#nameParts(folder, files);
  }

  /** Says that a folder such as sites-enabled has parts of a configuration: their main file knows what is around them. */
  #nameParts(folder: string, files: readonly Walked[]): void {
    const candidates = files.filter(({ path }) => PART.test(path)).slice(0, LIMITS.partsRead);
    const part = candidates.find(({ path }) => this.#recognize(path) !== undefined);
    if (part === undefined) return;
    this.remarks.push({
      text: `${quote(folder)} has the configuration of a server, such as ${quote(part.path)}, without its main file: it was not read`,
      hint: 'name the main file, such as /etc/nginx/nginx.conf; or this file: ocspbot discover FILE',
    });
  }

  /** Reads a file if it is the configuration of a server. Reports whether it is. */
  #readConfiguration(path: string, limit: number = LIMITS.serverFile): boolean {
    const recognized = this.#recognize(path, limit);
    if (recognized === undefined) return false;
    this.servers.push(readServer(recognized.server, path, recognized.text, this.#files));
    return true;
  }

  #recognize(
    path: string,
    limit: number = LIMITS.serverFile,
  ): { readonly server: ServerKind; readonly text: string } | undefined {
    const bytes = orUndefined(() => this.#system.files.read(path, limit));
    const text = bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
    // A PEM file may have text before its certificates.
    const server = text.includes('-----BEGIN ') ? undefined : recognizeServer(text);
    return server === undefined ? undefined : { server, text };
  }
}

/** The names of files that may be parts of a configuration: `default`, `site.conf`, `10-ssl.cfg`, `www.example.com`. */
const PART = /\.(?:conf|cfg|vhost)$|\/[^/.]+$|\/sites-(?:enabled|available)\/[^/]+$/;
