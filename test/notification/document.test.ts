import { expect, test } from 'vitest';
import type { Change } from '../../src/notification/changes.js';
import { documentContent } from '../../src/notification/document.js';

const origin = { host: 'web1', configuration: '/etc/ocspbot.yaml', now: 0 };

function change(name: string, severity: Change['severity']): Change {
  const message = `${name}: in words`;
  return { about: 'certificate', name, severity, before: 'unknown', time: 0, message, hint: undefined };
}

test('the text names the worst changes and counts all, also those that are left out', () => {
  const problems = Array.from({ length: 12 }, (_, index) => change(`${index}.example`, 'warning'));
  const changes = [change('well.example', 'ok'), ...problems, change('worst.example', 'critical')];
  const { text } = documentContent({ changes, omitted: 9000 }, origin);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'ocspbot on web1: 13 problems, 1 well again, 9000 further changes',
    'CRITICAL worst.example: in words',
    'WARNING 0.example: in words',
  ]);
  expect(text.split('\n').slice(-1)).toEqual(['and 9004 more']);
});

test('the ID is the same for the same changes, and another one for others', () => {
  const [one, other] = [change('a.example', 'ok'), change('b.example', 'ok')];
  const id = (changes: readonly Change[], now: number) =>
    documentContent({ changes, omitted: 0 }, { ...origin, now }).id;
  expect(id([one], 0)).toBe(id([one], 1000));
  expect(id([one], 0)).not.toBe(id([one, other], 0));
});
