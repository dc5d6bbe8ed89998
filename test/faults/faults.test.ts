import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onlyOne, reportOf, type CertificateReport } from '../command/support/report.js';
import { makeWorkspace, type Workspace } from '../command/support/workspace.js';
import { ANSWERS } from './answers.js';
import { NETWORKS, OTHER_NETWORKS } from './networks.js';
import { PUBLIC_REDIRECTS, REDIRECTS } from './redirects.js';
import { openFaultTools } from './support/fault-tools.js';
import type { Arrangement, Fault } from './support/fault.js';
import { measure, type Measured } from './support/measure.js';
import {
  canMakeTestNetwork,
  openTestNetwork,
  requireTestNetwork,
  type TestNetwork,
} from './support/test-network.js';

/** Seconds in addition to the time limits that a run waits for. Only a hang takes longer. */
const SLACK_SECONDS = 60;
/** MiB in addition to the size of a run without a fault. Only data without a limit needs more. */
const SLACK_MEBIBYTES = 64;

const SECRETS = /s3cret|bWU6czNjcmV0/;

interface Row extends Measured {
  readonly fault: Fault;
  readonly certificate: CertificateReport;
}

const rows: Row[] = [];
let network: TestNetwork | undefined;
const tools = openFaultTools(() => {
  if (network === undefined) throw new Error('this fault needs the network');
  return network;
});

afterAll(() => console.log(tableOf(rows)));

test.for([...NETWORKS, ...ANSWERS, ...REDIRECTS])('$name', suffer);

describe('in a network of its own', () => {
  beforeAll(async () => {
    if (canMakeTestNetwork()) network = await openTestNetwork();
  });
  afterAll(() => network?.close());

  test.for([...OTHER_NETWORKS, ...PUBLIC_REDIRECTS])('$name', async (fault, context) => {
    requireTestNetwork(context);
    await suffer(fault);
  });
});

async function suffer(fault: Fault): Promise<void> {
  const { workspace, file, arrangement } = await prepare(fault);
  const { env = {}, inTestNetwork } = arrangement;
  const prefix = inTestNetwork === true ? tools.network.prefix : [];
  const measured = await measure(workspace.sandbox, ['--json'], { env, prefix });
  const { run, seconds, mebibytes } = measured;
  const certificate = onlyOne(reportOf(run));
  rows.push({ ...measured, fault, certificate });
  const isWell = fault.outcome.startsWith('updated');
  expect(`${certificate.outcome} ${certificate.reason}`).toBe(fault.outcome);
  expect(certificate.message).toMatch(fault.says);
  expect(run.status).toBe(isWell ? 2 : 32);
  expect(workspace.sandbox.exists(file)).toBe(isWell);
  expect(run.stdout + run.stderr).not.toMatch(SECRETS);
  expect(seconds).toBeLessThan((fault.waits ?? 0) + SLACK_SECONDS);
  expect(mebibytes).toBeLessThan((rows[0]?.mebibytes ?? 0) + SLACK_MEBIBYTES);
}

interface Prepared {
  readonly workspace: Workspace;
  /** The path of the staple. */
  readonly file: string;
  readonly arrangement: Arrangement;
}

async function prepare(fault: Fault): Promise<Prepared> {
  const arrangement = await fault.arrange(tools);
  const { url, mode = 'good', http, keys, files = {} } = arrangement;
  const workspace = makeWorkspace(tools);
  const options = url === undefined ? {} : { certificate: { ocspUrls: [url] } };
  const { certificate, file } = workspace.add('example.com', options);
  for (const [name, content] of Object.entries(files)) workspace.sandbox.write(name, content);
  workspace.configure({ ...(http === undefined ? {} : { http }), ...keys });
  tools.responder.set(mode, certificate);
  return { workspace, file, arrangement };
}

/** Formats the results for the output of the tests. */
function tableOf(all: readonly Row[]): string {
  const cells = all.map(({ fault, certificate, seconds, mebibytes }) => [
    fault.name,
    `${certificate.outcome} ${certificate.reason}`,
    certificate.message.replace(/(GET|POST) \S+?(MF|ME)[\w%…]+/, '$1 URL'),
    `${seconds.toFixed(1)} s`,
    `${mebibytes.toFixed(0)} MiB`,
  ]);
  const lines = [['fault', 'outcome', 'message', 'time', 'memory'], ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
