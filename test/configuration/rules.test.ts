import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { makeAuthority } from '../support/ca.js';
import { nodeFiles } from '../../src/system/files.js';
import { systemError } from '../support/system-error.js';
import { domain, makeFolder, problemsOf, readText } from './support/reading.js';

test.each([
  {
    name: 'notifications and pings for nobody',
    yaml: 'notify: {timeout: 5s}\nping: {}\ndomains: {}\n',
    problems: [
      `ocspbot.yaml:1:9: "notify" has neither "command" nor "url", so nobody is told
  1 | notify: {timeout: 5s}
    |         ^^^^^^^^^^^^^
  write for example: notify: {command: [/usr/local/bin/tell-us]}`,
      `ocspbot.yaml:2:7: "ping" has neither "start" nor "success" nor "attention", so nobody is told
  2 | ping: {}
    |       ^^
  write for example: ping: https://ping.example.com/ocspbot`,
    ],
  },
  {
    name: 'missing files',
    yaml: 'domains:\n  a: {cert: certs/x.pem, chain: /nowhere/c.pem, rootchain: ~/r.pem, ocsp: out/x}\n',
    problems: [
      `ocspbot.yaml:2:13: the certificate "DIR/certs/x.pem" does not exist
  2 |   a: {cert: certs/x.pem, chain: /nowhere/c.pem, rootchain: ~/r.pem, ocsp: out/x}
    |             ^^^^^^^^^^^
  relative paths begin in the working directory ("DIR")`,
      `ocspbot.yaml:2:33: the chain "/nowhere/c.pem" does not exist
  2 |   a: {cert: certs/x.pem, chain: /nowhere/c.pem, rootchain: ~/r.pem, ocsp: out/x}
    |                                 ^^^^^^^^^^^^^^
  correct the path, or put the file there`,
      `ocspbot.yaml:2:60: the root chain "DIR/~/r.pem" does not exist
  2 |   a: {cert: certs/x.pem, chain: /nowhere/c.pem, rootchain: ~/r.pem, ocsp: out/x}
    |                                                            ^^^^^^^
  write the whole path: ~ is not expanded here`,
    ],
  },
  {
    name: 'folders for files',
    yaml: 'domains:\n  a: {cert: certs, ocsp: out}\n',
    problems: [
      `ocspbot.yaml:2:13: the certificate "DIR/certs" is a folder
  2 |   a: {cert: certs, ocsp: out}
    |             ^^^^^
  name the file in it`,
      `ocspbot.yaml:2:26: "ocsp" of "a" is a folder: "DIR/out"
  2 |   a: {cert: certs, ocsp: out}
    |                          ^^^
  name a file in it`,
    ],
  },
  {
    name: 'a folder for responses that is not there',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: "new folder/a"}\n  b: {cert: certs/b.pem, ocsp: "new folder/b"}\n',
    problems: [
      `ocspbot.yaml:2:32: the folder "DIR/new folder" does not exist
  2 |   a: {cert: certs/a.pem, ocsp: "new folder/a"}
    |                                ^^^^^^^^^^^^^^
  mkdir -p 'DIR/new folder'`,
    ],
  },
  {
    name: 'an ocsp_folder that is not there',
    yaml: 'ocsp_folder: nowhere\ndomains:\n  a: {cert: certs/a.pem, ocsp: a}\n  b: {cert: certs/b.pem, ocsp: b}\n',
    problems: [
      `ocspbot.yaml:1:14: the folder "DIR/nowhere" does not exist
  1 | ocsp_folder: nowhere
    |              ^^^^^^^
  mkdir -p DIR/nowhere`,
    ],
  },
  {
    name: 'two domains that write one file',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: out/x}\n  b: {cert: certs/b.pem, ocsp: out/../out/./x}\n',
    problems: [
      `ocspbot.yaml:3:32: "a" and "b" write the same file "DIR/out/x"
  3 |   b: {cert: certs/b.pem, ocsp: out/../out/./x}
    |                                ^^^^^^^^^^^^^^
  the other is at ocspbot.yaml:2:32; give each its own`,
    ],
  },
  {
    name: 'two domains whose backups have one name',
    yaml: 'backups: {folder: out}\ndomains:\n  a: {cert: certs/a.pem, ocsp: out/x}\n  b: {cert: certs/b.pem, ocsp: certs/x}\n',
    problems: [
      `ocspbot.yaml:4:32: the backups of "a" and "b" would have the same names in "DIR/out"
  4 |   b: {cert: certs/b.pem, ocsp: certs/x}
    |                                ^^^^^^^
  the other is at ocspbot.yaml:3:32; give each file a name of its own, or leave out "folder" of "backups"`,
    ],
  },
  {
    name: 'a response over a certificate',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: certs/b-chain.pem}\n  b: {cert: certs/b.pem, chain: certs/b-chain.pem, ocsp: out/b}\n',
    problems: [
      `ocspbot.yaml:2:32: "ocsp" of "a" would overwrite the chain of "b": "DIR/certs/b-chain.pem"
  2 |   a: {cert: certs/a.pem, ocsp: certs/b-chain.pem}
    |                                ^^^^^^^^^^^^^^^^^
  name a file of its own for the response`,
    ],
  },
  {
    name: 'metrics and a page over other files',
    yaml: 'metrics_file: out/a\nhtml_file: certs/../certs/a.pem\ndomains:\n  a: {cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:1:15: "metrics_file" would overwrite the response of "a": "DIR/out/a"
  1 | metrics_file: out/a
    |               ^^^^^
  name a file of its own`,
      `ocspbot.yaml:2:12: "html_file" would overwrite the certificate of "a": "DIR/certs/a.pem"
  2 | html_file: certs/../certs/a.pem
    |            ^^^^^^^^^^^^^^^^^^^^
  name a file of its own`,
    ],
  },
  {
    name: 'paths for a shell, which expands them',
    yaml: 'ocsp_folder: ~/ocsp\noutput_log: $HOME/log\ndomains:\n  a: {cert: $CERTS/a.pem, ocsp: a}\n  b: {cert: certs/b.pem, ocsp: ~ocsp/b}\n',
    problems: [
      `ocspbot.yaml:1:14: the folder "DIR/~/ocsp" does not exist
  1 | ocsp_folder: ~/ocsp
    |              ^^^^^^
  write the whole path: ~ is not expanded here`,
      `ocspbot.yaml:2:13: the folder "DIR/$HOME" does not exist
  2 | output_log: $HOME/log
    |             ^^^^^^^^^
  write the whole path: variables are not expanded here`,
      `ocspbot.yaml:4:13: the certificate "DIR/$CERTS/a.pem" does not exist
  4 |   a: {cert: $CERTS/a.pem, ocsp: a}
    |             ^^^^^^^^^^^^
  write the whole path: variables are not expanded here`,
      `ocspbot.yaml:5:32: the folder "DIR/~/ocsp/~ocsp" does not exist
  5 |   b: {cert: certs/b.pem, ocsp: ~ocsp/b}
    |                                ^^^^^^^
  write the whole path: ~ is not expanded here`,
    ],
  },
  {
    name: 'logs over other files',
    yaml: 'output_log: certs/a.pem\nerror_log: out/a\ndomains:\n  a: {cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:1:13: "output_log" would overwrite the certificate of "a": "DIR/certs/a.pem"
  1 | output_log: certs/a.pem
    |             ^^^^^^^^^^^
  name a file of its own`,
      `ocspbot.yaml:2:12: "error_log" would overwrite the response of "a": "DIR/out/a"
  2 | error_log: out/a
    |            ^^^^^
  name a file of its own`,
    ],
  },
  {
    name: 'a log over the configuration',
    yaml: 'output_log: ocspbot.yaml\ndomains:\n  a: {cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:1:13: "output_log" would overwrite the configuration: "DIR/ocspbot.yaml"
  1 | output_log: ocspbot.yaml
    |             ^^^^^^^^^^^^
  name a file of its own`,
    ],
  },
  {
    name: 'a page over the metrics, and metrics over a log',
    yaml: 'metrics_file: out/m\nhtml_file: out/m\noutput_log: out/m\ndomains:\n  a: {cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:1:15: "metrics_file" would overwrite "output_log": "DIR/out/m"
  1 | metrics_file: out/m
    |               ^^^^^
  name a file of its own`,
      `ocspbot.yaml:2:12: "html_file" would overwrite "metrics_file": "DIR/out/m"
  2 | html_file: out/m
    |            ^^^^^
  name a file of its own`,
    ],
  },
  {
    name: 'a response over the configuration',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: ocspbot.yaml}\n',
    problems: [
      `ocspbot.yaml:2:32: "ocsp" of "a" would overwrite the configuration: "DIR/ocspbot.yaml"
  2 |   a: {cert: certs/a.pem, ocsp: ocspbot.yaml}
    |                                ^^^^^^^^^^^^
  name a file of its own for the response`,
    ],
  },
  {
    name: 'unknown services',
    yaml: 'services: {nginx: }\ndomains:\n  a: {cert: certs/a.pem, ocsp: out/a, services: [ngnix, exim]}\n',
    problems: [
      `ocspbot.yaml:3:50: there is no service "ngnix"
  3 |   a: {cert: certs/a.pem, ocsp: out/a, services: [ngnix, exim]}
    |                                                  ^^^^^
  did you mean "nginx"?`,
      `ocspbot.yaml:3:57: there is no service "exim"
  3 |   a: {cert: certs/a.pem, ocsp: out/a, services: [ngnix, exim]}
    |                                                         ^^^^
  define it in the main file: services: {exim: {}}`,
    ],
  },
  {
    name: 'broken services are not unknown too',
    yaml: 'services: [nginx]\ndomains:\n  a: {cert: certs/a.pem, ocsp: out/a, services: [nginx]}\n',
    problems: [
      `ocspbot.yaml:1:11: "services" must be a mapping of names, but is a list
  1 | services: [nginx]
    |           ^^^^^^^
  write for example: services: {nginx: {exit_bit: 2}}`,
    ],
  },
  {
    name: 'a missing trusted responder',
    yaml: 'trusted_responders: [responder.pem]\n',
    problems: [
      `ocspbot.yaml:1:22: the trusted responder "DIR/responder.pem" does not exist
  1 | trusted_responders: [responder.pem]
    |                      ^^^^^^^^^^^^^
  relative paths begin in the working directory ("DIR")`,
    ],
  },
  {
    name: 'a missing folder for logs',
    yaml: 'output_log: logs/{year}.log\n',
    problems: [
      `ocspbot.yaml:1:13: the folder "DIR/logs" does not exist
  1 | output_log: logs/{year}.log
    |             ^^^^^^^^^^^^^^^
  mkdir -p DIR/logs`,
    ],
  },
  {
    name: 'folders in place of files that a run writes',
    yaml: 'error_log: out\nhtml_file: certs\n',
    problems: [
      `ocspbot.yaml:1:12: "error_log" is a folder: "DIR/out"
  1 | error_log: out
    |            ^^^
  name a file in it`,
      `ocspbot.yaml:2:12: "html_file" is a folder: "DIR/certs"
  2 | html_file: certs
    |            ^^^^^
  name a file in it`,
    ],
  },
  {
    name: 'wrong backups',
    yaml: 'backups: {folder: backups, keep: 0, max_age: 30}\n',
    problems: [
      `ocspbot.yaml:1:19: the folder "DIR/backups" does not exist
  1 | backups: {folder: backups, keep: 0, max_age: 30}
    |                   ^^^^^^^
  mkdir -p DIR/backups`,
      `ocspbot.yaml:1:34: "keep" must be a whole number of at least 1, but is the number 0
  1 | backups: {folder: backups, keep: 0, max_age: 30}
    |                                  ^
  write for example: keep: 10`,
      `ocspbot.yaml:1:46: "max_age" is 30 of what?
  1 | backups: {folder: backups, keep: 0, max_age: 30}
    |                                              ^^
  add a unit: 30d for days, 30h for hours`,
    ],
  },
  {
    name: 'a file for the state folder',
    yaml: 'state_folder: certs/a.pem\n',
    problems: [
      `ocspbot.yaml:1:15: "DIR/certs/a.pem" is not a folder
  1 | state_folder: certs/a.pem
    |               ^^^^^^^^^^^
  name a folder`,
    ],
  },
  {
    name: 'a state folder for a shell',
    yaml: 'state_folder: ~/state\n',
    problems: [
      `ocspbot.yaml:1:15: the folder "DIR/~/state" does not exist
  1 | state_folder: ~/state
    |               ^^^^^^^
  write the whole path: ~ is not expanded here`,
    ],
  },
  {
    name: 'a file for an include folder',
    yaml: 'includes: [certs/a.pem]\n',
    problems: [
      `ocspbot.yaml:1:12: the folder "DIR/certs/a.pem" is not a folder
  1 | includes: [certs/a.pem]
    |            ^^^^^^^^^^^
  name a folder with *.yml or *.yaml files`,
    ],
  },
  {
    name: 'a missing folder of scan_keys',
    yaml: 'scan_keys:\n  - folder: nowhere\n',
    problems: [
      `ocspbot.yaml:2:13: the folder "DIR/nowhere" does not exist
  2 |   - folder: nowhere
    |             ^^^^^^^
  name an existing folder that this user may read`,
    ],
  },
  {
    name: 'a folder of scan_keys for a shell',
    yaml: 'scan_keys:\n  - folder: ~/certs\n',
    problems: [
      `ocspbot.yaml:2:13: the folder "DIR/~/certs" does not exist
  2 |   - folder: ~/certs
    |             ^^^^^^^
  write the whole path: ~ is not expanded here`,
    ],
  },
  {
    name: 'a file for a folder of scan_keys',
    yaml: 'scan_keys:\n  - folder: certs/a.pem\n',
    problems: [
      `ocspbot.yaml:2:13: the folder "DIR/certs/a.pem" is not a folder
  2 |   - folder: certs/a.pem
    |             ^^^^^^^^^^^
  name an existing folder that this user may read`,
    ],
  },
  {
    name: 'paths are not judged without knowing where they begin',
    yaml: 'ocsp_folder: [x]\ncolour: red\ndomains:\n  a: {cert: nowhere, ocsp: a}\n',
    problems: [
      `ocspbot.yaml:1:14: "ocsp_folder" must be the path of a folder, but is a list
  1 | ocsp_folder: [x]
    |              ^^^
  write for example: ocsp_folder: /var/lib/ocsp`,
      `ocspbot.yaml:2:1: unknown key "colour" in the configuration
  2 | colour: red
    | ^^^^^^
  known here: domains, scan_keys, includes, services, run_reloads, reload_timeout, relative_to, ocsp_folder, state_folder, minimum_validity, minimum_validity_percentage, critical_validity, make_backups, backups, stop_on_error, run_timeout, parallel_threads, output_log, error_log, metrics_file, html_file, publish_folder, notify, ping, openssl_executable, http, kubernetes, clock_skew, max_age, assumed_validity, trusted_responders, issuers, allow_sha1_signatures`,
    ],
  },
])('$name', ({ yaml, problems }) => expect(problemsOf(makeFolder(), yaml)).toEqual(problems));

test('names that are longer than a file may have', () => {
  const sandbox = makeFolder();
  // 256 bytes
  const long = `${'ä'.repeat(127)}ab`;
  // It is shorter once the time is filled in.
  const yaml = `output_log: '${'{year}'.repeat(50)}'
error_log: certs/${long}
html_file: certs/${long}c
metrics_file: ${long}/m
state_folder: ${long}
domains:
  a: {cert: ${long}, ocsp: out/a}
  b: ${domain('b', `out/${long}`)}
  c: ${domain('b', `out/${long.slice(1)}`)}
`;
  const { defects } = readText(sandbox, yaml);
  const words = defects.map(({ message, hint }) => [message.replaceAll(/"\/[^"]+"/g, 'PATH'), hint]);
  const shorter = 'give it a name of at most 255 bytes: a letter outside of ASCII takes two or more';
  expect(words).toEqual([
    ['"error_log" has a name that is too long: PATH', shorter],
    ['"html_file" has a name that is too long: PATH', shorter],
    ['the folder PATH has a name that is too long', shorter],
    ['PATH has a name that is too long', shorter],
    ['the certificate PATH is too long for the name of a file', 'correct the path'],
    ['"ocsp" of "b" has a name that is too long: PATH', shorter],
  ]);
});

test('problems of one file come in the order of their lines, those of included files after them', () => {
  const sandbox = makeFolder();
  sandbox.write('conf.d/1.yml', 'domains:\n  c: {cert: certs/c.pem, ocsp: out/c}\nmake_backups: yes\n');
  const yaml = `output_log: out/{x}.log
includes: [conf.d]
domains:
  a: {cert: certs/x.pem, ocsp: out/a, services: web}
  a: {}
make_backup: yes
`;
  const places = problemsOf(sandbox, yaml).map((text) => text.split(': ')[0]);
  expect(places).toEqual([
    'ocspbot.yaml:1:13',
    'ocspbot.yaml:4:13',
    'ocspbot.yaml:4:49',
    'ocspbot.yaml:5:3',
    'ocspbot.yaml:6:1',
    'conf.d/1.yml:2:13',
    'conf.d/1.yml:3:1',
  ]);
});

test('one file under two names: through links to the folder and to the file', () => {
  const sandbox = makeFolder();
  symlinkSync('out', sandbox.path('linked'));
  symlinkSync('a.ocsp', sandbox.path('out/other.ocsp'));
  sandbox.write('out/a.ocsp', 'response');
  const yaml = `domains:
  a: ${domain('a', 'linked/a.ocsp')}
  b: ${domain('b', 'out/a.ocsp')}
  c: ${domain('b', 'out/other.ocsp')}
`;
  expect(problemsOf(sandbox, yaml).map((text) => text.split('\n')[0])).toEqual([
    'ocspbot.yaml:3:32: "a" and "b" write the same file "DIR/out/a.ocsp"',
    'ocspbot.yaml:4:32: "a" and "c" write the same file "DIR/out/other.ocsp"',
  ]);
});

test.each(['make_backups: true', 'backups: {folder: kept}\nmake_backups: false', 'backups: {folder: kept}'])(
  'backups that lie apart, or are none, or have names of their own: %s',
  (backups) => {
    const sandbox = makeFolder();
    sandbox.write('kept/.keep', '');
    const [first, second] = backups === 'backups: {folder: kept}' ? ['out/x', 'out/y'] : ['out/x', 'certs/x'];
    const yaml = `${backups}\ndomains:\n  a: ${domain('a', first)}\n  b: ${domain('b', second)}\n`;
    expect(problemsOf(sandbox, yaml)).toEqual([]);
  },
);

test('a state folder that is a link to nothing, as while a disk is not mounted', () => {
  const sandbox = makeFolder();
  symlinkSync('unmounted', sandbox.path('state'));
  const { defects } = readText(sandbox, 'state_folder: state\ndomains: {}\n');
  expect(defects).toMatchObject([
    {
      message: `"${sandbox.path('state')}" is a link to a folder that does not exist`,
      hint: 'renew the link, or mount the disk that it leads to',
    },
  ]);
});

test('a response over a certificate, through a link', () => {
  const sandbox = makeFolder();
  symlinkSync('../certs/b.pem', sandbox.path('out/a.ocsp'));
  const yaml = `domains:\n  a: ${domain('a')}\n  b: ${domain('b')}\n`;
  expect(problemsOf(sandbox, yaml).map((text) => text.split('\n')[0])).toEqual([
    'ocspbot.yaml:2:32: "ocsp" of "a" would overwrite the certificate of "b": "DIR/out/a.ocsp"',
  ]);
});

test('links are followed to what they lead to; a response may be a link to nothing yet', () => {
  const sandbox = makeFolder();
  sandbox.write('real/cert.pem', '');
  symlinkSync('real', sandbox.path('live'));
  symlinkSync('../run/a', sandbox.path('out/dangling'));
  symlinkSync('loop', sandbox.path('loop'));
  symlinkSync('loop2', sandbox.path('loop2'));
  symlinkSync('../nowhere', sandbox.path('certs/gone.pem'));
  const yaml = `domains:
  a: {cert: live/cert.pem, ocsp: out/dangling}
  b: {cert: loop, chain: certs/gone.pem, ocsp: loop2}
`;
  expect(problemsOf(sandbox, yaml).map((text) => text.split('\n')[0])).toEqual([
    'ocspbot.yaml:3:13: the certificate "DIR/loop" cannot be reached',
    'ocspbot.yaml:3:26: the chain "DIR/certs/gone.pem" is a link to a file that does not exist',
    'ocspbot.yaml:3:48: "ocsp" of "b" cannot be reached: "DIR/loop2"',
  ]);
});

test.each([
  ['EACCES', '', 'check the permissions of the folders on the way, and the links'],
  ['EIO', ' (EIO)', 'mount its file system again, and look for disk errors in the kernel log'],
  ['Unknown system error -116', ' (ESTALE)', 'mount its file system again, and look for disk errors'],
])('what cannot be reached is told with what to do: %s', (code, told, hint) => {
  const sandbox = makeFolder();
  const facts = (path: string) => {
    if (!path.startsWith(sandbox.path('lost'))) return nodeFiles.facts(path);
    throw systemError(code);
  };
  const yaml = `state_folder: lost/s
metrics_file: lost/m/m
domains:
  a: {cert: lost/a.pem, ocsp: lost/o/a}
  b: {cert: certs/b.pem, ocsp: out/../lost}
`;
  const problems = problemsOf(sandbox, yaml, { files: { ...nodeFiles, facts } });
  expect(problems.map((text) => text.split('\n')[0])).toEqual([
    `ocspbot.yaml:1:15: "DIR/lost/s" cannot be reached${told}`,
    `ocspbot.yaml:2:15: the folder "DIR/lost/m" cannot be reached${told}`,
    `ocspbot.yaml:4:13: the certificate "DIR/lost/a.pem" cannot be reached${told}`,
    `ocspbot.yaml:4:31: the folder "DIR/lost/o" cannot be reached${told}`,
    `ocspbot.yaml:5:32: "ocsp" of "b" cannot be reached${told}: "DIR/lost"`,
  ]);
  for (const text of problems) expect(text).toContain(hint);
});

test('a socket is no place for a response', async () => {
  const sandbox = makeFolder();
  const server = createServer().listen(sandbox.path('out/socket'));
  await once(server, 'listening');
  const problems = problemsOf(sandbox, `domains:\n  a: ${domain('a', 'out/socket')}\n`);
  server.close();
  expect(problems.map((text) => text.split('\n')[0])).toEqual([
    'ocspbot.yaml:2:32: "ocsp" of "a" is not a regular file: "DIR/out/socket"',
  ]);
});

test('issuers that are none, and one that is there twice', () => {
  const sandbox = makeFolder();
  const { root, intermediate, issue } = makeAuthority();
  sandbox.write('root.pem', root.pem);
  sandbox.write('leaf.pem', issue().pem);
  sandbox.write('chain.pem', issue().pem + intermediate.pem + root.pem);
  sandbox.write('bad.pem', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n');
  const uri = 'ocsp_responder_uri: "http://x/"';
  const yaml = `issuers:
  root: {cert: root.pem, ${uri}}
  leaf: {cert: leaf.pem, ${uri}}
  text: {cert: certs/a.pem, ${uri}}
  bad: {cert: bad.pem, ${uri}}
  absent: {cert: absent.pem, ${uri}}
  chain: {cert: chain.pem, ${uri}}
  nothing: {}
  own: {cert: root.pem, ocsp_responder_uri: certificate}
`;
  const problems = problemsOf(sandbox, yaml).map((text) => text.split('\n'));
  expect(problems.map(([first, , , last]) => [first, last?.trim()])).toEqual([
    [
      'ocspbot.yaml:3:16: "DIR/leaf.pem" has no certificate of a CA',
      'name the certificate of the issuer, as it stands in the "chain" of its certificates',
    ],
    [
      'ocspbot.yaml:4:16: DIR/certs/a.pem has no certificate: no PEM block at all',
      'give a certificate in PEM (-----BEGIN CERTIFICATE-----) or DER',
    ],
    [
      expect.stringMatching(/^ocspbot\.yaml:5:15: DIR\/bad\.pem has a certificate that cannot be read: /),
      'look at it with: openssl x509 -noout -text -in FILE',
    ],
    [
      'ocspbot.yaml:6:18: the certificate "DIR/absent.pem" does not exist',
      'relative paths begin in the working directory ("DIR")',
    ],
    [
      'ocspbot.yaml:7:3: "root" and "chain" are the same issuer',
      'the first is at ocspbot.yaml:2:3; keep one',
    ],
    [
      'ocspbot.yaml:8:3: the issuer "nothing" has no "cert"',
      'add the certificate of the issuer, for example: cert: certs/internal-ca.pem',
    ],
    [
      'ocspbot.yaml:8:3: the issuer "nothing" has no "ocsp_responder_uri"',
      'add the responder for all certificates of this issuer, for example: ocsp_responder_uri: http://ocsp.example.com',
    ],
    [
      'ocspbot.yaml:9:45: "certificate" is not an http or https URL',
      'write for example: http://ocsp.example.com',
    ],
  ]);
});

test("keys that begin with x- are the administrator's own", () => {
  const sandbox = makeFolder();
  const yaml = `x-defaults: &common {services: [web]}
services: {web: }
domains:
  a: {<<: *common, cert: certs/a.pem, ocsp: out/a.ocsp, x-ticket: 12}
`;
  expect(problemsOf(sandbox, yaml)).toEqual([]);
});
