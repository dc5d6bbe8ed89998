import { commonName } from '../certificates/name.js';
import { loadAllCertificates } from '../certificates/load.js';
import { readConfiguration } from '../configuration/read.js';
import { prepare, type Prepared } from '../refresh/prepare.js';
import { EXIT } from '../report/exit-status.js';
import { SCHEMA } from '../report/json.js';
import { attention } from '../report/text.js';
import { serviceWarnings } from '../services/warnings.js';
import type { System } from '../system/system.js';
import { formatInstant } from '../time/instant.js';
import type { Command } from './command.js';
import { toJsonText, type Console } from './console.js';

type ValidateCommand = Extract<Command, { kind: 'validate' }>;

/** Tells all that is wrong with a configuration and its certificate files, without fetching or writing. */
export function validateCommand({ file }: ValidateCommand, system: System, console: Console): number {
  const configuration = readConfiguration(file, system);
  const { entries, trustedResponders, notes } = configuration;
  const warnings = [...configuration.warnings, ...serviceWarnings(configuration.services, system)];
  const { caFile } = configuration.http;
  loadAllCertificates([...trustedResponders, ...(caFile === undefined ? [] : [caFile])], system.files);
  const prepared = prepare(entries, system.files);
  const broken = prepared.filter((one) => one.kind === 'broken');
  const status = broken.length === 0 ? 0 : EXIT.configuration;
  for (const text of warnings) console.say(attention('warning', text));
  if (console.detail === 'verbose')
    for (const text of notes) console.say({ severity: 'info', text: `note: ${text}` });
  if (console.format === 'json') console.print(toJsonText(toJson(prepared, warnings, status)));
  else tell(prepared, console);
  const certificates = `${entries.length} certificate${entries.length === 1 ? '' : 's'}`;
  const verdict = broken.length === 0 ? 'all is well' : `${broken.length} to put right`;
  console.say({ severity: 'info', text: `${file}: ${certificates}, ${verdict}` });
  return status;
}

function tell(prepared: readonly Prepared[], console: Console): void {
  for (const one of prepared) {
    if (one.kind === 'broken') {
      console.say(attention('error', `${one.entry.name}: ${one.error.message}`, one.error.hint));
    } else if (console.detail === 'verbose') {
      const { certificate, issuer } = one.subject;
      const until = formatInstant(certificate.notAfter);
      const text = `${one.entry.name}  issued by ${commonName(issuer.subject)}, valid until ${until}`;
      console.say({ severity: 'info', text });
    }
  }
}

function toJson(prepared: readonly Prepared[], warnings: readonly string[], status: number): object {
  const certificates = prepared.map((one) => {
    const { name, cert, ocsp } = one.entry;
    if (one.kind === 'ready') return { name, cert, ocsp, valid: true };
    const { code, message, hint } = one.error;
    return { name, cert, ocsp, valid: false, error: { code, message, hint } };
  });
  return { schema: SCHEMA, status, certificates, warnings };
}
