import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_RULES } from './keys.mjs';

const VERIFICATION = 'src/ocsp/verify';

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
  found.push(...(await fromFile(root, 'delegate-rules.ts', removedRules)));
  for (const name of ['signer.ts', '../../x509/ca.ts']) {
    found.push(...(await fromFile(root, name, overlookedFaults)));
  }
  found.push(...(await fromFile(root, 'match.ts', overlookedDifferences)));
  for (const [name, what, part, by] of [...RULES, ...KEY_RULES]) {
    found.push(...(await fromFile(root, name, (source) => thePart(source, what, part, by))));
  }
  return found;
}

const CA = '../../x509/ca.ts';
const LINK = '../../x509/path.ts';
const PATH = '../../x509/path.ts';
const CHAIN = '../../x509/chain.ts';

/** What name constraints say. */
const SUBTREES = [
  ['a name is within what is permitted', "has(ofForm, 'permitted')", 'true', 'name-constraints.ts'],
  ['a name is not excluded', "!has(excluded, 'excluded')", 'true', 'name-constraints.ts'],
  [
    'constraints are not empty',
    'constraints.permitted.length + constraints.excluded.length > 0',
    'true',
    'name-constraints.ts',
  ],
  ['no minimum, no maximum', '!fields.atEnd', 'false', 'name-constraints.ts'],
  ['constraints can be compared', 'assertComparable(base);', '', 'name-constraints.ts'],
  ['the subject is a directoryName', 'attributes.length === 0 ? [] :', 'true ? [] :', 'name-constraints.ts'],
  [
    'an emailAddress is an rfc822Name',
    '...attributes.filter(({ type }) => type === EMAIL_ADDRESS).map(emailAddress),',
    '',
    'name-constraints.ts',
  ],
  ['of the right string type', 'tag !== IA5_STRING', 'false', 'name-constraints.ts'],
  ['a common name may be a dNSName', 'attributes.flatMap(hostName)', '[]', 'name-constraints.ts'],
  ['a dNSName is one', '!LABELS.test(name', 'false && !LABELS.test(name'],
  ['a constraint is a domain', "base === '' || LABELS.test", 'true || LABELS.test'],
  ['whole labels', 'name.endsWith(`.${base}`)', 'name.endsWith(base)'],
  [
    'a wildcard that stands for an excluded name',
    "return kind === 'excluded' && isCovered(base, name)",
    'return false',
  ],
  ['a host has no subdomains', 'return domain === hostOrDomain', 'return domain.endsWith(hostOrDomain)'],
  ['both parts of a mailbox', 'one?.local === other?.local && ', ''],
  [
    'a URI is excluded with any other',
    "function isUriIn(uri: string, base: string, kind: Subtrees): boolean {\n  if (kind === 'excluded') return true;",
    'function isUriIn(uri: string, base: string, kind: Subtrees): boolean {',
  ],
  ['a URI of a domain', 'name === domain', 'name.endsWith(domain)'],
  ['a URI has a host name', "!/[a-z]/i.test(hostname) || hostname.startsWith('[')", 'false'],
  ['addresses of one kind', 'address.length !== mask.length', 'false'],
  ['a mask has no gaps', '!/^1*0*$/.test(bits)', 'false'],
  [
    'a directoryName is excluded with any other',
    "function isBelow(name: Uint8Array, base: Uint8Array, kind: Subtrees): boolean {\n  if (kind === 'excluded') return true;",
    'function isBelow(name: Uint8Array, base: Uint8Array, kind: Subtrees): boolean {',
  ],
  ['the string type does not matter', '|| (TEXT_TAGS.has(one.tag) && TEXT_TAGS.has(other.tag))', ''],
].map(([what, part, by, file = 'name-subtrees.ts']) => [`../../x509/${file}`, what, part, by]);

/** Rules that are conditions: the file, the rule, its code, and the code that replaces it in the mutant. */
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
  ['checks/signer.ts', 'no word about certificates of others', 'foreign !== undefined', 'false'],
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
  ['signer.ts', 'signature by the issuer', "issued.kind === 'refused'", 'false'],
  ['signer.ts', 'a signature that is not accepted is told apart', 'deniesSigner(code)', 'true'],
  ['signer.ts', 'SHA-1 only where allowed', ' || allowSha1Signatures', ''],
  ['signer.ts', 'no key of what is no delegate', 'fault !== undefined) return', 'false) return'],
  ['facts.ts', 'assumed_validity stands for nextUpdate', '? assumed :', '? undefined :'],
  [
    'verify.ts',
    'a revocation is believed only alone',
    'failures.find(({ code }) => !STATUS_CODES.has(code)) ?? ',
    '',
  ],
  ['verify.ts', 'useful until max_age', 'window.thisUpdate + policy.maxAge, ', ''],
  ['verify.ts', "useful until the certificate's end", 'ends.push(question.certificateEnd ?? Infinity);', ''],
  ['verify.ts', "useful until the signer's end", '[certificate, question.issuer', '[question.issuer'],
  ['verify.ts', "useful until the issuer's end", ', question.issuer, ...', ', ...'],
  ['verify.ts', 'useful until the end of the path', ', ...(question.path ?? [])', ''],
  [
    'match.ts',
    'a hash that is not known makes an answer foreign',
    "!== 'sha1' && hashAlgorithm !== 'sha256'",
    "=== 'md5'",
  ],
  [CA, 'a version that there is', 'version < 1 || version > 3', 'false'],
  [CA, 'fields that the version allows', 'version >= leastVersion', 'true'],
  [
    CA,
    'a bare issuer is trusted',
    "fault?.code === 'issuer-not-ca' && certificate.extensions.size === 0",
    'false',
  ],
  [CA, 'a bare CA is a root of version 1', 'certificate.version === 1 && ', ''],
  [CA, 'and issued by itself', ' && equalBytes(certificate.subject, certificate.issuer)', ''],
  [CA, 'extensions of a CA that cannot be read', 'assertReadableExtensions(certificate);', ''],
  [CA, 'a path length is not negative', '(content[0] ?? 0) >= 0x80', 'false'],
  [LINK, 'the next one of a path is a CA', 'fault !== undefined) return `${name}', 'false) return `${name}'],
  [LINK, 'pathLenConstraint', 'path.length > pathLength', 'false'],
  [LINK, 'the length of a path is bounded', 'path.length >= LIMITS.pathLength', 'false'],
  [LINK, 'key identifiers of a path', 'identifierFault(next, path.at(-1) as Certificate) ?? ', ''],
  [LINK, 'name constraints of a path', 'constraintFault(next, below)', 'void constraintFault'],
  [LINK, 'also for the certificate', '[certificate, ...path]', 'path'],
  [LINK, 'signatures of a path', 'signatureFault(next, last) ?? ', ''],
  [LINK, 'a signature that is not accepted is told apart', 'deniesSigner(verdict.code)', 'true'],
  [PATH, 'a valid path is preferred', 'path.every((one) => isInForce(one, search.now))', 'true'],
  [PATH, 'an issuer that is no root is a CA', 'caFault(start)?.problem', 'undefined'],
  [
    PATH,
    "the issuer's own name constraints",
    'certificate && nameConstraintFault(certificate, start)',
    'undefined as string | undefined',
  ],
  [PATH, 'an issuer without a root is a CA', 'fault === undefined) return;', 'true) return;'],
  [CHAIN, 'a signature that is not accepted is told apart', '!deniesSigner(code)', 'false'],
  [
    '../../x509/load.ts',
    "the certificate's own version",
    'fault !== undefined) throw malformed',
    'false) throw malformed',
  ],
  ...SUBTREES,
];

function thePart(source, what, part, by) {
  const at = source.indexOf(part);
  if (at < 0) throw new Error(`there is no longer ${part}, the rule "${what}": mend the table RULES`);
  return [{ what: `rule: ${what}`, at, length: part.length, by }];
}

async function fromFile(root, name, change) {
  const file = join(VERIFICATION, name);
  const source = await readFile(join(root, file), 'utf8');
  const found = change(source).map(({ what, at, length, by }) => {
    const line = source.slice(0, at).split('\n').length;
    const mutated = source.slice(0, at) + by + source.slice(at + length);
    return { what, where: `${file.slice('src/'.length)}:${line}`, file, source, mutated };
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

/** A rule of the list, with its braces. */
function removedRules(source) {
  return places(
    source,
    /^ {2}\{\n(?: {4}.*\n)*? {4}code: '([^']+)',\n {4}section: '([^']+)',\n(?: {4}.*\n)*? {2}\},$/gm,
    ([, code, section]) => `rule \`${code}\`: ${section}`,
    () => '',
  );
}

/** A reason why somebody may not sign, or issue. */
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
