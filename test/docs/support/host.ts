import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { TestPki } from '../../command/support/test-pki.js';
import { makeStaple, type StapleName } from '../../command/support/staples.js';
import { EXAMPLES, makeMachine, type Machine } from '../../examples/support/machine.js';
import type { TestCertificate } from '../../support/ca.js';
import type { Run } from '../../support/run.js';
import { blockWith } from './markdown.js';

/**
 * A machine as the documents describe it: a sandbox stands for the root of its file system, so that what is written
 * as /etc/ocspbot.yaml lies in the sandbox.
 */
export interface Host {
  readonly machine: Machine;
  /** The same text, with the paths of the machine in the sandbox. */
  placed(text: string): string;
  /** The reverse, for output. */
  shown(text: string): string;
  /** A path of the machine, in the sandbox. */
  path(absolute: string): string;
  /** Writes a file of the machine. */
  write(absolute: string, content: string | Uint8Array, mode?: number): void;
  /** Issues the certificates that a configuration names, with staples, and writes the configuration. */
  configure(text: string, staples?: Readonly<Record<string, StapleName>>): void;
  certificate(name: string): TestCertificate;
  /** Has a text of the documents mean another one here, in commands; output shows it as the documents do. */
  alias(documented: string, here: string, inOutput?: string): void;
  /** A program in the PATH that has this script. */
  stub(name: string, script: string): void;
  shell(script: string, environment?: Readonly<Record<string, string>>): Promise<Run>;
}

export const CONFIGURATION = '/etc/ocspbot.yaml';
const PLACES = /(?<![\w.}/-])\/(?:etc|run|srv|usr\/local|var)\//g;

export function makeHost(pki: TestPki): Host {
  const machine = makeMachine(pki);
  const { sandbox } = machine.workspace;
  const root = sandbox.path('root');
  const issued = new Map<string, TestCertificate>();
  symlinkSync(EXAMPLES, sandbox.path('examples'));
  for (const folder of ['etc', 'run', 'srv', 'var/lib/ocsp'])
    mkdirSync(join(root, folder), { recursive: true });

  const aliases: { readonly documented: string; readonly here: string; readonly inOutput: string }[] = [];
  const placed = (text: string) =>
    aliases.reduce(
      (result, { documented, here }) => result.replaceAll(documented, here),
      text.replaceAll(PLACES, (place) => root + place),
    );
  const shown = (text: string) =>
    aliases.reduce(
      (result, { documented, inOutput }) => result.replaceAll(inOutput, documented),
      text.replaceAll(root, ''),
    );
  const path = (absolute: string) => join(root, absolute);
  const write = (absolute: string, content: string | Uint8Array, mode?: number) =>
    void sandbox.write(`root${absolute}`, content, mode);

  const furnish = (name: string, domain: Domain, folder: string, staple: StapleName) => {
    const certificate = pki.issue({
      subject: name,
      ocspUrls: [pki.responder.url.replace('127.0.0.1', 'localhost')],
    });
    issued.set(name, certificate);
    const issuer = certificate.issuer?.pem ?? '';
    write(domain.cert, certificate.pem + issuer);
    if (domain.chain) write(domain.chain, issuer);
    if (domain.rootchain) write(domain.rootchain, certificate.issuer?.issuer?.pem ?? issuer);
    const bytes = makeStaple(staple, pki, certificate);
    if (bytes !== undefined) write(join(folder, domain.ocsp), bytes);
  };

  return {
    machine,
    placed,
    shown,
    path,
    write,
    configure: (text, staples = {}) => {
      const { ocsp_folder: folder = '/', domains = {} } = parse(text) as Configuration;
      mkdirSync(path(folder), { recursive: true });
      for (const [name, domain] of Object.entries(domains))
        furnish(name, domain, folder, staples[name] ?? 'missing');
      write(CONFIGURATION, placed(text));
    },
    certificate: (name) => {
      const found = issued.get(name);
      if (found === undefined) throw new Error(`nobody has issued a certificate for ${name}`);
      return found;
    },
    alias: (documented, here, inOutput = here) => void aliases.push({ documented, here, inOutput }),
    stub: (name, script) => void sandbox.write(`bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755),
    shell: (script, environment) => machine.shell(placed(script), environment),
  };
}

interface Domain {
  readonly cert: string;
  readonly chain?: string;
  readonly rootchain?: string;
  readonly ocsp: string;
}

interface Configuration {
  readonly ocsp_folder?: string;
  readonly domains?: Readonly<Record<string, Domain>>;
}

/** The configuration of the README, which all documents go on with; `keys` are added to it. */
export function configurationWith(keys: Readonly<Record<string, unknown>> = {}): string {
  return stringify({ ...(parse(README_CONFIGURATION) as object), ...keys });
}

export const README_CONFIGURATION = blockWith('README.md', 'yaml').text;
