import type { Form, Way } from './attempt.js';
import type { Cause } from './causes.js';

type Change = (way: Way) => Way | undefined;

const pastCaches: Change = ({ form, caches }) =>
  form.method === 'get' && caches === 'used' ? { form, caches: 'bypassed' } : undefined;
const byMethod: Change = ({ form }) => ({ form: { ...form, method: otherMethod(form) }, caches: 'used' });
const byPost: Change = (way) => (way.form.method === 'get' ? byMethod(way) : undefined);
const byHash: Change = ({ form }) => ({ form: { ...form, hash: otherHash(form) }, caches: 'used' });

const CHANGES: Readonly<Record<Cause, readonly Change[]>> = {
  passing: [],
  stale: [pastCaches, byPost],
  unauthorized: [pastCaches, byMethod, byHash],
  'request-refused': [byMethod, byHash],
  'method-refused': [byMethod],
  'hash-refused': [byHash],
  final: [],
  other: [],
};

/**
 * In which ways the same responder might be asked after one has failed, the most promising one first.
 *
 * @param isProven the responder understands this hash: where it knows nothing of the certificate, only caches are left
 *   to be doubted
 */
export function otherWays(cause: Cause, way: Way, isProven: boolean): Way[] {
  const changes = CHANGES[cause === 'unauthorized' && isProven ? 'stale' : cause];
  return changes.flatMap((change) => change(way) ?? []);
}

function otherMethod({ method }: Form): Form['method'] {
  return method === 'get' ? 'post' : 'get';
}

function otherHash({ hash }: Form): Form['hash'] {
  return hash === 'sha1' ? 'sha256' : 'sha1';
}
