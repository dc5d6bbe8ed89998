/**
 * Sums up vitest's JSON reports, one line for each and the whole in the last: N passed, N failed, N skipped. What
 * failed follows the line of its run, so that the end of the output says it all. Fails where something failed or no
 * test ran.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

const runs = process.argv.slice(2).map(readReport);
for (const run of runs)
  process.stdout.write([`${run.name}: ${inWords(run)}`, ...run.failures, ''].join('\n'));
process.stdout.write(
  `${inWords({ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') })}\n`,
);
if (runs.length === 0 || runs.some(({ passed, failed }) => passed === 0 || failed > 0)) process.exitCode = 1;

function readReport(path) {
  const name = basename(path, '.json');
  if (!existsSync(path))
    return { name, passed: 0, failed: 1, skipped: 0, failures: ['FAILED before its tests'] };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  return {
    name,
    passed: report.numPassedTests,
    // A file that cannot be loaded has no tests that could fail. That vitest itself has failed stands beside the report.
    failed: report.success && !existsSync(`${path}.failed`) ? 0 : Math.max(report.numFailedTests, 1),
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.filter(({ status }) => status === 'failed').flatMap(failuresIn),
  };
}

function failuresIn({ name, message, assertionResults }) {
  const file = relative('.', name);
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [`FAILED ${file}\n${message}`];
  return failed.map(({ fullName, failureMessages }) =>
    [`FAILED ${file}: ${fullName}`, ...failureMessages].join('\n'),
  );
}

function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function sum(what) {
  return runs.reduce((total, run) => total + run[what], 0);
}
