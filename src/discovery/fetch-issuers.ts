import { join } from 'node:path';
import { sendFollowing } from '../client/follow.js';
import { parseHttpUrl } from '../client/responder-url.js';
import { chooseProxies } from '../http/proxy.js';
import type { Http } from '../http/types.js';
import type { System } from '../system/system.js';
import { sha256 } from '../util/bytes.js';
import { toOcspbotError } from '../util/errors.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import { printable, shownUrl } from '../util/text.js';
import { VERSION } from '../util/version.js';
import { mayIssue } from '../x509/ca.js';
import type { Certificate } from '../x509/certificate.js';
import { issuerAmong } from '../x509/chain.js';
import { commonName } from '../x509/name.js';
import { toPem } from '../x509/pem.js';
import { type Inventory, issuersFolder, judgeAll } from './discover.js';
import type { DiscoveredCertificate } from './gather.js';
import type { Remark } from './model.js';
import { readPublished } from './published-certificates.js';
import { makeStapleFolder, type WritingSystem, writeNewFile } from './write.js';

type FetchingSystem = WritingSystem & Pick<System, 'openHttp' | 'environment'>;

/** The certificates that were found at a place, or the reason why there are none. */
type Published =
  | { readonly kind: 'certificates'; readonly certificates: readonly Certificate[] }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Fetches the missing issuers from the places that the certificates name. Keeps an issuer in a file below the folder if
 * its key signed the certificate. Returns the certificates, judged again.
 */
export async function fetchIssuers(
  inventory: Inventory,
  folder: string,
  system: FetchingSystem,
): Promise<Inventory> {
  const missing = inventory.certificates.filter((one) => urlsOf(one).length > 0);
  const urls = [...new Set(missing.flatMap(urlsOf))];
  const published = await fetchAll(urls.slice(0, LIMITS.issuersFetched), system);
  const remarks = new Map<string, Remark>();
  for (const one of missing) {
    const found = issuerOf(one, published);
    if (found === undefined) continue;
    const path = await keep(found.issuer, folder, system);
    inventory.context.store.load(path);
    const name = commonName(found.issuer.subject);
    const text = `the issuer ${name} was fetched from ${shownUrl(found.url)} and is kept in ${path}`;
    remarks.set(path, { text, isHarmless: true });
  }
  const judged = judgeAll(inventory.found, inventory.context);
  // A place that fails matters only to a certificate whose issuer no other place has.
  for (const one of judged.certificates)
    for (const url of urlsOf(one)) remarks.set(url, failureOf(url, one, published));
  return { ...judged, remarks: [...judged.remarks, ...remarks.values()] };
}

function urlsOf({ verdict }: DiscoveredCertificate): readonly string[] {
  return verdict.kind === 'attention' ? verdict.issuerUrls : [];
}

/** Fetches each place once, several at the same time. */
async function fetchAll(urls: readonly string[], system: FetchingSystem): Promise<Map<string, Published>> {
  if (urls.length === 0) return new Map();
  const proxyFor = chooseProxies({ proxy: DEFAULTS.http.proxy, noProxy: undefined }, system.environment);
  const http = await system.openHttp({ connectionsPerHost: DEFAULTS.http.perHost, proxyFor });
  try {
    const fetched = await Promise.all(urls.map(async (url) => [url, await fetchOne(url, http)] as const));
    return new Map(fetched);
  } finally {
    await http.close();
  }
}

/** Fetches one place by http: the certificates are verified, and https would need them. */
async function fetchOne(text: string, http: Http): Promise<Published> {
  const parsed = parseHttpUrl(text);
  if (parsed.kind === 'unusable') return { kind: 'failed', message: parsed.problem };
  const headers = { Accept: '*/*', 'User-Agent': `ocspbot/${VERSION}` };
  const { timeout, connectTimeout, maxResponseSize } = DEFAULTS.http;
  try {
    const { response } = await sendFollowing(
      http,
      { method: 'GET', url: parsed.url.href, headers },
      { timeout, connectTimeout, maxBody: maxResponseSize },
    );
    if (response.status !== 200)
      return { kind: 'failed', message: `answered with status ${response.status}` };
    const coding = response.headers['content-encoding'];
    if (coding !== undefined && coding !== 'identity')
      return { kind: 'failed', message: `answered in the coding ${printable(coding, 40)}` };
    return { kind: 'certificates', certificates: readPublished(response.body) };
  } catch (error) {
    const known = toOcspbotError(error);
    if (known.code === 'internal') throw error;
    return { kind: 'failed', message: known.message };
  }
}

function issuerOf(
  one: DiscoveredCertificate,
  published: ReadonlyMap<string, Published>,
): { readonly issuer: Certificate; readonly url: string } | undefined {
  for (const url of urlsOf(one)) {
    const place = published.get(url);
    const issuer =
      place?.kind === 'certificates'
        ? issuerAmong(one.found.certificate, place.certificates.filter(mayIssue))
        : undefined;
    if (issuer !== undefined) return { issuer, url };
  }
  return undefined;
}

function failureOf(
  url: string,
  { found }: DiscoveredCertificate,
  published: ReadonlyMap<string, Published>,
): Remark {
  const place = published.get(url);
  const hint = `get the certificate of the issuer by another way, and put it beside ${found.path} as a PEM file`;
  if (place === undefined)
    return {
      text: `${shownUrl(url)} was not asked: more than ${LIMITS.issuersFetched} places`,
      hint: 'run it again',
    };
  if (place.kind === 'failed') return { text: `no issuer from ${shownUrl(url)}: ${place.message}`, hint };
  const text = `what ${shownUrl(url)} publishes did not sign ${found.path}: it is not used`;
  return { text, hint };
}

/** Keeps a certificate in a file whose name tells what is in it. A file of that name has the same certificate. */
async function keep({ der, subject }: Certificate, folder: string, system: FetchingSystem): Promise<string> {
  const issuers = issuersFolder(folder);
  const name = commonName(subject)
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const path = join(issuers, `${name}-${sha256(der).slice(0, 12)}.pem`);
  await makeStapleFolder(issuers, system);
  await writeNewFile(path, toPem('CERTIFICATE', der), true, system);
  return path;
}
