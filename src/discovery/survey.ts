import { resolve, basename } from 'node:path';
import type { System } from '../system/system.js';
import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { diskFiles, attempt, kindAt } from './files.js';
import { usualLayouts } from './layouts.js';
import type { Remark, ServerFindings } from './model.js';
import { probeServers } from './probe.js';
import { isMainFile, readServer, recogniseServer } from './recognise.js';
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
  const found: Survey = { servers: [], walked: [], remarks: [] };
  const files = diskFiles(system.files);
  if (places.length === 0) {
    found.servers.push(...(await probeServers({ system, files })));
    const folders = usualLayouts(system.environment['HOME']).flatMap((layout) => layout.folders);
    const present = folders.filter((folder) => kindAt(folder, system.files) === 'folder');
    for (const folder of present) walkInto(folder, found, system);
  }
  for (const place of places) lookAt(resolve(system.workingFolder, place), found, system);
  return found;
}

function lookAt(path: string, found: Survey, system: SurveySystem): void {
  switch (kindAt(path, system.files)) {
    case 'folder':
      return walkInto(path, found, system);
    case 'file':
      if (!readConfiguration(path, found, system)) found.walked.push({ path, isNamed: true });
      return;
    case 'absent':
      found.remarks.push({ text: `${quote(path)} does not exist` });
      return;
    case 'unreadable':
      found.remarks.push({ text: `${quote(path)} cannot be read`, hint: 'run ocspbot discover as root' });
  }
}

function walkInto(folder: string, found: Survey, system: SurveySystem): void {
  const { files, remarks } = walk(folder, system.files);
  found.remarks.push(...remarks);
  for (const file of files)
    if (!isMainFile(basename(file.path)) || !readConfiguration(file.path, found, system))
      found.walked.push(file);
}

/** Reads a file if it is the configuration of a server. Reports whether it is. */
function readConfiguration(path: string, found: Survey, { files }: SurveySystem): boolean {
  const bytes = attempt(() => files.read(path, LIMITS.serverFile));
  const text = bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
  // A PEM file may have text before its certificates.
  const server = text.includes('-----BEGIN ') ? undefined : recogniseServer(text);
  if (server === undefined) return false;
  found.servers.push(readServer(server, path, text, diskFiles(files)));
  return true;
}
