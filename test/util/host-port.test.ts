import { expect, test } from 'vitest';
import { readArguments } from '../../src/cli/arguments.js';
import { serverNameOf, toServerName } from '../../src/util/host-port.js';

test.each([
  ['example.com', 'example.com'],
  ['example.com.', 'example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['BÜCHER.example.', 'xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
  ['127.0.0.1', undefined],
  ['::1', undefined],
])('TLS is asked for %s by the name %s', (host, name) => {
  expect(serverNameOf(host)).toBe(name);
  if (name !== undefined) expect(toServerName(host)).toBe(name);
});

test.each([
  [['live', 'bücher.example.:443'], 'xn--bcher-kva.example'],
  [['live', 'bücher.example:443', 'ocspbot.yaml'], 'xn--bcher-kva.example'],
  [['live', '127.0.0.1:443', '--servername', 'bücher.example.'], 'xn--bcher-kva.example'],
  [['live', '[::1]:443'], undefined],
])('%j asks for %s', (args, servername) => {
  expect(readArguments(args)).toMatchObject({ kind: 'live', server: { port: 443, servername } });
});
