import { byUrgency, type CertificateStatus, needsAttention } from './snapshot.js';

/** Certificates that need attention for the same cause, and what is said of them. */
export interface AttentionGroup extends Pick<CertificateStatus, 'state' | 'message' | 'hint'> {
  readonly certificates: Certificates;
}

type Certificates = readonly [CertificateStatus, ...CertificateStatus[]];

/** The messages or hints of one cause that are shown one by one. */
const TOLD_SINGLY = 3;

/** Groups the certificates that need attention by the cause, the most urgent first. */
export function attentionGroups(certificates: readonly CertificateStatus[]): readonly AttentionGroup[] {
  return groupsBy(byUrgency(certificates).filter(needsAttention), causeOf).flatMap(singly).map(inWords);
}

/** Returns what certificates with the same trouble have in common. Messages differ, because they have paths and times. */
function causeOf({ state, action, lastAttempt }: CertificateStatus): unknown[] {
  return [state, action.reason, lastAttempt?.isFailure === true ? lastAttempt.reason : undefined];
}

function singly(group: Certificates): readonly Certificates[] {
  const byMessage = groupsBy(group, ({ message, hint }) => [message, hint]);
  if (byMessage.length <= TOLD_SINGLY) return byMessage;
  const byHint = groupsBy(group, ({ hint }) => [hint]);
  return byHint.length <= TOLD_SINGLY ? byHint : [group];
}

function groupsBy(
  certificates: readonly CertificateStatus[],
  keyOf: (one: CertificateStatus) => unknown[],
): Certificates[] {
  const groups = new Map<string, [CertificateStatus, ...CertificateStatus[]]>();
  for (const one of certificates) {
    const key = JSON.stringify(keyOf(one));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function inWords(certificates: Certificates): AttentionGroup {
  const [{ state, message, hint }, ...others] = certificates;
  const isAlike = others.every((one) => one.message === message);
  const hasOneHint = others.every((one) => one.hint === hint);
  return {
    certificates,
    state,
    message: isAlike ? message : `${message}; likewise the others`,
    hint: hasOneHint ? hint : 'see the hint of each: ocspbot explain NAME',
  };
}
