import { expect, test } from 'vitest';
import { makeFolder, problemsOf } from './support/reading.js';

test.each([
  {
    name: 'an empty file',
    yaml: '',
    problems: [
      `ocspbot.yaml:1:1: no certificates are configured: the file is empty
  list certificates under "domains", or name folders with them under "scan_keys"`,
    ],
  },
  {
    name: 'only comments',
    yaml: '# nothing yet\n\n# domains:\n',
    problems: [
      `ocspbot.yaml:1:1: no certificates are configured: the file is empty
  1 | # nothing yet
    | ^
  list certificates under "domains", or name folders with them under "scan_keys"`,
    ],
  },
  {
    name: 'only the marks of a document',
    yaml: '---\n...\n',
    problems: [
      `ocspbot.yaml:1:1: no certificates are configured: the file is empty
  1 | ---
    | ^
  list certificates under "domains", or name folders with them under "scan_keys"`,
    ],
  },
  {
    name: 'a list',
    yaml: '- a\n- b\n',
    problems: [
      `ocspbot.yaml:1:1: the configuration must be a mapping of keys to values, but is a list
  1 | - a
    | ^^^
  write for example: minimum_validity: 3d`,
    ],
  },
  {
    name: 'text',
    yaml: 'hello world\n',
    problems: [
      `ocspbot.yaml:1:1: the configuration must be a mapping of keys to values, but is the text "hello world"
  1 | hello world
    | ^^^^^^^^^^^
  write for example: minimum_validity: 3d`,
    ],
  },
  {
    name: 'a key without a colon',
    yaml: 'make_backups yes\n',
    problems: [
      `ocspbot.yaml:1:1: the configuration must be a mapping of keys to values, but is the text "make_backups yes"
  1 | make_backups yes
    | ^^^^^^^^^^^^^^^^
  write for example: minimum_validity: 3d`,
    ],
  },
  {
    name: 'a tab as indentation',
    yaml: 'domains:\n\ta: {}\n',
    problems: [
      `ocspbot.yaml:2:1: a tab is used for indentation
  2 |  a: {}
    | ^
  indent with spaces`,
    ],
  },
  {
    name: 'a line that is indented too little',
    yaml: 'domains:\n  a:\n    cert: x\n   ocsp: y\n',
    problems: [
      `ocspbot.yaml:4:4: this is indented unlike the lines of its level
  4 |    ocsp: y
    |    ^
  indent all keys of one level by the same number of spaces`,
    ],
  },
  {
    name: 'a wildcard name without quotes',
    yaml: 'domains:\n  *.example.com:\n    cert: x\n    ocsp: y\n  b:\n    cert: z\n',
    problems: [
      `ocspbot.yaml:2:3: text begins with *
  2 |   *.example.com:
    |   ^^^^^^^^^^^^^^
  text that begins with * must be in quotes, like "*.example.com"`,
    ],
  },
  {
    name: 'an alias of nothing',
    yaml: 'ocsp_folder: *out\n',
    problems: [
      `ocspbot.yaml:1:14: nothing is called &out, so "*out" stands for nothing
  1 | ocsp_folder: *out
    |              ^^^^
  text that begins with * must be in quotes, like "*.example.com"`,
    ],
  },
  {
    name: 'a mask without quotes',
    yaml: 'scan_keys:\n  - cert_mask: {domain}.pem\n',
    problems: [
      `ocspbot.yaml:2:24: the value has already ended before this
  2 |   - cert_mask: {domain}.pem
    |                        ^^^^
  put the whole value in quotes, like '{domain}.pem'`,
    ],
  },
  {
    name: 'a quotation mark that is not closed',
    yaml: 'ocsp_folder: "out\nmake_backups: yes\n',
    problems: [
      `ocspbot.yaml:1:14: this " is not closed
  1 | ocsp_folder: "out
    |              ^
  add the closing "`,
    ],
  },
  {
    name: 'a bracket that is not closed',
    yaml: 'includes: [a, b\nmake_backups: yes\nparallel_threads: 2\n',
    problems: [
      `ocspbot.yaml:1:11: this [ is not closed
  1 | includes: [a, b
    |           ^
  add the closing ]`,
    ],
  },
  {
    name: 'a second colon',
    yaml: 'ocsp_folder: a: b\n',
    problems: [
      `ocspbot.yaml:1:14: a key has a value and then keys of its own
  1 | ocsp_folder: a: b
    |              ^
  put a value that contains ": " in quotes, or indent all keys of one level by the same number of spaces`,
    ],
  },
  {
    name: 'no space after the colon',
    yaml: 'make_backups:yes\nparallel_threads: 1\n',
    problems: [
      `ocspbot.yaml:1:1: this is not a key with a value
  1 | make_backups:yes
    | ^^^^^^^^^^^^^^^^
  write "key: value", with a space after the colon`,
    ],
  },
  {
    name: 'a list behind its key',
    yaml: 'includes: - conf.d\n',
    problems: [
      `ocspbot.yaml:1:11: a list begins behind its key
  1 | includes: - conf.d
    |           ^
  begin it on a line of its own`,
    ],
  },
  {
    name: 'a character that YAML reserves',
    yaml: 'ocsp_folder: @x\n',
    problems: [
      `ocspbot.yaml:1:14: a value cannot begin with "@"
  1 | ocsp_folder: @x
    |              ^
  put the whole value in quotes`,
    ],
  },
  {
    name: 'an unknown escape',
    yaml: 'ocsp_folder: "C:\\dir"\n',
    problems: [
      `ocspbot.yaml:1:17: "\\" does not begin an escape of "…"
  1 | ocsp_folder: "C:\\dir"
    |                 ^
  write it in single quotes: '…'`,
    ],
  },
  {
    name: 'two documents',
    yaml: 'make_backups: yes\n---\nmake_backups: no\n',
    problems: [
      `ocspbot.yaml:2:1: a second document begins here
  2 | ---
    | ^^^
  remove the line "---"`,
    ],
  },
  {
    name: 'a foreign tag',
    yaml: 'ocsp_folder: !vault x\n',
    problems: [
      `ocspbot.yaml:1:14: the tag "!vault" means nothing here
  1 | ocsp_folder: !vault x
    |              ^^^^^^
  write the value without it`,
    ],
  },
  {
    name: 'two errors at once',
    yaml: 'ocsp_folder: @x\nb: c: d\n',
    problems: [
      `ocspbot.yaml:1:14: a value cannot begin with "@"
  1 | ocsp_folder: @x
    |              ^
  put the whole value in quotes`,
      `ocspbot.yaml:2:4: a key has a value and then keys of its own
  2 | b: c: d
    |    ^
  put a value that contains ": " in quotes, or indent all keys of one level by the same number of spaces`,
    ],
  },
  {
    name: 'a key that is a list',
    yaml: '? [a, b]\n: c\n',
    problems: [
      `ocspbot.yaml:1:3: a key must be text
  1 | ? [a, b]
    |   ^^^^^^
  put it in quotes when it begins with [ or {`,
    ],
  },
  {
    name: 'a merge of something else',
    yaml: 'domains:\n  a: {<<: x, cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:2:11: "<<" must be followed by a mapping
  2 |   a: {<<: x, cert: certs/a.pem, ocsp: out/a}
    |           ^
  write for example: <<: *defaults`,
    ],
  },
  {
    name: 'a mapping that merges itself',
    yaml: 'domains:\n  a: &a {<<: *a, colour: red, cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:2:18: unknown key "colour" in the domain "a"
  2 |   a: &a {<<: *a, colour: red, cert: certs/a.pem, ocsp: out/a}
    |                  ^^^^^^
  known here: cert, chain, rootchain, ocsp, ocsp_responder_uri, format, services`,
    ],
  },
  {
    name: 'a wrong value that is used twice',
    yaml: 'domains:\n  a: &a {cert: certs/x.pem, ocsp: out/a}\n  b: {<<: *a, ocsp: out/b}\n',
    problems: [
      `ocspbot.yaml:2:16: the certificate "DIR/certs/x.pem" does not exist
  2 |   a: &a {cert: certs/x.pem, ocsp: out/a}
    |                ^^^^^^^^^^^
  relative paths begin in the working directory ("DIR")`,
    ],
  },
  {
    name: 'a key that is twice in a merged mapping',
    yaml: 'domains:\n  a: &a {cert: certs/a.pem, cert: certs/b.pem, ocsp: out/a}\n  b: {<<: *a, ocsp: out/b}\n',
    problems: [
      `ocspbot.yaml:2:29: "cert" appears twice
  2 |   a: &a {cert: certs/a.pem, cert: certs/b.pem, ocsp: out/a}
    |                             ^^^^
  the first is at ocspbot.yaml:2:10; keep one`,
    ],
  },
  {
    name: 'names that are not indented',
    yaml: 'domains:\na:\n  cert: certs/a.pem\n  ocsp: out/a\nservices:\nnginx: {exit_bit: 2}\n',
    problems: [
      `ocspbot.yaml:2:1: unknown key "a" in the configuration
  2 | a:
    | ^
  it belongs in "domains": indent it`,
      `ocspbot.yaml:6:1: unknown key "nginx" in the configuration
  6 | nginx: {exit_bit: 2}
    | ^^^^^
  it belongs in "services": indent it`,
    ],
  },
  {
    name: 'the same domain twice',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: out/a}\n  a: {cert: certs/b.pem, ocsp: out/b}\n',
    problems: [
      `ocspbot.yaml:3:3: "a" appears twice
  3 |   a: {cert: certs/b.pem, ocsp: out/b}
    |   ^
  the first is at ocspbot.yaml:2:3; keep one`,
    ],
  },
  {
    name: 'the same key twice',
    yaml: 'make_backups: yes\nmake_backups: no\n',
    problems: [
      `ocspbot.yaml:2:1: "make_backups" appears twice
  2 | make_backups: no
    | ^^^^^^^^^^^^
  the first is at ocspbot.yaml:1:1; keep one`,
    ],
  },
  {
    name: 'a control character',
    yaml: 'ocsp_folder: out\u001b[31m\n',
    problems: [
      `ocspbot.yaml:1:17: this is a control character (U+001B)
  1 | ocsp_folder: out␛[31m
    |                 ^
  remove it`,
    ],
  },
  {
    name: 'line ends of CR alone',
    yaml: 'domains:\r  a: {cert: certs/a.pem, ocsp: out/a}\r',
    problems: [
      `ocspbot.yaml:1:9: this line ends with CR alone (U+000D), as those of old Macs
  1 | domains:␍  a: {cert: certs/a.pem, ocsp: out/a}
    |         ^
  convert the file: tr '\\r' '\\n' < ocspbot.yaml > NEW`,
    ],
  },
  {
    name: 'a comment that CR alone ends',
    yaml: '# ours\rmake_backups: yes\ndomains: {}\n',
    problems: [
      `ocspbot.yaml:1:7: this line ends with CR alone (U+000D), as those of old Macs
  1 | # ours␍make_backups: yes
    |       ^
  convert the file: tr '\\r' '\\n' < ocspbot.yaml > NEW`,
    ],
  },
  {
    name: 'no-break spaces for indentation',
    yaml: 'domains:\n\u00a0\u00a0a: {cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:2:1: this is not a space, though it looks like one (U+00A0)
  2 | \u00a0\u00a0a: {cert: certs/a.pem, ocsp: out/a}
    | ^
  write an ordinary space; such characters come with text from web pages`,
    ],
  },
  {
    name: 'a no-break space after a colon',
    yaml: 'domains:\n  a:\u00a0{cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:2:5: this is not a space, though it looks like one (U+00A0)
  2 |   a:\u00a0{cert: certs/a.pem, ocsp: out/a}
    |     ^
  write an ordinary space; such characters come with text from web pages`,
    ],
  },
  {
    name: 'a wide space before a value, in a list',
    yaml: 'includes:\n  - \u3000conf.d\n',
    problems: [
      `ocspbot.yaml:2:5: this is not a space, though it looks like one (U+3000)
  2 |   - \u3000conf.d
    |     ^
  write an ordinary space; such characters come with text from web pages`,
    ],
  },
  {
    name: 'a character without width at the end of a line',
    yaml: 'ocsp_folder: out\u200b\ndomains: {}\n',
    problems: [
      `ocspbot.yaml:1:17: this is not a space, though it looks like one (U+200B)
  1 | ocsp_folder: out\u200b
    |                 ^
  write an ordinary space; such characters come with text from web pages`,
    ],
  },
  {
    name: 'a certificate',
    yaml: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    problems: [
      `ocspbot.yaml:1:1: this is a PEM file, not a configuration
  name the configuration (YAML) instead; certificates are named inside of it, under "domains"`,
    ],
  },
  {
    name: 'a private key',
    yaml: '# key\n-----BEGIN EC PRIVATE KEY-----\nMIIB\n',
    problems: [
      `ocspbot.yaml:2:1: this is a private key, not a configuration
  name the configuration (YAML) instead; certificates are named inside of it, under "domains"`,
    ],
  },
  {
    name: 'octets',
    yaml: '\u0000\u0001\u0002',
    problems: [
      `ocspbot.yaml:1:1: this is not a text file
  name the configuration: a text file in YAML`,
    ],
  },
  {
    name: 'a very long line',
    yaml: '{make_backups: yes,                                                                                                                                                                                                         colour: red,                                                                                                                                                                                                         }\n',
    problems: [
      `ocspbot.yaml:1:221: unknown key "colour" in the configuration
  1 |                                                   colour: red,                                      
    |                                                   ^^^^^^
  known here: domains, scan_keys, includes, services, run_reloads, reload_timeout, relative_to, ocsp_folder, state_folder, minimum_validity, minimum_validity_percentage, critical_validity, make_backups, backups, stop_on_error, run_timeout, parallel_threads, output_log, error_log, metrics_file, html_file, publish_folder, notify, ping, openssl_executable, http, kubernetes, clock_skew, max_age, assumed_validity, trusted_responders, issuers, allow_sha1_signatures`,
    ],
  },
])('$name', ({ yaml, problems }) => expect(problemsOf(makeFolder(), yaml)).toEqual(problems));

test('brackets without end', () => {
  // The column depends on the size of the stack.
  const problems = problemsOf(makeFolder(), `a: ${'['.repeat(20_000)}`);
  expect(problems).toEqual([expect.stringMatching(/^ocspbot\.yaml:1:\d+: this is nested too deeply\n/)]);
});

test.each([
  [
    'UTF-16',
    Buffer.from('\ufeffdomains:\n', 'utf16le'),
    'ocspbot.yaml:1:1: this is UTF-16\n  save the configuration as UTF-8',
  ],
  [
    'Latin-1',
    Buffer.from('# a\nocsp_folder: caf\xe9\n', 'latin1'),
    `ocspbot.yaml:2:17: this is not UTF-8
  2 | ocsp_folder: caf\ufffd
    |                 ^
  save the configuration as UTF-8`,
  ],
])('%s', (_name, bytes, problem) => expect(problemsOf(makeFolder(), bytes)).toEqual([problem]));

test('aliases of aliases cost no more than they take up in the file', () => {
  const lists = Array.from({ length: 30 }, (_, index) => {
    const before = index === 0 ? 'x' : `*l${index - 1}`;
    return `  l${index}: &l${index} {<<: [${`${before}, `.repeat(9)}{k${index}: 1}]}`;
  });
  const problems = problemsOf(makeFolder(), `domains:\n${lists.join('\n').replaceAll('x, ', '')}\n`);
  // Each of 30 mappings lacks two keys, and has the unknown keys of the ones before. The number of problems must not be 9 to the power of 30.
  expect(problems).toHaveLength(60 + (30 * 31) / 2);
});

test('a name like a member of every object is a name like any other', () => {
  const yaml = 'constructor: 1\n__proto__: 2\nhttp: {toString: 3}\n';
  expect(problemsOf(makeFolder(), yaml).map((text) => text.split('\n')[0])).toEqual([
    'ocspbot.yaml:1:1: unknown key "constructor" in the configuration',
    'ocspbot.yaml:2:1: unknown key "__proto__" in the configuration',
    'ocspbot.yaml:3:8: unknown key "toString" in "http"',
  ]);
});

test('characters that look like spaces may stand in comments, in quotes and within words', () => {
  const yaml = [
    'domains: # the\u00a0names:\u00a0here\u00a0',
    '  # \u00a0a',
    '  "a\u00a0b": {cert: certs/a.pem, ocsp: "out/a:\u00a0b"} # \u00a0',
    'x-note: 10\u00a0km # a',
    '',
  ].join('\n');
  expect(problemsOf(makeFolder(), yaml)).toEqual([]);
});
