import { readConfiguration } from '../../configuration/read.js';
import { compareWithServers } from '../../discovery/check.js';
import type { Finding } from '../../discovery/finding.js';
import type { Inventory } from '../../discovery/discover.js';
import { type Remark, shownPlace } from '../../discovery/model.js';
import { EXIT } from '../../report/exit-status.js';
import { SCHEMA } from '../../report/json.js';
import { attention, counted, type Line } from '../../report/text.js';
import type { System } from '../../system/system.js';
import { type Console, toJsonText } from '../console.js';

/** Compares a configuration with the servers of an inventory, and reports what needs attention. */
export function checkInventory(file: string, inventory: Inventory, system: System, console: Console): number {
  const { entries } = readConfiguration(file, system);
  const { found, certificates, context } = inventory;
  const findings = compareWithServers(certificates, { store: context.store, entries, files: system.files });
  const compared = certificates.filter(({ uses }) => uses.length > 0).length;
  const remarks = [
    ...found.remarks,
    ...found.servers.flatMap((server) => server.remarks),
    ...inventory.remarks,
    ...(compared === 0 ? [NOTHING] : []),
  ];
  const wrong = findings.length + remarks.filter(({ isHarmless }) => isHarmless !== true).length;
  const status = wrong === 0 ? 0 : EXIT.attention;
  if (console.format === 'json') {
    console.print(toJsonText(comparisonToJson(findings, remarks, status)));
    return status;
  }
  for (const { text, hint, isHarmless } of remarks)
    console.say(isHarmless ? { severity: 'info', text: `note: ${text}` } : attention('error', text, hint));
  for (const line of findingLines(findings)) console.say(line);
  const verdict = wrong === 0 ? 'all is well' : `${wrong} to correct`;
  const text = `${file}: compared with ${counted(compared, 'certificate')} of servers, ${verdict}`;
  console.say({ severity: 'info', text });
  return status;
}

const SHOWN = 10;

/** Shows the first findings of each kind, because one mistake may concern thousands of certificates. */
function findingLines(findings: readonly Finding[]): Line[] {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return codes.flatMap((code) => {
    const all = findings.filter((finding) => finding.code === code);
    const lines = all.slice(0, SHOWN).map(({ message, hint, further }) => {
      const places = further > 0 ? `; and in ${further} more places` : '';
      return attention('error', message + places, hint);
    });
    const more = all.length - SHOWN;
    return more > 0
      ? [...lines, attention('error', `and ${more} more: ${code}`, 'see all with --json')]
      : lines;
  });
}

const NOTHING: Remark = {
  text: 'no server with a certificate was found: nothing was compared',
  hint: 'run it as root; or name the configuration of the server: ocspbot discover --check CONFIG PLACE',
};

export function comparisonToJson(findings: readonly Finding[], remarks: readonly Remark[], status: number) {
  return {
    schema: SCHEMA,
    status,
    findings: findings.map(({ code, message, hint, use, further }) => ({
      code,
      message,
      hint,
      server: use.server,
      place: shownPlace(use.place),
      cert: use.cert,
      staple: use.staple,
      further_places: further,
    })),
    remarks: remarks.map(({ text: message, hint, isHarmless }) => ({
      message,
      hint,
      attention: !isHarmless,
    })),
  };
}
