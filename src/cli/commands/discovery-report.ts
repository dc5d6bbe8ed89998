import type { Discovery } from '../../discovery/discover.js';
import type { DiscoveredCertificate } from '../../discovery/gather.js';
import { shownPlace, TITLES, type ServerFindings, UNITS } from '../../discovery/model.js';
import { serviceNames } from '../../discovery/services.js';
import { EXIT } from '../../report/exit-status.js';
import { SCHEMA } from '../../report/json.js';
import { attention, counted, type Line } from '../../report/text.js';
import { LIMITS } from '../../util/limits.js';
import { firstOf } from '../../util/text.js';
import { formatInstant } from '../../util/time.js';

/** Something needs attention if a certificate or a place was left out for a reason that can be corrected. */
export function discoveryStatus({ certificates, remarks }: Discovery): number {
  const isIncomplete =
    certificates.length === 0 ||
    certificates.some(({ verdict }) => verdict.kind === 'attention') ||
    remarks.some(({ isHarmless }) => isHarmless !== true);
  return isIncomplete ? EXIT.attention : 0;
}

const NAMES_SHOWN = 10;

/** Says what was found, what was left out, and what needs attention. */
export function discoveryLines({ servers, certificates, plan, unstapled, remarks }: Discovery): Line[] {
  const nothing = attention('error', 'no certificate was found', NOTHING_HINT);
  return [
    ...remarks
      .slice(0, LIMITS.remarks)
      .map(({ text, hint, isHarmless }): Line =>
        isHarmless ? { severity: 'info', text: `note: ${text}` } : attention('warning', text, hint),
      ),
    ...(remarks.length > LIMITS.remarks ? [more(remarks.length - LIMITS.remarks)] : []),
    ...groups(certificates),
    ...unstapled.map((lines): Line => ({ severity: 'info', text: lines.join('\n') })),
    ...[...new Set(servers.filter(({ uses }) => uses.length > 0).map(({ server }) => server))].map(
      (server): Line => {
        const uses = servers.filter((one) => one.server === server).flatMap((one) => one.uses);
        const files = new Set(uses.map(({ cert }) => cert)).size;
        return { severity: 'info', text: `${TITLES[server]}: ${counted(files, 'certificate file')}` };
      },
    ),
    certificates.length === 0
      ? nothing
      : {
          severity: 'info',
          text: `${counted(certificates.length, 'certificate')}: ${lookedAfter(plan.entries.length)}`,
        },
  ];
}

function lookedAfter(number: number): string {
  return number === 0 ? 'none to look after, no configuration' : `${number} to look after`;
}

const NOTHING_HINT =
  'name a folder of certificates, or the configuration of a server: ocspbot discover PLACE; or run it as root';

function more(number: number): Line {
  return attention('warning', `and ${number} more remarks`, 'see all with --json');
}

/** Certificates with the same verdict are told together. */
function groups(certificates: readonly DiscoveredCertificate[]): Line[] {
  const byText = new Map<string, { readonly line: (who: string) => Line; readonly who: string[] }>();
  for (const { found, names, verdict } of certificates) {
    if (verdict.kind === 'ready') continue;
    const { message } = verdict;
    const line = (who: string): Line =>
      verdict.kind === 'attention'
        ? attention('warning', `${who}: ${message}`, verdict.hint)
        : { severity: 'info', text: `${who}: ${message}` };
    const group = byText.get(message) ?? { line, who: [] };
    byText.set(message, group);
    group.who.push(names[0] === undefined ? found.path : `${names[0]} (${found.path})`);
  }
  return [...byText.values()].map(({ line, who }) => line(firstOf(who, NAMES_SHOWN)));
}

/** Makes the report for programs. `wrote` is the file that was written. */
export function discoveryToJson(discovery: Discovery, status: number, wrote: string | undefined) {
  const { servers, certificates, plan, remarks, text } = discovery;
  const entries = new Map<string, string[]>();
  for (const { name, certificate } of plan.entries)
    entries.set(certificate.id, [...(entries.get(certificate.id) ?? []), name]);
  return {
    schema: SCHEMA,
    status,
    servers: servers.map(serverToJson),
    certificates: certificates.map((one) => certificateToJson(one, entries.get(one.id) ?? [])),
    entries: plan.entries.map(({ name, cert, chain, ocsp, uses }) => ({
      name,
      cert,
      chain,
      ocsp,
      services: serviceNames(uses),
    })),
    remarks: remarks.map(({ text: message, hint, isHarmless }) => ({
      message,
      hint,
      attention: !isHarmless,
    })),
    configuration: plan.entries.length > 0 ? text : '',
    wrote,
  };
}

function serverToJson({ server, file, uses }: ServerFindings) {
  return { server, service: UNITS[server], file, certificates: uses.length };
}

function certificateToJson(
  { found, names, uses, verdict }: DiscoveredCertificate,
  entries: readonly string[],
) {
  return {
    file: found.path,
    names,
    not_after: formatInstant(found.certificate.notAfter),
    state: verdict.kind,
    reason: verdict.kind === 'ready' ? undefined : verdict.reason,
    message: verdict.kind === 'ready' ? undefined : verdict.message,
    hint: verdict.kind === 'attention' ? verdict.hint : undefined,
    entries,
    uses: uses.map(({ server, place, cert, staple, isStapling, obstacle }) => ({
      server,
      place: shownPlace(place),
      cert,
      staple,
      stapling: isStapling,
      obstacle,
    })),
  };
}
