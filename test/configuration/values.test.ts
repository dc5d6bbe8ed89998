import { expect, test } from 'vitest';
import { makeFolder, problemsOf } from './support/reading.js';

test.each([
  {
    name: 'a misspelt key',
    yaml: 'minimum_validty: 3d\n',
    problems: [
      `ocspbot.yaml:1:1: unknown key "minimum_validty" in the configuration
  1 | minimum_validty: 3d
    | ^^^^^^^^^^^^^^^
  did you mean "minimum_validity"?`,
    ],
  },
  {
    name: 'a key at the wrong place',
    yaml: 'chain: a.pem\n',
    problems: [
      `ocspbot.yaml:1:1: unknown key "chain" in the configuration
  1 | chain: a.pem
    | ^^^^^
  it belongs in "domains: NAME:"`,
    ],
  },
  {
    name: 'an unknown key',
    yaml: 'colour: red\n',
    problems: [
      `ocspbot.yaml:1:1: unknown key "colour" in the configuration
  1 | colour: red
    | ^^^^^^
  known here: domains, scan_keys, includes, services, run_reloads, reload_timeout, relative_to, ocsp_folder, state_folder, minimum_validity, minimum_validity_percentage, critical_validity, make_backups, backups, stop_on_error, run_timeout, parallel_threads, output_log, error_log, metrics_file, html_file, publish_folder, notify, ping, openssl_executable, http, kubernetes, clock_skew, max_age, assumed_validity, trusted_responders, issuers, allow_sha1_signatures`,
    ],
  },
  {
    name: 'missing keys',
    yaml: 'domains:\n  a:\n  b: {cert: certs/b.pem}\n',
    problems: [
      `ocspbot.yaml:2:3: the domain "a" has no "cert"
  2 |   a:
    |   ^
  add the file of the certificate, for example: cert: certs/example.com.pem`,
      `ocspbot.yaml:2:3: the domain "a" has no "ocsp"
  2 |   a:
    |   ^
  add the file that the server staples from, for example: ocsp: example.com.ocsp-resp`,
      `ocspbot.yaml:3:3: the domain "b" has no "ocsp"
  3 |   b: {cert: certs/b.pem}
    |   ^
  add the file that the server staples from, for example: ocsp: example.com.ocsp-resp`,
    ],
  },
  {
    name: 'a list for a path',
    yaml: 'ocsp_folder: [out]\n',
    problems: [
      `ocspbot.yaml:1:14: "ocsp_folder" must be the path of a folder, but is a list
  1 | ocsp_folder: [out]
    |              ^^^^^
  write for example: ocsp_folder: /var/lib/ocsp`,
    ],
  },
  {
    name: 'no value',
    yaml: 'state_folder:\n',
    problems: [
      `ocspbot.yaml:1:1: "state_folder" has no value
  1 | state_folder:
    | ^^^^^^^^^^^^
  write for example: state_folder: /var/lib/ocspbot`,
    ],
  },
  {
    name: 'an empty path',
    yaml: 'state_folder: ""\n',
    problems: [
      `ocspbot.yaml:1:15: "state_folder" is empty
  1 | state_folder: ""
    |               ^^
  write for example: state_folder: /var/lib/ocspbot`,
    ],
  },
  {
    name: 'a truth value for a path',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: yes}\n',
    problems: [
      `ocspbot.yaml:2:32: "ocsp" must be a path, but is the truth value yes
  2 |   a: {cert: certs/a.pem, ocsp: yes}
    |                                ^^^
  write for example: ocsp: example.com.ocsp-resp`,
    ],
  },
  {
    name: 'a number without a unit',
    yaml: 'minimum_validity: 3\n',
    problems: [
      `ocspbot.yaml:1:19: "minimum_validity" is 3 of what?
  1 | minimum_validity: 3
    |                   ^
  add a unit: 3d for days, 3h for hours`,
    ],
  },
  {
    name: 'a fraction without a unit',
    yaml: 'http: {timeout: 1.5}\n',
    problems: [
      `ocspbot.yaml:1:17: "timeout" is 1.5 of what?
  1 | http: {timeout: 1.5}
    |                 ^^^
  write whole numbers with units: 3d, 12 hours, 1w 2d (s, m, h, d, w)`,
    ],
  },
  {
    name: 'an unknown unit',
    yaml: 'max_age: 3 months\n',
    problems: [
      `ocspbot.yaml:1:10: "max_age" is "3 months", which is not a duration
  1 | max_age: 3 months
    |          ^^^^^^^^
  write whole numbers with units: 3d, 12 hours, 1w 2d (s, m, h, d, w)`,
    ],
  },
  {
    name: 'an empty duration',
    yaml: "clock_skew: ''\n",
    problems: [
      `ocspbot.yaml:1:13: "clock_skew" is "", which is not a duration
  1 | clock_skew: ''
    |             ^^
  write whole numbers with units: 3d, 12 hours, 1w 2d (s, m, h, d, w)`,
    ],
  },
  {
    name: 'a duration that is too short',
    yaml: 'max_age: 0d\n',
    problems: [
      `ocspbot.yaml:1:10: "max_age" must be at least 1 second
  1 | max_age: 0d
    |          ^^
  write for example: max_age: 14d`,
    ],
  },
  {
    name: 'a duration that is too long',
    yaml: 'http: {connect_timeout: 3w}\n',
    problems: [
      `ocspbot.yaml:1:25: "connect_timeout" must be at most 1 day
  1 | http: {connect_timeout: 3w}
    |                         ^^
  write for example: connect_timeout: 5s`,
    ],
  },
  {
    name: 'a percentage with its sign',
    yaml: 'minimum_validity_percentage: 50%\n',
    problems: [
      `ocspbot.yaml:1:30: "minimum_validity_percentage" is written without a sign
  1 | minimum_validity_percentage: 50%
    |                              ^^^
  remove the %`,
    ],
  },
  {
    name: 'more than all',
    yaml: 'minimum_validity_percentage: 142\n',
    problems: [
      `ocspbot.yaml:1:30: "minimum_validity_percentage" must be a number from 0 to 100, but is the number 142
  1 | minimum_validity_percentage: 142
    |                              ^^^
  write for example: minimum_validity_percentage: 50`,
    ],
  },
  {
    name: 'a number for a truth value',
    yaml: 'make_backups: 1\n',
    problems: [
      `ocspbot.yaml:1:15: "make_backups" must be true or false, but is the number 1
  1 | make_backups: 1
    |               ^
  write for example: make_backups: true`,
    ],
  },
  {
    name: 'a truth value in quotes',
    yaml: 'stop_on_error: "yes"\n',
    problems: [
      `ocspbot.yaml:1:16: "stop_on_error" must be true or false, but is the text "yes"
  1 | stop_on_error: "yes"
    |                ^^^^^
  remove the quotes`,
    ],
  },
  {
    name: 'zero',
    yaml: 'parallel_threads: 0\n',
    problems: [
      `ocspbot.yaml:1:19: "parallel_threads" must be a whole number of at least 1, but is the number 0
  1 | parallel_threads: 0
    |                   ^
  write for example: parallel_threads: 4`,
    ],
  },
  {
    name: 'a fraction',
    yaml: 'parallel_threads: 2.5\n',
    problems: [
      `ocspbot.yaml:1:19: "parallel_threads" must be a whole number of at least 1, but is the number 2.5
  1 | parallel_threads: 2.5
    |                   ^^^
  write for example: parallel_threads: 4`,
    ],
  },
  {
    name: 'a number in quotes',
    yaml: 'parallel_threads: "4"\n',
    problems: [
      `ocspbot.yaml:1:19: "parallel_threads" must be a whole number of at least 1, but is the text "4"
  1 | parallel_threads: "4"
    |                   ^^^
  remove the quotes`,
    ],
  },
  {
    name: 'a choice in capitals',
    yaml: 'http: {method: POST}\n',
    problems: [
      `ocspbot.yaml:1:16: "method" must be "auto" or "get" or "post", but is "POST"
  1 | http: {method: POST}
    |                ^^^^
  did you mean "post"?`,
    ],
  },
  {
    name: 'an unknown choice',
    yaml: 'relative_to: configuration\n',
    problems: [
      `ocspbot.yaml:1:14: "relative_to" must be "config" or "working_directory", but is "configuration"
  1 | relative_to: configuration
    |              ^^^^^^^^^^^^^
  write for example: relative_to: config`,
    ],
  },
  {
    name: 'an unknown unit of size',
    yaml: 'http: {max_response_size: 1g}\n',
    problems: [
      `ocspbot.yaml:1:27: "max_response_size" must be a number of bytes up to 1048576, but is the text "1g"
  1 | http: {max_response_size: 1g}
    |                           ^^
  write for example: max_response_size: 64k`,
    ],
  },
  {
    name: 'an unknown placeholder',
    yaml: 'output_log: "out/{years}.log"\n',
    problems: [
      `ocspbot.yaml:1:13: "output_log" has the unknown placeholder "{years}"
  1 | output_log: "out/{years}.log"
    |             ^^^^^^^^^^^^^^^^^
  did you mean {year}?`,
    ],
  },
  {
    name: 'a single brace',
    yaml: 'error_log: "out/{day.log"\n',
    problems: [
      `ocspbot.yaml:1:12: "error_log" has a single brace
  1 | error_log: "out/{day.log"
    |            ^^^^^^^^^^^^^^
  placeholders look like this: {year} {month} {day} {hour} {minute} {second}`,
    ],
  },
  {
    name: 'a mask without {domain}',
    yaml: 'scan_keys: [{folder: certs, cert_mask: cert.pem}]\n',
    problems: [
      `ocspbot.yaml:1:40: "cert_mask" has no {domain} in it
  1 | scan_keys: [{folder: certs, cert_mask: cert.pem}]
    |                                        ^^^^^^^^
  write for example: cert_mask: '{domain}.pem'`,
    ],
  },
  {
    name: 'a mask that leads out',
    yaml: "scan_keys: [{folder: certs, ocsp_mask: '../{domain}'}]\n",
    problems: [
      `ocspbot.yaml:1:40: "ocsp_mask" leads out of the folder
  1 | scan_keys: [{folder: certs, ocsp_mask: '../{domain}'}]
    |                                        ^^^^^^^^^^^^^
  write for example: ocsp_mask: '{domain}.ocsp-resp'`,
    ],
  },
  {
    name: 'an absolute mask',
    yaml: "scan_keys: [{folder: certs, ocsp_mask: '/{domain}'}]\n",
    problems: [
      `ocspbot.yaml:1:40: "ocsp_mask" leads out of the folder
  1 | scan_keys: [{folder: certs, ocsp_mask: '/{domain}'}]
    |                                        ^^^^^^^^^^^
  write for example: ocsp_mask: '{domain}.ocsp-resp'`,
    ],
  },
  {
    name: 'a mask that names a folder',
    yaml: "scan_keys: [{folder: certs, cert_mask: '{domain}/'}]\n",
    problems: [
      `ocspbot.yaml:1:40: "cert_mask" names a folder, not a file
  1 | scan_keys: [{folder: certs, cert_mask: '{domain}/'}]
    |                                        ^^^^^^^^^^^
  write for example: cert_mask: '{domain}.pem'`,
    ],
  },
  {
    name: 'a URL without its scheme',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: out/a, ocsp_responder_uri: ocsp.example.com}\n',
    problems: [
      `ocspbot.yaml:2:59: "ocsp.example.com" is not an http or https URL
  2 |   a: {cert: certs/a.pem, ocsp: out/a, ocsp_responder_uri: ocsp.example.com}
    |                                                           ^^^^^^^^^^^^^^^^
  write for example: http://ocsp.example.com, or: certificate`,
    ],
  },
  {
    name: 'a URL of another scheme',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: out/a, ocsp_responder_uri: "ldap://x/"}\n',
    problems: [
      `ocspbot.yaml:2:59: "ldap://x/" is not an http or https URL
  2 |   a: {cert: certs/a.pem, ocsp: out/a, ocsp_responder_uri: "ldap://x/"}
    |                                                           ^^^^^^^^^^^
  write for example: http://ocsp.example.com, or: certificate`,
    ],
  },
  {
    name: 'a list of domains',
    yaml: 'domains:\n  - a\n',
    problems: [
      `ocspbot.yaml:2:3: "domains" must be a mapping of names, but is a list
  2 |   - a
    |   ^^^
  write for example: domains: {example.com: {cert: example.com.pem, ocsp: example.com.ocsp}}`,
    ],
  },
  {
    name: 'text for a list',
    yaml: 'scan_keys: certs\n',
    problems: [
      `ocspbot.yaml:1:12: "scan_keys" must be a list, but is the text "certs"
  1 | scan_keys: certs
    |            ^^^^^
  write for example: scan_keys: [{folder: certs}]`,
    ],
  },
  {
    name: 'an empty item',
    yaml: 'includes:\n  -\n',
    problems: [
      `ocspbot.yaml:2:4: an item of "includes" has no value
  2 |   -
    |    ^
  write for example: includes: [conf.d]`,
    ],
  },
  {
    name: 'control characters in escapes',
    yaml: 'domains:\n  "a\\e[31m\\n": {cert: certs/a.pem, ocsp: "out/\\0"}\n',
    problems: [
      `ocspbot.yaml:2:3: this name contains the control character U+001B
  2 |   "a\\e[31m\\n": {cert: certs/a.pem, ocsp: "out/\\0"}
    |   ^^^^^^^^^^^
  write another name`,
      `ocspbot.yaml:2:42: "ocsp" contains the control character U+0000
  2 |   "a\\e[31m\\n": {cert: certs/a.pem, ocsp: "out/\\0"}
    |                                          ^^^^^^^^
  remove it`,
    ],
  },
  {
    name: 'an empty name',
    yaml: 'domains:\n  "": {cert: certs/a.pem, ocsp: out/a}\n',
    problems: [
      `ocspbot.yaml:2:3: this name is empty
  2 |   "": {cert: certs/a.pem, ocsp: out/a}
    |   ^^
  write another name`,
    ],
  },
  {
    name: 'the name of a service',
    yaml: 'services: {"my server": }\n',
    problems: [
      `ocspbot.yaml:1:12: "my server" cannot be the name of a service
  1 | services: {"my server": }
    |            ^^^^^^^^^^^
  names of services consist of letters, digits and _ . @ -, and begin with a letter or digit`,
    ],
  },
  {
    name: 'exit bits',
    yaml: 'services: {nginx: {exit_bit: 3}, exim: {exit_bit: two}}\n',
    problems: [
      `ocspbot.yaml:1:30: "exit_bit" must be one of 2, 4, 8 and 16, but is the number 3
  1 | services: {nginx: {exit_bit: 3}, exim: {exit_bit: two}}
    |                              ^
  write for example: exit_bit: 2`,
      `ocspbot.yaml:1:51: "exit_bit" must be one of 2, 4, 8 and 16, but is the text "two"
  1 | services: {nginx: {exit_bit: 3}, exim: {exit_bit: two}}
    |                                                   ^^^
  write for example: exit_bit: 2`,
    ],
  },
  {
    name: 'the exit bit of a Node.js that cannot run',
    yaml: 'services: {nginx: {exit_bit: 1}, exim: {exit_bit: +1}}\n',
    problems: [
      `ocspbot.yaml:1:30: "exit_bit" must be one of 2, 4, 8 and 16, but is 1
  1 | services: {nginx: {exit_bit: 1}, exim: {exit_bit: +1}}
    |                              ^
  Node.js itself ends with 1 when it cannot run ocspbot, and that must not ask for a reload; write for example: exit_bit: 2`,
      `ocspbot.yaml:1:51: "exit_bit" must be one of 2, 4, 8 and 16, but is 1
  1 | services: {nginx: {exit_bit: 1}, exim: {exit_bit: +1}}
    |                                                   ^^
  Node.js itself ends with 1 when it cannot run ocspbot, and that must not ask for a reload; write for example: exit_bit: 2`,
    ],
  },
  {
    name: 'more services than bits',
    yaml: 'services: {a: , b: , c: , d: , e: }\n',
    problems: [
      `ocspbot.yaml:1:32: no exit bit is left for the service "e"
  1 | services: {a: , b: , c: , d: , e: }
    |                                ^
  there are four: let services share them by writing "exit_bit: 16" at several`,
    ],
  },
  {
    name: 'a responder with a password',
    yaml: 'domains:\n  a: {cert: certs/a.pem, ocsp: out/a, ocsp_responder_uri: "http://me:secret@x/"}\n',
    problems: [
      `ocspbot.yaml:2:59: "ocsp_responder_uri" has a user name or password in it
  remove them: they are not sent`,
    ],
  },
  {
    name: 'attempts',
    yaml: 'http: {attempts: 11, per_host: 0}\n',
    problems: [
      `ocspbot.yaml:1:18: "attempts" must be a whole number from 1 to 10, but is the number 11
  1 | http: {attempts: 11, per_host: 0}
    |                  ^^
  write for example: attempts: 3`,
      `ocspbot.yaml:1:32: "per_host" must be a whole number of at least 1, but is the number 0
  1 | http: {attempts: 11, per_host: 0}
    |                                ^
  write for example: per_host: 4`,
    ],
  },
])('$name', ({ yaml, problems }) => expect(problemsOf(makeFolder(), yaml)).toEqual(problems));
