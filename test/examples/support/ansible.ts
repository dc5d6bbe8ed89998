import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { keyToPem, type TestCertificate } from '../../support/ca.js';
import type { Run } from '../../support/run.js';
import { makeSandbox, type Sandbox, type Snapshot } from '../../support/sandbox.js';
import { EXAMPLES, stubSystemctl } from './machine.js';

const ANSIBLE = join(EXAMPLES, 'ansible');
export const SERVER = 'server.example.com';
export const FETCHER = 'fetcher.example.com';

/** A controller with the inventory of the examples, whose machines are folders of its sandbox. */
export interface Controller {
  readonly sandbox: Sandbox;
  /** Puts a certificate, its issuer and its key where the role looks for them. */
  hold(name: string, certificate: TestCertificate): void;
  /** A playbook of the examples, and further arguments. ocspbot runs as nobody. */
  play(playbook: string, ...args: readonly string[]): Promise<Run>;
  /** A playbook with its whole path. */
  playAt(path: string): Promise<Run>;
  /** Returns the calls of systemctl since the last time. */
  calls(): string[];
  /** All of a machine but what its runs remember. */
  machine(host: string): Snapshot;
}

/** For several tests: it is up to the caller to dispose of the sandbox. */
export function makeController(): Controller {
  const sandbox = makeSandbox();
  // Its machines are also for the user of ocspbot.
  chmodSync(sandbox.folder, 0o755);
  writeInventory(sandbox);
  const log = stubSystemctl(sandbox, sandbox.path(`${SERVER}/var/lib/ocsp`));
  const common = ['-e', 'ocspbot_user=nobody'];
  const inventory = ['-i', sandbox.path('inventory.yml')];
  let told = 0;
  return {
    sandbox,
    hold: (name, certificate) => {
      const issuer = certificate.issuer?.pem ?? '';
      sandbox.write(`certificates/${name}/fullchain.pem`, certificate.pem + issuer);
      sandbox.write(`certificates/${name}/privkey.pem`, keyToPem(certificate.key), 0o600);
    },
    play: (playbook, ...args) =>
      runPlaybook(
        [join(ANSIBLE, playbook), ...(args.includes('-i') ? [] : inventory), ...common, ...args],
        sandbox,
      ),
    playAt: (path) => runPlaybook([path, ...inventory, ...common], sandbox),
    calls: () => {
      const lines = readFileSync(log, 'utf8').split('\n').slice(told, -1);
      told += lines.length;
      return lines;
    },
    machine: (host) => {
      const all = Object.entries(sandbox.snapshot(host));
      return Object.fromEntries(all.filter(([name]) => !name.startsWith('var/lib/ocsp/.ocspbot/')));
    },
  };
}

type Hosts = Record<string, Record<string, unknown> | null>;

function writeInventory(sandbox: Sandbox): void {
  // A group that every Debian has.
  const text = readFileSync(join(ANSIBLE, 'inventory.yml'), 'utf8').replace('Debian-exim', 'mail');
  const inventory = parse(text) as Record<string, { readonly hosts: Hosts }>;
  for (const { hosts } of Object.values(inventory)) {
    for (const host of Object.keys(hosts)) {
      for (const folder of FOLDERS) mkdirSync(sandbox.path(`${host}/${folder}`), { recursive: true });
      hosts[host] = machineAt(sandbox.path(host), {
        ocspbot_source: sandbox.path('certificates'),
        ocspbot_responses: sandbox.path('responses'),
      });
    }
  }
  sandbox.write('inventory.yml', stringify(inventory));
}

/** Folders that exist before the role is applied. */
const FOLDERS = ['etc/cron.d', 'etc/systemd/system', 'usr/local/bin', 'var/lib'];

/** Variables of a host that is a folder of this machine. */
function machineAt(root: string, others: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ansible_connection: 'local',
    ansible_python_interpreter: '/usr/bin/python3',
    ansible_become: false,
    ocspbot_root: root,
    ...others,
  };
}

/** Runs a playbook without the user's own settings, and with the systemctl of the sandbox. */
async function runPlaybook(args: readonly string[], sandbox: Sandbox): Promise<Run> {
  const { exitCode, signal, stdout, stderr } = await execa('ansible-playbook', args, {
    cwd: sandbox.folder,
    env: {
      PATH: `${sandbox.path('bin')}:${process.env['PATH']}`,
      HOME: sandbox.path('home'),
      LC_ALL: 'C.UTF-8',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_PIPELINING: '1',
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return { status: exitCode, signal, stdout, stderr };
}

/** The counts at the end of a run, by host. */
export function recapOf({ stdout }: Run): Record<string, Record<string, number>> {
  const [, recap = ''] = stdout.split('PLAY RECAP');
  const lines = [...recap.matchAll(/^(\S+) +: (.+)$/gm)];
  return Object.fromEntries(lines.map(([, host = '', counts = '']) => [host, countsOf(counts)]));
}

function countsOf(text: string): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=(\d+)/g)].map(([, name, count]) => [name, Number(count)]),
  );
}
