import { expect, test } from 'vitest';
import { makeFolder, problemsOf, readText } from './support/reading.js';

const DOMAINS = 'domains: {}\n';

test.each([
  ['[systemctl, reload, nginx]', [['systemctl', 'reload', 'nginx']]],
  [
    '[[systemctl, reload, exim4], [systemctl, reload, dovecot]]',
    [
      ['systemctl', 'reload', 'exim4'],
      ['systemctl', 'reload', 'dovecot'],
    ],
  ],
  ['[[nginx]]', [['nginx']]],
  ['[x, on, 12, 0x1F, "a b", "$(y)", "é"]', [['x', 'on', '12', '0x1F', 'a b', '$(y)', 'é']]],
  ['[sh, -c, "a\\n\\tb"]', [['sh', '-c', 'a\n\tb']]],
  ['["/opt/my program", *a]', [['/opt/my program', 'anchored']]],
])('reload: %s', (text, reload) => {
  const yaml = `x-a: &a anchored\n${DOMAINS}services: {nginx: {reload: ${text}, test: ${text}}}`;
  expect(readText(makeFolder(), yaml).services).toMatchObject([
    { name: 'nginx', exitBit: 2, reload, test: reload },
  ]);
});

test('without them nothing is run', () => {
  expect(readText(makeFolder(), `${DOMAINS}services: {nginx: {}}`)).toMatchObject({
    services: [{ name: 'nginx', exitBit: 2, reload: [], test: [], runtimeSockets: [], live: [] }],
    runReloads: false,
    reloadTimeout: 60_000,
  });
  const yaml = `${DOMAINS}run_reloads: on\nreload_timeout: 2m 5s\n`;
  expect(readText(makeFolder(), yaml)).toMatchObject({ runReloads: true, reloadTimeout: 125_000 });
});

const SHELL_LINE = '"reload" is a line for a shell, but no shell is used';
const EXAMPLE = 'write for example: reload: [systemctl, reload, nginx]';

test.each([
  ['systemctl reload nginx', SHELL_LINE, 'write a list: [systemctl, reload, nginx]'],
  ['/usr/bin/true', SHELL_LINE, 'write a list: [/usr/bin/true]'],
  ['a && b', SHELL_LINE, "write a list of words; where it takes a shell: [sh, -c, '…']"],
  ['[[a], b c]', `an item of ${SHELL_LINE}`, 'write a list: [b, c]'],
  ['', '"reload" has no value', EXAMPLE],
  ['[]', '"reload" is empty', EXAMPLE],
  ['[[a], []]', 'an item of "reload" is empty', EXAMPLE],
  ['[a, ""]', 'an item of "reload" is empty', 'remove it'],
  ['[a, ~]', 'an item of "reload" has no value', EXAMPLE],
  ['[{a: b}]', 'an item of "reload" must be text, but is a mapping', EXAMPLE],
  ['[[a, [b]]]', 'an item of an item of "reload" must be text, but is a list', EXAMPLE],
  ['["a\\0b"]', 'an item of "reload" contains the control character U+0000', 'remove it'],
  ['yes', '"reload" must be a list of a program and its arguments, but is the truth value yes', EXAMPLE],
])('reload: %s is wrong', (text, message, hint) => {
  const yaml = `${DOMAINS}services:\n  nginx:\n    reload: ${text}\n`;
  const [problem = '', ...others] = problemsOf(makeFolder(), yaml);
  expect(others).toEqual([]);
  expect(problem.split('\n')[0]).toMatch(/^ocspbot\.yaml:4:\d+: /);
  expect(problem.split('\n')[0]?.replace(/^\S+ /, '')).toBe(message);
  expect(problem.split('\n').at(-1)?.trim()).toBe(hint);
});

test('a test without a reload', () => {
  expect(problemsOf(makeFolder(), `${DOMAINS}services: {nginx: {test: [nginx, -t]}}\n`)).toEqual([
    `ocspbot.yaml:2:20: the service "nginx" has a "test" but no "reload"
  2 | services: {nginx: {test: [nginx, -t]}}
    |                    ^^^^
  add what reloads it, for example: reload: [systemctl, reload, nginx]`,
  ]);
});

test.each(['0s', '2d', '5'])('reload_timeout: %s is wrong', (text) => {
  expect(problemsOf(makeFolder(), `${DOMAINS}reload_timeout: ${text}\n`)).toHaveLength(1);
});
