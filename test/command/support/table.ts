import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mode } from '../../support/responder.js';
import type { FileSnapshot } from '../../support/sandbox.js';
import type { Run } from '../../support/run.js';
import { makeAnswer, type AnswerName } from './answers.js';
import { reportOf, type CertificateReport, type Report } from './report.js';
import { makeWorkspace, type Domain, type DomainOptions, type Workspace } from './workspace.js';
import type { TestPki } from './test-pki.js';
import type { StapleName } from './staples.js';
import { pendingReloads, stateOf } from './state.js';

export interface Circumstances extends Omit<DomainOptions, 'staple'> {
  readonly args?: readonly string[];
  /** Further keys of the configuration. */
  readonly keys?: Readonly<Record<string, unknown>>;
}

/** `new`: exactly what the responder sent. `kept`: the same bytes, mode and inode, or still no file. */
type FileState = 'new' | 'kept';

export type Row = readonly [
  staple: StapleName,
  /** undefined if no request may be sent. */
  answer: AnswerName | undefined,
  outcome: string,
  status: number,
  file: FileState,
  circumstances?: Circumstances,
];

interface PreparedRow {
  readonly domain: Domain;
  readonly mode: Mode | undefined;
  readonly before: FileSnapshot | undefined;
}

/**
 * A test for each row. Rows with the same options and the same status are certificates of one run, which ends with
 * that very status: starting the program once for each would take a minute.
 */
export function testRows(pki: TestPki, table: readonly Row[]): void {
  const groups = new Map<string, Row[]>();
  for (const row of table) groups.set(sharedPart(row), [...(groups.get(sharedPart(row)) ?? []), row]);
  for (const group of groups.values()) testGroup(pki, group);
}

function sharedPart([, , , status, , { args, keys } = {}]: Row): string {
  return JSON.stringify([args ?? [], keys ?? {}, status]);
}

function testGroup(pki: TestPki, group: readonly Row[]): void {
  const [, , , status, , { args = [], keys = {} } = {}] = group[0] as Row;
  const shared = [...args, ...(Object.keys(keys).length > 0 ? [JSON.stringify(keys)] : [])];
  describe([...shared, `status ${status}`].join(', '), () => {
    const groupRun = runGroup(pki, group);

    test.each(group.map((row, index) => [titleOf(row), row, nameOf(index)] as const))(
      '%s',
      (_, row, name) => {
        expectRow(row, name, groupRun());
      },
    );

    test('the status, and nothing left over', () => {
      const { run, report, workspace } = groupRun();
      expect(run.status).toBe(status);
      expect(report).toMatchObject({
        schema: 1,
        status,
        needs_person: status >= 32,
        not_reached: [],
        warnings: [],
      });
      expectNothingLeft(workspace);
    });
  });
}

interface GroupRun {
  readonly pki: TestPki;
  readonly workspace: Workspace;
  readonly run: Run;
  readonly report: Report;
  readonly prepared: ReadonlyMap<string, PreparedRow>;
}

function runGroup(pki: TestPki, group: readonly Row[]): () => GroupRun {
  let groupRun: GroupRun | undefined;
  beforeAll(async () => {
    const workspace = makeWorkspace(pki);
    const prepared = new Map(
      group.map((row, index) => [nameOf(index), prepare(pki, workspace, row, nameOf(index))]),
    );
    const [, , , , , { args = [], keys = {} } = {}] = group[0] as Row;
    // There is one attempt: other tests check retries.
    workspace.configure({ ...keys, http: { attempts: 1, ...(keys['http'] as object | undefined) } });
    const run = await workspace.run('--json', ...args);
    groupRun = { pki, workspace, run, report: reportOf(run), prepared };
  });
  afterAll(() => groupRun?.workspace.sandbox.dispose());
  return () => {
    if (groupRun === undefined) throw new Error('the run has not come to its end');
    return groupRun;
  };
}

function prepare(pki: TestPki, workspace: Workspace, row: Row, name: string): PreparedRow {
  const [staple, answer, , , , { args: _, keys: __, ...options } = {}] = row;
  const domain = workspace.add(name, { staple, ...options });
  const before = workspace.staple(name);
  const installed = before?.content === undefined ? undefined : Buffer.from(before.content, 'base64');
  const { certificate } = domain;
  const mode = answer && makeAnswer(answer, staple, { pki, certificate, installed });
  if (mode !== undefined) pki.responder.set(mode, certificate);
  return { domain, mode, before };
}

function expectRow(row: Row, name: string, { pki, workspace, report, prepared }: GroupRun): void {
  const [, answer, outcome, status, file, { entry } = {}] = row;
  const { domain, mode, before } = prepared.get(name) as PreparedRow;
  const found = report.certificates.find((one) => one.name === name) as CertificateReport;
  expect(`${found.outcome} ${found.reason}`).toBe(outcome);
  expect(found.urgency === 'person').toBe(status >= 32);
  expect(found.message).toMatch(/^(?:GET |POST |[^A-Z\s]).*[^.\s]$/s);
  expect(pki.requestsFor(domain.certificate).length > 0).toBe(answer !== undefined && entry === undefined);
  const after = workspace.staple(name);
  if (file === 'kept') return expect(after).toEqual(before);
  const sent = typeof mode === 'object' && mode.kind === 'bytes' ? mode.bytes : undefined;
  expect(after?.content).toBe(sent && Buffer.from(sent).toString('base64'));
  expect(after?.mode).toBe(before?.mode ?? '644');
  expect(after?.inode).not.toBe(before?.inode);
}

/** Expects no temporary file, no pending reload and no held lock. The history of responders may be there. */
function expectNothingLeft({ sandbox }: Workspace): void {
  const names = sandbox.list('ocsp');
  expect(names.filter((name) => !/^row-\d+\.ocsp$/.test(name) && name !== '.ocspbot')).toEqual([]);
  if (!names.includes('.ocspbot')) return;
  expect(sandbox.list('ocsp/.ocspbot')).toEqual([basename(stateOf(sandbox))]);
  const [lock = '', ...others] = sandbox
    .list(stateOf(sandbox))
    .filter((name) => !['configuration.json', 'attempts.json'].includes(name));
  expect(lock).toMatch(/^lock-\d+$/);
  // The next run removes the file of reloads that the caller was told of.
  expect(others.filter((name) => !['responders.json', 'reload-debt.json'].includes(name))).toEqual([]);
  expect(pendingReloads(sandbox)).toEqual([]);
  expect(sandbox.text(`${stateOf(sandbox)}/${lock}`)).toContain('"state":"released"');
}

function nameOf(index: number): string {
  return `row-${index}`;
}

function titleOf([staple, answer, outcome, , file, { certificate, entry } = {}]: Row): string {
  const more = [certificate && Object.keys(certificate), entry].flatMap((one) =>
    one ? [JSON.stringify(one)] : [],
  );
  const asked = answer === undefined ? 'nobody is asked' : `answer: ${answer}`;
  return `${[`${staple} staple`, asked, ...more].join(', ')} → ${outcome}, ${file}`;
}
