import { DESCRIBED_SECTIONS, type DescribedSection } from '../configuration/key-descriptions.js';
import { beginPage, bold, literal, paragraphs, prose, section, subsection } from './roff.js';

const DESCRIPTION =
  `The configuration of ocspbot is a file in YAML, in UTF-8. It is ocspbot.yaml in the working directory, or else /etc/ocspbot.yaml, or the one that the command line names. ocspbot validate reports everything that is wrong with it.

Only "domains" or "scan_keys" are needed. Unknown keys are errors, except those that begin with x-, which are ignored. A length of time is written in whole numbers with units: 3d, 1w 2d, 2 hours 5 minutes.`.replaceAll(
    '\\-',
    '-',
  );

const EXAMPLE = `ocsp_folder: /var/lib/ocsp
services:
  nginx: { exit_bit: 2, test: [nginx, -t], reload: [systemctl, reload, nginx] }
domains:
  example.com:
    cert: /etc/ssl/example.com.pem
    chain: /etc/ssl/example.com-chain.pem
    ocsp: example.com.ocsp-resp
    services: [nginx]`;

/** The man page ocspbot.yaml(5). */
export function configurationPage(): string {
  return [
    beginPage('OCSPBOT.YAML', 5),
    section('NAME', 'ocspbot.yaml \\- configuration of ocspbot\n'),
    section('DESCRIPTION', paragraphs(DESCRIPTION)),
    section('KEYS', DESCRIBED_SECTIONS.map(keysSection).join('')),
    section('FILES', '/etc/ocspbot.yaml\n'),
    section('EXAMPLES', literal(EXAMPLE.split('\n'))),
    section('SEE ALSO', '.BR ocspbot (1)\n'),
  ].join('');
}

function keysSection({ title, path, keys, descriptions }: DescribedSection): string {
  const heading = path === '' ? title : `${title}: ${path}`;
  const items = Object.entries(keys).map(([name, { schema, example, required }]) => {
    const { text, default: standard } = descriptions[name] ?? { text: '' };
    const facts = [
      required !== undefined ? 'It is required.' : undefined,
      `Value: ${schema.expected}.`,
      standard === undefined ? undefined : `Default: ${standard}.`,
    ].filter((fact) => fact !== undefined);
    return `.TP\n${bold(name)}\n${prose([text, facts.join(' ')])}.br\n${prose([`Example: ${name}: ${example}`])}`;
  });
  return subsection(heading, items.join(''));
}
