import { describe, expect, test } from 'vitest';
import type { CertificateStatus, Snapshot } from '../../src/snapshot/snapshot.js';
import { attentionLines, warningLines } from '../../src/snapshot/summary.js';
import { certificate, snapshotOf } from './support/snapshots.js';

type Words = Pick<CertificateStatus, 'message' | 'hint'>;

/** A certificate whose files cannot be read. */
function broken(name: string, reason: string, words: Words): CertificateStatus {
  const action = { kind: 'fail', reason, next: undefined } as const;
  return { ...certificate(name, 0, 'broken'), ...words, action, lastAttempt: undefined };
}

const several = (count: number, make: (name: string) => CertificateStatus) =>
  Array.from({ length: count }, (_, index) => make(`h${index}.example`));

const textsOf = (certificates: CertificateStatus[], more: Partial<Snapshot> = {}) =>
  attentionLines(snapshotOf(certificates, more)).map(({ text }) => text);

const absent = (name: string) =>
  broken(name, 'file-missing', { message: `/c/${name}.pem does not exist`, hint: 'put it there' });

describe('certificates with one cause share a paragraph', () => {
  test('10,000 of them, though each message names another file', () => {
    expect(textsOf(several(10_000, absent))).toEqual([
      'error: h0.example, h1.example, h2.example, h3.example, h4.example and 9995 more: broken: /c/h0.example.pem does not exist; likewise the others\n  hint: put it there',
    ]);
  });

  test('up to three messages are told one by one', () => {
    const texts = textsOf([...several(3, absent), { ...absent('h0.example'), name: 'again.example' }]);
    expect(texts).toHaveLength(3);
    expect(texts[0]).toMatch(/^error: h0\.example, again\.example: broken: \S+h0\S+ does not exist\n/);
  });

  test('up to three hints are told one by one, and more are named', () => {
    const other = (hint: (name: string) => string) => (name: string) =>
      broken(name, 'not-a-certificate', { message: `/c/${name} holds another thing`, hint: hint(name) });
    const two = textsOf(
      several(
        8,
        other((name) => (name < 'h4' ? 'give its certificate' : 'unpack it')),
      ),
    );
    expect(two).toHaveLength(2);
    expect(two[1]).toMatch(/^error: h4.*, h7\.example: .*; likewise the others\n {2}hint: unpack it$/);
    expect(
      textsOf(
        several(
          8,
          other((name) => `take it out of ${name}`),
        ),
      ),
    ).toEqual([
      expect.stringMatching(/; likewise the others\n {2}hint: see the hint of each: ocspbot explain NAME$/),
    ]);
  });

  test('not those of another state, reason or failure of the last attempt', () => {
    const failed = (name: string, reason: string): CertificateStatus => {
      const one = certificate(name, 0, 'missing');
      return {
        ...one,
        message: `there is no staple; the last attempt failed (${reason})`,
        lastAttempt: one.lastAttempt && { ...one.lastAttempt, reason },
      };
    };
    const texts = textsOf([
      ...several(5, absent),
      ...several(5, (name) => broken(name, 'not-a-certificate', { message: name, hint: undefined })),
      ...several(5, (name) => failed(name, 'timeout')),
      ...several(5, (name) => failed(name, 'http-status')),
      ...several(5, (name) => certificate(name, 6, 'critical')),
    ]);
    expect(texts).toHaveLength(5);
  });
});

describe('ten problems and ten warnings are told in full', () => {
  const texts = Array.from({ length: 5000 }, (_, index) => `the folder /c/${index} cannot be read`);

  test.for([
    ['error', attentionLines(snapshotOf([], { problems: texts }))],
    ['warning', warningLines(snapshotOf([], { warnings: texts }))],
  ] as const)('%s', ([severity, lines]) => {
    expect(lines).toHaveLength(11);
    expect(lines[9]?.text).toBe(`${severity}: the folder /c/9 cannot be read`);
    expect(lines[10]?.text).toBe(
      `${severity}: and 4990 more\n  hint: see all with: ocspbot validate /etc/ocspbot.yaml`,
    );
  });
});

test('the commands that are advised can be pasted into a shell, whatever the configuration is named', () => {
  const many = several(12, (name) => broken(name, name, { message: name, hint: name }));
  const problems = Array.from({ length: 11 }, (_, index) => `problem ${index}`);
  const texts = textsOf(many, { file: '/etc/my ocspbot.yaml', problems });
  expect(texts.filter((text) => text.includes(' more'))).toEqual([
    "error: and 1 more\n  hint: see all with: ocspbot validate '/etc/my ocspbot.yaml'",
    "error: 2 more need attention\n  hint: ocspbot status '/etc/my ocspbot.yaml' --state attention",
  ]);
});
