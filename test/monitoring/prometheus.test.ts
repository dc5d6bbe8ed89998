import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { makeWorkspace, type Workspace } from '../command/support/workspace.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { rowsOf } from '../docs/support/markdown.js';
import type { Mode } from '../support/responder.js';
import { makeSandbox } from '../support/sandbox.js';

const pki = openTestPki();
const EXAMPLES = join(import.meta.dirname, '../../examples/monitoring');

/** A workspace after a run, with what may be in it. */
async function afterRun(answer: Mode = { kind: 'http', status: 503 }): Promise<Workspace> {
  const workspace = makeWorkspace(pki);
  workspace.add('due.example', { staple: 'due', entry: { services: ['web', 'mail'] } });
  workspace.add('must.example', { staple: 'fresh', certificate: { mustStaple: true } });
  workspace.add('none.example', { certificate: { ocspUrls: [] } });
  const { certificate } = workspace.add('q"b\\s.example', { staple: 'missing' });
  pki.responder.set(answer, certificate);
  workspace.configure({
    services: { web: {}, mail: {} },
    metrics_file: 'metrics/ocspbot.prom',
    http: { attempts: 1 },
  });
  workspace.sandbox.write('metrics/.keep', '');
  expect((await workspace.run('--quiet')).status).toBe(2 + 4 + (answer === 'good' ? 0 : 32));
  return workspace;
}

/** Returns the values of samples by their name and labels, without the label that all have. */
function samplesIn(text: string): Map<string, number> {
  const own = text.replaceAll(/configuration="[^"]*",?/g, '').replaceAll('{}', '');
  const lines = own.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

describe('metrics', () => {
  test('after a run say what it came to, as status --prometheus does', async (context) => {
    const workspace = await afterRun();
    const { sandbox } = workspace;
    expect(statSync(sandbox.path('metrics/ocspbot.prom')).mode & 0o777).toBe(0o644);
    const written = sandbox.text('metrics/ocspbot.prom');
    expect(sandbox.list('metrics').filter((name) => name !== '.keep')).toEqual(['ocspbot.prom']);
    const { stdout, status } = await workspace.runCommand('status', '--prometheus');
    expect(status).toBe(32);
    // A run does not read the clock again.
    expect(stdout).toBe(written);
    const samples = samplesIn(written);
    const { origin } = new URL(pki.responder.url);
    const odd = String.raw`certificate="q\"b\\s.example"`;
    for (const [name, value] of Object.entries({
      'certificate_outcome{certificate="due.example",service="web",outcome="updated",reason="due"}': 1,
      'certificate_outcome{certificate="due.example",service="mail",outcome="updated",reason="due"}': 1,
      [`certificate_outcome{${odd},service="-",outcome="failed",reason="http-status"}`]: 1,
      'certificate_state{certificate="must.example",state="fresh"}': 1,
      'certificate_must_staple{certificate="must.example"}': 1,
      [`certificate_attention{${odd}}`]: 1,
      [`staple_usable{${odd}}`]: 0,
      'staple_usable{certificate="must.example"}': 1,
      // A failed GET is followed by a POST.
      [`responder_requests_total{responder="${origin}"}`]: 3,
      [`responder_request_failures_total{responder="${origin}"}`]: 2,
      'service_reload_pending{service="web"}': 0,
      last_run_exit_status: 38,
    }))
      expect([name, samples.get(`ocspbot_${name}`)]).toEqual([name, value]);
    expect(samples.get('ocspbot_staple_usable{certificate="none.example"}')).toBeUndefined();
    expect(samples.get('ocspbot_last_success_timestamp_seconds')).toBeUndefined();
    const times = ['this_update', 'refresh', 'critical', 'useful_until'].map(
      (name) => samples.get(`ocspbot_staple_${name}_timestamp_seconds{certificate="must.example"}`) ?? 0,
    );
    expect(times.toSorted((one, other) => one - other)).toEqual(times);
    expect(times.every((time) => time > 1e9 && time < 1e10)).toBe(true);

    const promtool = requireProgram('promtool', 'prometheus', context);
    const linted = await execa(promtool, ['check', 'metrics'], { input: written, reject: false });
    expect([linted.exitCode, linted.stdout, linted.stderr]).toEqual([0, '', '']);
  });

  test('are read by the node_exporter', async (context) => {
    const exporter = requireProgram('prometheus-node-exporter', 'prometheus-node-exporter', context);
    const { sandbox, runCommand } = await afterRun();
    // Another configuration with the same certificates, in the same folder of metrics.
    const text = sandbox.text('ocspbot.yaml').replace('ocspbot.prom', 'second.prom');
    sandbox.write('second.yaml', `state_folder: second\n${text}`);
    await runCommand('second.yaml');
    const lines = (await scrape(exporter, sandbox.path('metrics'))).split('\n');
    expect(lines).toContain('node_textfile_scrape_error 0');
    const ours = lines.filter((line) => line.startsWith('ocspbot_'));
    const written = ['ocspbot', 'second'].map((name) => samplesIn(sandbox.text(`metrics/${name}.prom`)).size);
    expect(ours).toHaveLength((written[0] ?? 0) + (written[1] ?? 0));
    expect(ours).toContain(`ocspbot_problems{configuration="${sandbox.path('second.yaml')}"} 0`);
  });

  test('never replace another file, and a run is none the worse for it', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'due' });
    workspace.configure({ metrics_file: 'precious' });
    workspace.sandbox.write('precious', 'a key');
    const run = await workspace.run();
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('precious is not replaced') });
    expect(workspace.sandbox.text('precious')).toBe('a key');
    workspace.sandbox.remove('precious');
    expect((await workspace.run('--dry-run', '--force')).status).toBe(0);
    expect(workspace.sandbox.exists('precious')).toBe(false);
    expect((await workspace.run()).status).toBe(0);
    const before = workspace.sandbox.text('precious');
    expect(before).toMatch(/^# HELP ocspbot_build_info /);
    // A missing folder is a warning, and monitoring sees that the metrics are old.
    const stale = '.precious.ocspbot-00000000-1-0123456789abcdef.tmp';
    workspace.sandbox.write(stale, '');
    utimesSync(workspace.sandbox.path(stale), 0, 0);
    await workspace.run();
    expect(workspace.sandbox.exists(stale)).toBe(false);
  });

  test('say why they cannot be written, and what to do', async () => {
    const workspace = makeWorkspace(pki);
    const { sandbox } = workspace;
    workspace.add('a.example', { staple: 'fresh' });
    sandbox.write('folder/.keep', '');
    symlinkSync('/dev/null', sandbox.path('link'));
    symlinkSync('circle', sandbox.path('circle'));
    await execa('mkfifo', [sandbox.path('fifo')]);
    for (const [file, reason, hint] of [
      ['nowhere/ocspbot.prom', 'there is no folder DIR/nowhere', 'make the folder DIR/nowhere'],
      ['folder', 'DIR/folder is a folder', 'name a file in it'],
      ['fifo', 'DIR/fifo is neither a file nor a folder', 'name another file'],
      ['link', '/dev/null is neither a file nor a folder', 'name another file'],
      ['circle', 'its symbolic links go in a circle', 'remove the circle of links, or name another file'],
    ] as const) {
      workspace.configure({ metrics_file: file, html_file: `${file}.html` });
      const run = await workspace.run();
      const said = run.stderr.replaceAll(sandbox.folder, 'DIR');
      expect(run.status, file).toBe(0);
      expect(said).toContain(`warning: cannot write to DIR/${file}: ${reason}`);
      expect(said).toContain(`hint: ${hint}`);
      expect(sandbox.exists(`${file}.html`)).toBe(file !== 'nowhere/ocspbot.prom');
    }
  });

  test('stay where a link leads, with the mode, the owner and the group that an administrator gave them', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const { sandbox } = workspace;
    workspace.add('a.example', { staple: 'fresh' });
    sandbox.write('served/page.html', '');
    symlinkSync('served/page.html', sandbox.path('page.html'));
    symlinkSync('served/new.prom', sandbox.path('ocspbot.prom'));
    chmodSync(sandbox.path('served/page.html'), 0o640);
    chownSync(sandbox.path('served/page.html'), 7, 8);
    workspace.configure({ metrics_file: 'ocspbot.prom', html_file: 'page.html' });
    for (const _ of [1, 2]) {
      expect(await workspace.run()).toMatchObject({ status: 0, stderr: '' });
      const { mode, uid, gid } = statSync(sandbox.path('served/page.html'));
      expect([mode & 0o777, uid, gid]).toEqual([0o640, 7, 8]);
      expect(statSync(sandbox.path('served/new.prom')).mode & 0o777).toBe(0o644);
      for (const link of ['page.html', 'ocspbot.prom'])
        expect(lstatSync(sandbox.path(link)).isSymbolicLink()).toBe(true);
    }
    expect(sandbox.text('served/page.html')).toContain('<!-- ocspbot status -->');
    // A link of another user into a folder that is not theirs would let them have files of root replaced.
    lchownSync(sandbox.path('page.html'), 65_534, 65_534);
    expect((await workspace.run()).stderr).toContain('user 65534 made the link');
  });
});

describe('examples', () => {
  test('alert rules pass their tests', async (context) => {
    const promtool = requireProgram('promtool', 'prometheus', context);
    await execa(promtool, ['check', 'rules', 'ocspbot.rules.yml'], { cwd: EXAMPLES });
    await execa(promtool, ['test', 'rules', 'ocspbot.test.yml'], { cwd: EXAMPLES });
  });

  test('each query of the dashboard and each alert is about metrics that there are', async (context) => {
    const promtool = requireProgram('promtool', 'prometheus', context);
    const dashboard = readFileSync(join(EXAMPLES, 'grafana.json'), 'utf8');
    const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
    const queries = panels.flatMap(({ targets }) =>
      targets.map(({ expr }) => expr.replaceAll('$instance', '.*')),
    );
    expect(queries.length).toBeGreaterThan(8);
    const sandbox = makeSandbox();
    const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
    sandbox.write('rules.json', JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { stdout } = await execa(promtool, ['check', 'rules', sandbox.path('rules.json')]);
    expect(stdout).toContain(`${queries.length} rules found`);
    const workspace = await afterRun('good');
    const known = new Set(
      [...workspace.sandbox.text('metrics/ocspbot.prom').matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name),
    );
    expect(
      rowsOf('docs/monitoring.md', 'metric')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual([...known].toSorted());
    const used = `${dashboard}${readFileSync(join(EXAMPLES, 'ocspbot.rules.yml'), 'utf8')}`.matchAll(
      /\bocspbot_\w+/g,
    );
    expect([...used].map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
  });
});

/** Starts the exporter with the textfile collector alone, and returns what it exports. */
async function scrape(exporter: string, folder: string): Promise<string> {
  const options = [
    '--collector.disable-defaults',
    '--collector.textfile',
    `--collector.textfile.directory=${folder}`,
  ];
  const child = spawn(exporter, [...options, '--web.listen-address=127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  for await (const chunk of child.stderr.setEncoding('utf8')) {
    log += String(chunk);
    const address = /Listening on" address=(\S+)/.exec(log)?.[1];
    if (address !== undefined) return await (await fetch(`http://${address}/metrics`)).text();
  }
  throw new Error(`the exporter has ended: ${log}`);
}
