import { dirname, join } from 'node:path';
import type { ResponsePolicy } from '../configuration/model.js';
import { readResponse } from '../ocsp/response.js';
import { objectionTo } from '../ocsp/verify/still-current.js';
import type { Question } from '../ocsp/verify/question.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import type { InspectedCertificate } from '../run/inspect.js';
import { doStep, errno } from '../storage/errors.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { equalBytes } from '../util/bytes.js';
import { OcspbotError, toOcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { removeOutdated } from './clean-published.js';
import { publishedPaths } from './published-path.js';

/** A response, and its path below the folder. */
export interface PublishedFile {
  readonly path: string;
  readonly response: VerifiedResponse;
  readonly question: Question;
  /** True if a rollback has restored the response: then it may replace a newer one. */
  readonly mayBeOlder: boolean;
}

/** Returns the files of one certificate. It has none without a usable staple: its run has already said so. */
export function filesFor({
  staple,
  question,
  isRestored: mayBeOlder,
}: Pick<InspectedCertificate, 'staple' | 'question' | 'isRestored'>): PublishedFile[] {
  if (staple.kind !== 'usable') return [];
  const { response } = staple;
  const parsed = readResponse(response.der);
  if (parsed.kind !== 'basic') return [];
  return publishedPaths(question, parsed.responses).map((path) => ({ path, response, question, mayBeOlder }));
}

interface Publisher {
  readonly root: string;
  readonly policy: ResponsePolicy;
  readonly tools: Tools;
}

/**
 * Publishes the verified staples of all certificates as files under the paths of GET (RFC 9919), for a web server. Each
 * file is replaced in one step, and only by another response that is not older. Files whose responses are over are removed
 * afterwards, and no others: several publishers may share the folder, and clients keep asking while a response is good. A run
 * that has no good response removes nothing.
 * Returns what went wrong: a file that cannot be published hinders no other.
 */
export async function publishResponses(
  files: readonly PublishedFile[],
  publisher: Publisher,
): Promise<OcspbotError[]> {
  const { root, policy, tools } = publisher;
  const byPath = new Map(files.map((file) => [file.path, file]));
  const problems: OcspbotError[] = [];
  for (const file of byPath.values()) {
    const step = `publish a response at ${join(root, file.path)}`;
    await doStep(step, CONSEQUENCE, () => publishFile(file, publisher)).catch(
      (error: unknown) => void problems.push(toOcspbotError(error)),
    );
  }
  // Each response is over for a clock that is far ahead. A good one shows that it is not.
  if (byPath.size === 0) return [];
  const cleaning = { root, published: byPath, maxAge: policy.maxAge, tools };
  return [...shortened(problems, byPath.size), ...(await removeOutdated(cleaning))];
}

const CONSEQUENCE = 'those who fetch from there get the responses that were published before';

/** Shortens many problems, which mostly have one cause. */
function shortened(problems: readonly OcspbotError[], total: number): OcspbotError[] {
  const shown = problems.slice(0, LIMITS.failuresTold);
  if (shown.length === problems.length) return shown;
  const message = `in total, ${problems.length} of ${total} responses could not be published`;
  return [...shown, new OcspbotError('write-failed', message)];
}

async function publishFile(file: PublishedFile, publisher: Publisher): Promise<void> {
  const { root, tools } = publisher;
  assertNoLink(dirname(file.path), publisher);
  const path = join(root, file.path);
  if (isUpToDate(readPublished(path, tools), file, publisher)) return;
  await tools.files.makeFolder(dirname(path), 0o755, 'without umask');
  await replaceFile(path, file.response.der, tools);
}

/** Refuses to write through a link below the folder: it may lead anywhere. */
function assertNoLink(below: string, publisher: Publisher): void {
  if (below === '.') return;
  assertNoLink(dirname(below), publisher);
  const path = join(publisher.root, below);
  if (publisher.tools.files.facts(path)?.kind === 'link')
    throw new OcspbotError('target-unsuitable', `nothing is published below ${path}: it is a link`, {
      hint: 'remove it: only what ocspbot publishes may be in publish_folder',
    });
}

/** Returns the published bytes; undefined if there is no such file, or one that is to be replaced. */
function readPublished(path: string, { files }: Tools): Uint8Array | undefined {
  if (files.facts(path)?.kind === 'link') return undefined;
  try {
    return files.read(path, LIMITS.stapleFile);
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'EFBIG') return undefined;
    throw error;
  }
}

/** Reports whether the response is published already, or another publisher has published a newer one that is as good. */
function isUpToDate(
  published: Uint8Array | undefined,
  { response, question, mayBeOlder }: PublishedFile,
  { policy, tools: { now } }: Publisher,
): boolean {
  if (published === undefined) return false;
  if (equalBytes(published, response.der)) return true;
  const examination = verify(published, question, { policy, now });
  if (examination.kind !== 'good') return false;
  return objectionTo(response, { now, installed: examination.response, mayBeOlder }) !== undefined;
}
