import type { System } from '../system/system.js';
import { LIMITS } from '../util/limits.js';
import { lastLines, shownCommand } from '../util/text.js';
import {
  AS_ROOT,
  type ConfigurationFiles,
  type Remark,
  type ServerFindings,
  type ServerKind,
} from './model.js';
import { findProgram } from './programs.js';
import { readServer } from './recognize.js';
import { readHaproxy } from './servers/haproxy.js';
import { installedHaproxy } from './servers/haproxy-installed.js';

export interface ProbeContext {
  readonly system: Pick<System, 'files' | 'environment' | 'capture'>;
  readonly files: ConfigurationFiles;
}

/** Reads the configurations of the servers that are installed here. Only the servers' own programs are run. */
export async function probeServers(context: ProbeContext): Promise<ServerFindings[]> {
  const asked = await Promise.all([probeNginx(context), probeLighttpd(context), probeExim(context)]);
  return [...asked.flat(), ...readInstalled(context)].filter(
    ({ uses, remarks }) => uses.length + remarks.length > 0,
  );
}

const NGINX = '/etc/nginx/nginx.conf';
const LIGHTTPD = '/etc/lighttpd/lighttpd.conf';

/** The files that are read as they are. */
const INSTALLED: readonly (readonly [ServerKind, string])[] = [
  ['hitch', '/etc/hitch/hitch.conf'],
  ['apache', '/etc/apache2/sites-enabled/*'],
  ['apache', '/etc/httpd/conf.d/*.conf'],
  ['dovecot', '/etc/dovecot/dovecot.conf'],
  ['dovecot', '/etc/dovecot/conf.d/*.conf'],
];

function readInstalled({ files }: ProbeContext): ServerFindings[] {
  const read = (path: string) => ({ path, text: files.read(path) });
  const { main, further, parts: paths } = installedHaproxy(files);
  const parts = paths.map(read);
  const readable = parts.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  const others = INSTALLED.flatMap(([server, pattern]) =>
    files.matching(pattern).map((path) => {
      const { text } = read(path);
      return text === undefined ? unread(server, path) : readServer(server, path, text, files);
    }),
  );
  return [
    ...(readable.length > 0 ? [{ ...readHaproxy(readable, files), file: main, further }] : []),
    ...parts.filter(({ text }) => text === undefined).map(({ path }) => unread('haproxy', path)),
    ...others,
  ];
}

/** A configuration that this user cannot read. Nothing is lost with that of a server that cannot staple. */
function unread(server: ServerKind, path: string): ServerFindings {
  const text = `${path} cannot be read`;
  const isHarmless = server === 'apache' || server === 'dovecot';
  const remark: Remark = isHarmless ? { text, isHarmless } : { text, hint: AS_ROOT };
  return { server, file: path, uses: [], remarks: [remark] };
}

async function probeNginx(context: ProbeContext): Promise<ServerFindings[]> {
  const answer = await ask('nginx', ['-T'], context);
  if (answer.kind === 'answered') return [readServer('nginx', NGINX, answer.text, context.files)];
  const path =
    (answer.kind === 'failed' && /configuration file (\S+) test failed/.exec(answer.output)?.[1]) || NGINX;
  return readInstead('nginx', path, answer, context);
}

async function probeLighttpd(context: ProbeContext): Promise<ServerFindings[]> {
  if (context.files.kindOf(LIGHTTPD) === 'absent') return [];
  const answer = await ask('lighttpd', ['-p', '-f', LIGHTTPD], context);
  if (answer.kind !== 'answered') return readInstead('lighttpd', LIGHTTPD, answer, context);
  return [withoutLines(readServer('lighttpd', LIGHTTPD, answer.text, context.files))];
}

const EXIM_OPTIONS = ['tls_certificate', 'tls_ocsp_file', 'primary_hostname'];

async function probeExim(context: ProbeContext): Promise<ServerFindings[]> {
  const name = ['exim4', 'exim'].find((one) => findProgram(one, context.system) !== undefined);
  if (name === undefined) return [];
  const answer = await ask(name, ['-bP', ...EXIM_OPTIONS], context);
  if (answer.kind === 'answered')
    return [withoutLines(readServer('exim', 'Exim', answer.text, context.files))];
  // Exim is installed, but nobody has configured it.
  if (answer.kind === 'absent' || answer.output.includes('non-existent configuration')) return [];
  return [{ server: 'exim', file: name, uses: [], remarks: [answer.remark] }];
}

/** Leaves out the numbers of lines, which are those of what the server prints and not of its files. */
function withoutLines(findings: ServerFindings): ServerFindings {
  return { ...findings, uses: findings.uses.map((use) => ({ ...use, place: { ...use.place, line: 0 } })) };
}

type Answer =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly output: string; readonly remark: Remark };

async function ask(name: string, args: readonly string[], { system }: ProbeContext): Promise<Answer> {
  const program = findProgram(name, system);
  if (program === undefined) return { kind: 'absent' };
  const limits = { timeout: LIMITS.serverTimeout, maxBytes: LIMITS.serverOutput };
  const result = await system.capture([program, ...args], limits);
  if (result.kind === 'succeeded') return { kind: 'answered', text: result.output };
  const output = 'output' in result ? result.output : '';
  const text = `${shownCommand([program, ...args])} failed: ${reasonIn(output) ?? result.kind}`;
  return {
    kind: 'failed',
    output,
    remark: { text, hint: 'run ocspbot discover as root, and correct what it reports' },
  };
}

/** Returns the last line of an output that says more than that a test failed. */
function reasonIn(output: string): string | undefined {
  const lines = lastLines(output);
  return lines.findLast((line) => !line.endsWith(' test failed')) ?? lines.at(-1);
}

/** Reads the main file and what it includes where the server does not tell. */
function readInstead(
  server: ServerKind,
  path: string,
  answer: Exclude<Answer, { kind: 'answered' }>,
  { files }: ProbeContext,
): ServerFindings[] {
  const text = files.read(path);
  const remarks = answer.kind === 'failed' ? [answer.remark] : [];
  if (files.kindOf(path) === 'absent') return [];
  if (text === undefined)
    return [{ server, file: path, uses: [], remarks: [...remarks, ...unread(server, path).remarks] }];
  const findings = readServer(server, path, text, files);
  // The files say the same, unless one of them could not be read, which is said.
  const isComplete = findings.remarks.length === 0;
  return [
    { ...findings, remarks: [...(isComplete ? remarks.map(asHarmless) : remarks), ...findings.remarks] },
  ];
}

function asHarmless({ text }: Remark): Remark {
  return { text: `${text}; its files were read instead`, isHarmless: true };
}
