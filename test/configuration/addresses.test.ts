import { expect, test } from 'vitest';
import { makeFolder, problemsOf, readText } from './support/reading.js';

const DOMAINS = 'domains: {}\n';

test.each([
  ['/run/haproxy/admin.sock', [{ kind: 'unix', path: '/run/haproxy/admin.sock' }]],
  ['./admin.sock', [{ kind: 'unix', path: 'DIR/admin.sock' }]],
  ['127.0.0.1:9999', [{ kind: 'tcp', host: '127.0.0.1', port: 9999 }]],
  ['"[::1]:9999"', [{ kind: 'tcp', host: '::1', port: 9999 }]],
  [
    '[/a.sock, lb.example.com:1]',
    [
      { kind: 'unix', path: '/a.sock' },
      { kind: 'tcp', host: 'lb.example.com', port: 1 },
    ],
  ],
])('runtime_socket: %s', (text, sockets) => {
  const folder = makeFolder();
  const { services } = readText(folder, `${DOMAINS}services: {lb: {runtime_socket: ${text}}}`);
  const found = JSON.parse(JSON.stringify(services[0]?.runtimeSockets).replaceAll(folder.folder, 'DIR'));
  expect(found).toEqual(sockets);
});

const server = { host: '127.0.0.1', port: 443, servername: undefined, starttls: undefined };

test.each([
  ['example.com:443', [{ ...server, host: 'example.com', servername: 'example.com' }]],
  ['[127.0.0.1:443]', [server]],
  ['{address: "127.0.0.1:443", servername: a.example}', [{ ...server, servername: 'a.example' }]],
  [
    '[{address: "mail.example.com:25", starttls: smtp}]',
    [{ host: 'mail.example.com', port: 25, servername: 'mail.example.com', starttls: 'smtp' }],
  ],
])('live: %s', (text, live) => {
  expect(readText(makeFolder(), `${DOMAINS}services: {web: {live: ${text}}}`).services[0]?.live).toEqual(
    live,
  );
});

const LIVE = "write for example: live: ['example.com:443']";

test.each([
  ['live', 'example.com', '"live" must be HOST:PORT, but is "example.com"', LIVE],
  ['live', '[example.com:99999]', 'an item of "live" must be HOST:PORT, but is "example.com:99999"', LIVE],
  ['live', '443', '"live" must be HOST:PORT, but is "443"', LIVE],
  [
    'live',
    '{servername: a}',
    '"live" has no "address"',
    'add the host and port, for example: address: example.com:443',
  ],
  [
    'live',
    '{address: "a:1", starttls: imap}',
    '"starttls" must be "smtp", but is "imap"',
    'write for example: starttls: smtp',
  ],
  [
    'live',
    '{address: "a:1", servername: 127.0.0.1}',
    '"servername" must be a host name, but is "127.0.0.1"',
    'write for example: servername: www.example.com',
  ],
  ['live', '{address: "a:1", adress: "a:1"}', 'unknown key "adress" in "live"', 'did you mean "address"?'],
  [
    'runtime_socket',
    'admin.sock',
    '"runtime_socket" must be the path of a socket or HOST:PORT, but is "admin.sock"',
    'write for example: runtime_socket: /run/haproxy/admin.sock',
  ],
])('%s: %s is wrong', (key, text, message, hint) => {
  const [problem = ''] = problemsOf(makeFolder(), `${DOMAINS}services:\n  web:\n    ${key}: ${text}\n`);
  expect(problem.split('\n')[0]?.replace(/^\S+ /, '')).toBe(message);
  expect(problem.split('\n').at(-1)?.trim()).toBe(hint);
});
