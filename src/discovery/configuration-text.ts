import { pathToFileURL } from 'node:url';
import { Document, isMap, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { TlsServer } from '../system/system.js';
import { formatHostPort } from '../util/host-port.js';
import { shownCommand, visible } from '../util/text.js';
import { VERSION } from '../util/version.js';
import { adviceFor, type StapleLookup, TRAPS } from './advice.js';
import type { DiscoveredCertificate } from './gather.js';
import { clientOf } from './acme-clients.js';
import { type ServerKind, shownPlace, TITLES, type Use } from './model.js';
import type { Plan, PlannedEntry, StapleFolder } from './plan.js';
import { type PlannedService, serviceNames } from './services.js';

export interface Draft {
  readonly plan: Plan;
  readonly services: readonly PlannedService[];
  readonly folder: StapleFolder;
  /** The folder of the state; undefined for the usual one in the folder of the responses. */
  readonly stateFolder: string | undefined;
  /** The JSON Schema of configurations, for editors. */
  readonly schema: string | undefined;
  /** The path that the configuration will have. */
  readonly file: string;
}

/** Writes a configuration in YAML, with the advice for each server as comments. */
export function configurationText(draft: Draft): string {
  const { plan, services, folder, stateFolder } = draft;
  // The reader takes YAML 1.1: `yes` and `1:20` need quotation marks.
  const document = new Document({}, { version: '1.1' });
  const root = new YAMLMap();
  document.contents = root as never;
  document.commentBefore = comment(header(draft));
  if (folder.kind === 'folder') put(root, 'ocsp_folder', folder.path);
  if (stateFolder !== undefined) put(root, 'state_folder', stateFolder);
  if (services.length > 0) {
    const map = put(root, 'services', new YAMLMap(), SERVICES);
    for (const service of services) put(map, service.name, serviceNode(service), serviceComment(service));
  }
  const domains = put(root, 'domains', new YAMLMap());
  const stapleFor = stapleLookup(plan);
  for (const entry of plan.entries)
    put(domains, entry.name, entryNode(entry, folder), entryComment(entry, stapleFor));
  if (plan.entries.length === 0) domains.flow = true;
  document.comment = comment(leftOutLines(plan.leftOut));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Makes the text of a comment: one space after the number sign, and nothing that could end its line. */
function comment(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.map((line) => (line === '' ? '' : ` ${visible(line)}`)).join('\n');
}

function put<T>(map: YAMLMap, key: string, value: T, lines: readonly string[] = []): T {
  const name = new Scalar(key);
  name.commentBefore = comment(lines);
  if (lines.length > 0 || isMap(value)) name.spaceBefore = map.items.length > 0;
  map.items.push(new Pair(name, value));
  return value;
}

function header({ schema, folder, file }: Draft): string[] {
  const path = shownCommand([file]);
  return [
    ...(schema === undefined ? [] : [`yaml-language-server: $schema=${pathToFileURL(schema).href}`]),
    `Written by ocspbot ${VERSION} discover. The next steps:`,
    `1. ocspbot ${path}`,
    '   fetches the first responses. Its exit status asks for reloads, which the next step does.',
    '2. Add the lines below to the configuration of each server, test it, and reload it.',
    `3. ocspbot discover --check ${path}; ocspbot live --config ${path}`,
    '4. Have cron or a systemd timer call ocspbot every hour: docs/callers.md',
    ...(folder.kind === 'beside' ? BESIDE : []),
  ];
}

const BESIDE = [
  'Responses go beside their certificates, because /var/lib/ocsp does not exist. To have them in one folder:',
  'mkdir -p /var/lib/ocsp, and run ocspbot discover again.',
];

const SERVICES = [
  'The names are those of systemd units. An exit status is the sum of the exit bits of what is to be reloaded.',
];

function serviceComment({ server, runtimeSocket }: PlannedService): string[] {
  const socket =
    runtimeSocket === undefined
      ? []
      : [`For new responses without a reload, add: runtime_socket: ${runtimeSocket}`];
  return [...TRAPS[server], ...socket];
}

function serviceNode({ exitBit, test, reload, live, furtherLive }: PlannedService): YAMLMap {
  const node = new YAMLMap();
  put(node, 'exit_bit', exitBit);
  if (test !== undefined) put(node, 'test', flow(test));
  put(node, 'reload', flow(reload));
  if (live.length === 0) return node;
  const list = put(node, 'live', new YAMLSeq());
  for (const server of live) list.items.push(liveNode(server));
  if (furtherLive > 0)
    list.comment = ` and ${furtherLive} more certificates, which are not looked at after a reload`;
  return node;
}

function flow(words: readonly string[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = true;
  list.items = words.map((word) => new Scalar(word));
  return list;
}

function liveNode(server: TlsServer): YAMLMap {
  const node = new YAMLMap();
  node.flow = true;
  put(node, 'address', formatHostPort(server));
  if (server.servername !== undefined) put(node, 'servername', server.servername);
  if (server.starttls !== undefined) put(node, 'starttls', server.starttls);
  return node;
}

function entryNode({ cert, chain, ocsp, format, uses }: PlannedEntry, folder: StapleFolder): YAMLMap {
  const node = new YAMLMap();
  put(node, 'cert', cert);
  if (chain !== undefined) put(node, 'chain', chain);
  put(node, 'ocsp', relative(ocsp, folder));
  if (format !== undefined) put(node, 'format', format);
  const services = serviceNames(uses);
  if (services.length > 0) put(node, 'services', flow(services));
  return node;
}

/** Shortens the path of a response that is directly in the folder of responses. */
function relative(ocsp: string, folder: StapleFolder): string {
  if (folder.kind === 'beside' || !ocsp.startsWith(`${folder.path}/`)) return ocsp;
  const rest = ocsp.slice(folder.path.length + 1);
  return rest.includes('/') ? ocsp : rest;
}

function stapleLookup({ entries }: Plan): StapleLookup {
  const files = new Map<string, string>();
  for (const { ocsp, uses } of entries)
    for (const { server, cert } of uses) files.set(`${server} ${cert}`, ocsp);
  return (cert, server) => files.get(`${server} ${cert}`);
}

function entryComment(entry: PlannedEntry, stapleFor: StapleLookup): string[] {
  const { uses, cert } = entry;
  const client = clientOf(cert);
  const renewal =
    client === undefined
      ? []
      : [`${client} renews it: let it call ocspbot before the server reloads, see docs/callers.md`];
  if (uses.length === 0) return ['No server was found that uses it.', ...renewal];
  const advice = uses.slice(0, USES_SHOWN).flatMap((use) => adviceFor(entry, use, stapleFor));
  const more = uses.length - USES_SHOWN;
  return [...advice, ...(more > 0 ? [`and in ${more} more places`] : []), ...renewal];
}

/** Places of one certificate that are shown, such as the servers of a certificate for many names. */
const USES_SHOWN = 20;

function leftOutLines(leftOut: readonly DiscoveredCertificate[]): string[] {
  if (leftOut.length === 0) return [];
  return ['', 'Not looked after:', ...leftOut.flatMap(leftOutReason)];
}

/** Says why a certificate is not looked after. */
export function leftOutReason({ found, names, uses, verdict }: DiscoveredCertificate): string[] {
  const who = names[0] === undefined ? found.path : `${names[0]} (${found.path})`;
  if (verdict.kind === 'ready') return uses.slice(0, 1).flatMap((use) => unableLines(who, use));
  const hint = verdict.kind === 'attention' ? [`  ${verdict.hint}`] : [];
  return [`${who} ${verdict.message}`, ...hint];
}

function unableLines(who: string, { server, place, obstacle }: Use): string[] {
  const where = `${who}: ${TITLES[server]}, ${shownPlace(place)}`;
  switch (obstacle) {
    case 'fetches-itself':
      return [`${where}: fetches the response itself (ocsp-update on)`];
    case 'section':
      return [`${where}: staples no file in this part of its configuration`, ...(SECTIONS[server] ?? [])];
    default:
      return [where, ...TRAPS[server].map((trap) => `  ${trap}`)];
  }
}

const SECTIONS: Readonly<Partial<Record<ServerKind, readonly string[]>>> = {
  nginx: [
    '  From version 1.27.2 on nginx does in "stream": write ssl_stapling_file there, and run ocspbot discover again',
  ],
};
