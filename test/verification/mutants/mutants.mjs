import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_RULES } from './keys.mjs';

const VERIFICATION = 'src/verification';

/** What a finding becomes. */
const PASSED = "passed(() => 'disabled')";

/** Every mutant: one file of which one place is another. */
export async function mutants(root) {
  const checks = (await readdir(join(root, VERIFICATION, 'checks'))).sort();
  const found = [];
  for (const name of checks) {
    found.push(...(await fromFile(root, `checks/${name}`, removedChecks)));
    found.push(...(await fromFile(root, `checks/${name}`, passingFindings)));
  }
  found.push(...(await fromFile(root, 'authority.ts', overlookedFaults)));
  found.push(...(await fromFile(root, 'match.ts', overlookedDifferences)));
  for (const [name, what, part, by] of [...RULES, ...KEY_RULES]) {
    found.push(...(await fromFile(root, name, (source) => thePart(source, what, part, by))));
  }
  return found;
}

/** Rules that are conditions: the file, the rule, the part that makes it, and what stands there without it. */
const RULES = [
  ['match.ts', 'two answers agree in their status', 'isDeepStrictEqual(one.status, other.status)', 'true'],
  ['match.ts', 'and in thisUpdate', 'isDeepStrictEqual(one.thisUpdate, other.thisUpdate)', 'true'],
  ['match.ts', 'and in nextUpdate', 'isDeepStrictEqual(one.nextUpdate, other.nextUpdate)', 'true'],
  [
    'match.ts',
    'a revocation outweighs other answers',
    "({ status }) => status.kind === 'revoked'",
    '() => false',
  ],
  ['match.ts', 'the hash is the one that was asked for', 'certId.hashAlgorithm === asked', 'true'],
  [
    'signer.ts',
    'the first certificate that is named counts',
    "candidate.kind !== 'embedded' || candidate === first",
    'true',
  ],
  [
    'checks/signer.ts',
    'no word about certificates of others',
    '!isOnlyAbout(issuer, basic.responses)',
    'false',
  ],
  ['checks/signer.ts', 'but by a pinned responder', " && candidate.kind !== 'pinned'", ''],
  [
    'checks/structure.ts',
    'extensions of the response',
    "unknownCritical([basic], 'the response')",
    'undefined',
  ],
  [
    'checks/structure.ts',
    'extensions of the answer',
    "unknownCritical(matching, 'the SingleResponse')",
    'undefined',
  ],
  ['still-current.ts', 'thisUpdate goes backwards', 'thisUpdate < installed.thisUpdate ||', ''],
  ['still-current.ts', 'nextUpdate goes backwards', '|| nextUpdate < installed.nextUpdate', ''],
  [
    'checks/content.ts',
    'a shorter revocation counts',
    'isGood ? { thisUpdate, nextUpdate } : { thisUpdate }',
    'window',
  ],
  ['checks/content.ts', 'a good one may be older by force', 'isGood && mayBeOlder === true', 'false'],
  ['checks/content.ts', 'a revocation may not', 'isGood && mayBeOlder', 'mayBeOlder'],
  ['signer.ts', 'candidates are bounded', '.slice(0, LIMITS.signerCandidates)', ''],
  ['signer.ts', 'another certificate of the key may sign', ' && trial.fault === undefined', ''],
  ['authority.ts', 'names of issuer and subject', '!sameOctets(certificate.issuer, issuer.subject)', 'false'],
  ['authority.ts', 'signature by the issuer', "issued.kind === 'refused'", 'false'],
  ['authority.ts', 'SHA-1 only where allowed', ' || allowSha1Signatures', ''],
  ['signer.ts', 'no key of what is no delegate', 'fault !== undefined) return', 'false) return'],
  ['authority.ts', 'extensions that cannot be read', 'assertReadableExtensions(certificate);', ''],
  ['window.ts', 'assumed_validity stands for nextUpdate', '? assumed :', '? undefined :'],
  [
    'verify.ts',
    'a revocation is believed only alone',
    'failures.find(({ code }) => !STATUS.has(code)) ?? ',
    '',
  ],
  ['verify.ts', 'useful until max_age', 'window.thisUpdate + policy.maxAge, ', ''],
  ['verify.ts', "useful until the certificate's end", ', question.certificateEnd ?? Infinity', ''],
  ['verify.ts', "useful until the signer's end", 'certificate.notAfter, ', ''],
  ['verify.ts', "useful until the issuer's end", ', question.issuer.notAfter', ''],
];

function thePart(source, what, part, by) {
  const at = source.indexOf(part);
  if (at < 0) throw new Error(`there is no longer ${part}, the rule "${what}": mend the table RULES`);
  return [{ what: `rule: ${what}`, at, length: part.length, by }];
}

async function fromFile(root, name, change) {
  const file = `${VERIFICATION}/${name}`;
  const source = await readFile(join(root, file), 'utf8');
  const found = change(source).map(({ what, at, length, by }) => {
    const line = source.slice(0, at).split('\n').length;
    const mutated = source.slice(0, at) + by + source.slice(at + length);
    return { what, where: `${name}:${line}`, file, source, mutated };
  });
  if (found.length === 0) throw new Error(`nothing to disable in ${file}`);
  return found;
}

/** All places where `pattern` is, and what stands there instead. */
function places(source, pattern, what, by) {
  return [...source.matchAll(pattern)].map((match) => ({
    what: what(match),
    at: match.index,
    length: match[0].length,
    by: by(match),
  }));
}

/** A whole check, taken out of the list that the file exports. */
function removedChecks(source) {
  const list = /export const \w+: readonly Check\[\] = \[([^\]]*)\]/.exec(source);
  const start = list.index + list[0].indexOf('= [') + 3;
  return places(
    list[1],
    /(\w+),?/g,
    ([, name]) => `check \`${name}\``,
    () => '',
  ).map((place) => ({
    ...place,
    at: start + place.at,
  }));
}

/** A failure or a warning that is none. The call stays, so that its arguments are still used. */
function passingFindings(source) {
  const calls = /\b(failed|warning)\(\s*([^,]*?),/g;
  return places(
    source,
    calls,
    ([, outcome, code]) => `${outcome} \`${code.replaceAll(/\s+/g, ' ').replaceAll("'", '')}\``,
    ([call]) => `((..._: unknown[]) => ${PASSED})${call.slice(call.indexOf('('))}`,
  );
}

/** A reason why somebody may not sign. */
function overlookedFaults(source) {
  const faults = /return (?=fault\(certificate, '([^']+)', [`'](.*)[`']\))|return (?=\{ code: '([^']+)')/g;
  return places(
    source,
    faults,
    ([, code, words, other]) =>
      `fault \`${code ?? other}\`${words === undefined ? '' : `: ${words.replaceAll('`', '')}`}`,
    () => 'return void ',
  );
}

/** A part of the CertID that is not compared. */
function overlookedDifferences(source) {
  return places(
    source,
    /return (?='([\w-]+)';)/g,
    ([, difference]) => `difference \`${difference}\``,
    () => 'return void ',
  );
}
