import { presentable, visible } from '../util/text.js';
import type { CertificateStatus } from './snapshot.js';

/**
 * Makes a label of each name, as it may be shown: the passwords in two names may be all that differs. The node_exporter
 * refuses two series with the same labels, so the second one ends in ` (2)`.
 */
export function distinctLabels(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const shown = visible(presentable(name));
    let label = shown;
    while (counts.has(label)) {
      const count = (counts.get(shown) ?? 0) + 1;
      counts.set(shown, count);
      label = `${shown} (${count})`;
    }
    counts.set(label, 1);
    return label;
  });
}

/** Names certificates by their labels. One whose name another has comes last, so that the other keeps its series. */
export function withDistinctNames(certificates: readonly CertificateStatus[]): CertificateStatus[] {
  const isRefused = ({ action }: CertificateStatus) => Number(action.reason === 'name-taken');
  const sorted = certificates.toSorted((one, other) => isRefused(one) - isRefused(other));
  const labels = distinctLabels(sorted.map(({ name }) => name));
  return sorted.map((one, index) => ({ ...one, name: labels[index] ?? one.name }));
}
