import { byOtherMethod, type Form, type Way } from './attempt.js';
import type { Cause } from './causes.js';

type Change = (way: Way) => Way | undefined;

const pastCaches: Change = ({ form, caches }) =>
  form.method === 'get' && caches === 'used' ? { form, caches: 'bypassed' } : undefined;
const byMethod: Change = ({ form }) => ({ form: byOtherMethod(form), caches: 'used' });
const byPost: Change = (way) => (way.form.method === 'get' ? byMethod(way) : undefined);
const byHash: Change = ({ form }) => ({ form: { ...form, hash: otherHash(form) }, caches: 'used' });

const CHANGES: Readonly<Record<Cause, readonly Change[]>> = {
  // These wait for their next turn.
  passing: [],
  unreachable: [],
  stale: [pastCaches, byPost],
  unauthorized: [pastCaches, byMethod, byHash],
  'request-refused': [byMethod, byHash],
  'turned-away': [byMethod],
  'hash-refused': [byHash, byMethod],
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

function otherHash({ hash }: Form): Form['hash'] {
  return hash === 'sha1' ? 'sha256' : 'sha1';
}
