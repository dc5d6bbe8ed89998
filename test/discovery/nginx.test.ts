import { describe, expect, test } from 'vitest';
import { readNginx } from '../../src/discovery/nginx/certificates.js';
import { openDump, openMainFile } from '../../src/discovery/nginx/source.js';
import { parseFile } from '../../src/discovery/nginx/syntax.js';
import { countCalls } from './support/calls.js';
import { memoryFiles } from './support/files.js';

/** Makes the output of nginx -T for these files. */
function dumpOf(files: Readonly<Record<string, string>>): string {
  const parts = Object.entries(files).map(([path, text]) => `# configuration file ${path}:\n${text}\n`);
  return `nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n${parts.join('')}`;
}

function read(server: string, http = '') {
  return readNginx(
    openDump(dumpOf({ '/etc/nginx/nginx.conf': `http { ${http} server { listen 443 ssl; ${server} } }` })),
  );
}

const certs = (findings: ReturnType<typeof readNginx>) => findings.uses.map(({ cert }) => cert);

describe('words', () => {
  test.for([
    ['a b;', ['b']],
    ['a \'b c\' "d;e" f\\ g;', ['b c', 'd;e', 'f\\ g']],
    ['a "b\\"c" d\\;e;', ['b"c', 'd\\;e']],
    ['a ${b}c;', ['${b}c']],
    ['a b#c; # comment ; { \n', ['b#c']],
    ['a\n\tb\r\n  c;', ['b', 'c']],
    ["a '';", ['']],
  ] as const)('%s', ([text, args]) => {
    expect(parseFile(text).directives).toMatchObject([{ name: 'a', args, line: 1 }]);
  });

  test('lines are counted, also through quotation marks and comments', () => {
    const { directives } = parseFile('# one\na "x\ny";\n\nb { c;\n d; }\n');
    expect(directives).toMatchObject([
      { name: 'a', line: 2 },
      {
        name: 'b',
        line: 5,
        block: [
          { name: 'c', line: 5 },
          { name: 'd', line: 6 },
        ],
      },
    ]);
  });

  test('Lua is not configuration', () => {
    const lua = 'content_by_lua_block { x = "}" -- }\n if y then z({1, \'{\'}) end } server_name a;';
    expect(parseFile(lua).directives.map(({ name }) => name)).toEqual([
      'content_by_lua_block',
      'server_name',
    ]);
  });

  test.for(['}', '}}} a;', 'a {', '"', "'x", 'a { b', '\\', 'a {}}{', '${', '#', ';;;'])(
    'survives %s',
    (text) => {
      expect(() => parseFile(text).directives).not.toThrow();
    },
  );

  test('fifty thousand braces need no stack', () => {
    expect(parseFile('a {'.repeat(50_000)).directives).toHaveLength(1);
  });
});

test('the certificate of a server, with names, listeners and place', () => {
  const { uses } = read('server_name _ ~^x *.example.com a.example.com; ssl_certificate "c/a b.pem";');
  expect(uses).toEqual([
    {
      server: 'nginx',
      cert: '/etc/nginx/c/a b.pem',
      chains: [],
      place: { file: '/etc/nginx/nginx.conf', line: 1 },
      names: ['a.example.com'],
      listeners: [{ host: '127.0.0.1', port: 443, starttls: undefined }],
      staple: undefined,
      isStapling: false,
      obstacle: undefined,
    },
  ]);
});

test('what a server does not say is that of the block around it', () => {
  const http = 'ssl_stapling on; ssl_certificate /h.pem; ssl_trusted_certificate /chain.pem;';
  expect(read('ssl_stapling_file s.der;', http).uses).toMatchObject([
    { cert: '/h.pem', staple: '/etc/nginx/s.der', isStapling: true, chains: ['/chain.pem'] },
  ]);
  expect(read('ssl_stapling_file /s.der; ssl_stapling off;', http).uses).toMatchObject([
    { staple: '/s.der', isStapling: false },
  ]);
  expect(certs(read('ssl_certificate /own.pem;', http))).toEqual(['/own.pem']);
});

test('the place of an inherited certificate is the server: a line around it would hold for the certificates of others', () => {
  const text = [
    'http { ssl_certificate /h.pem;',
    'server { listen 443 ssl; }',
    'server { listen 443 ssl; ssl_certificate /own.pem; }',
    'server { listen 443 ssl; } }',
  ].join('\n');
  const { uses } = readNginx(openDump(dumpOf({ '/n.conf': text })));
  expect(uses.map(({ cert, place }) => [cert, place.line])).toEqual([
    ['/h.pem', 2],
    ['/own.pem', 3],
    ['/h.pem', 4],
  ]);
});

test('settings behind the servers count, too', () => {
  const dump = dumpOf({ '/n.conf': 'http { server { listen 443 ssl; } ssl_certificate /late.pem; }' });
  expect(certs(readNginx(openDump(dump)))).toEqual(['/late.pem']);
});

test.for([
  ['0.0.0.0:443', '*:443 ssl'],
  ['443', '0.0.0.0:443 ssl'],
  ['127.0.0.1:8443', 'localhost:8443 ssl'],
] as const)('listen %s and %s are one socket', ([plain, secure]) => {
  const text = [plain, secure].map(
    (listen) => `server { listen ${listen}; ssl_certificate /${listen.length}; }`,
  );
  const findings = readNginx(openDump(dumpOf({ '/n.conf': `http { ${text.join('\n')} }` })));
  expect(certs(findings)).toEqual([`/${plain.length}`, `/${secure.length}`]);
});

test('only servers with TLS count; one listener makes a socket a TLS one for all', () => {
  const server = (listen: string, cert: string) => `server { ${listen} ssl_certificate ${cert}; }`;
  const text = [
    server('listen 80;', '/plain.pem'),
    server('listen 443;', '/shared.pem'),
    server('listen *:443 ssl default_server;', '/own.pem'),
    server('listen 8443; ssl on;', '/old.pem'),
    server('', '/none.pem'),
  ].join('\n');
  const findings = readNginx(openDump(dumpOf({ '/n.conf': `http { ${text} }` })));
  expect(certs(findings)).toEqual(['/shared.pem', '/own.pem', '/old.pem']);
});

test.for([
  ['443 ssl', [443]],
  ['443 quic', []],
  ['443 ssl proxy_protocol', []],
  ['443 ssl; } server { listen *:443 proxy_protocol', []],
  ['unix:/run/x ssl', []],
] as const)('listen %s: the ports that a visitor reaches', ([listen, ports]) => {
  const text = `http { server { listen ${listen}; ssl_certificate /c; } }`;
  const [use] = readNginx(openDump(dumpOf({ '/n.conf': text }))).uses;
  expect(use?.listeners.map(({ port }) => port)).toEqual(ports);
});

test('two certificates in one server are told', () => {
  const { uses } = read(
    'ssl_certificate /rsa.pem; ssl_certificate /ec.pem; ssl_stapling on; ssl_stapling_file /s;',
  );
  expect(uses).toMatchObject([
    { cert: '/rsa.pem', obstacle: 'several-certificates' },
    { cert: '/ec.pem', obstacle: 'several-certificates' },
  ]);
});

test.for(['/etc/$ssl_server_name.pem', 'data:$certificate', 'engine:x', '"${x}"'])(
  'a value that is not a path is said: %s',
  (value) => {
    const { uses, remarks } = read(`ssl_certificate ${value};`, 'ssl_certificate /outer.pem;');
    expect(uses).toEqual([]);
    expect(remarks).toMatchObject([
      { text: expect.stringMatching(/nginx\.conf:1: ssl_certificate .* (followed|file)$/) },
    ]);
  },
);

test.for([
  ['/c/$ssl_server_name.pem', /^nginx staples nothing for it: name its file without a variable/],
  ['data:$certificate', /^nginx staples nothing for it: save the certificate in a file, and name its file/],
  ['"data:-----BEGIN CERTIFICATE-----"', /^save the certificate in a file, and name that file here$/],
] as const)('the advice fits %s', ([value, hint]) => {
  expect(read(`ssl_certificate ${value};`).remarks).toMatchObject([{ hint: expect.stringMatching(hint) }]);
});

describe('what nginx refuses', () => {
  const server = (name: string, cert: string) =>
    `server { listen 443 ssl; server_name ${name}; ssl_certificate ${cert}; }\n`;
  const readText = (text: string) => readNginx(openMainFile('/n.conf', text, memoryFiles()));

  test.for(['~^(?<n>[a-z]{2,3})\\.example$', 'a {2} b', '~^\\d{4}$ a.example'])(
    'a brace without quotation marks hides no server: server_name %s',
    (name) => {
      const findings = readText(`http {\n${server(name, '/a.pem')}${server('b.example', '/b.pem')}}`);
      expect(certs(findings)).toEqual(['/a.pem', '/b.pem']);
      expect(findings.remarks).toMatchObject([
        { text: expect.stringMatching(/^\/n\.conf:2: a syntax error/) },
      ]);
    },
  );

  test.for([
    ['a block without an end', 1, `http {\nserver { listen 1 ssl;\n${server('b', '/b')}}`],
    ['a brace too many', 3, `http {\n${server('b', '/b')}}}`],
    ['a quotation mark without a second one', 2, `http {\nserver { server_name "a;\n${server('b', '/b')}}`],
    ['a directive without a semicolon', 2, `http {\nserver { listen 1 ssl; ssl_certificate /b }\n}`],
    ['a directive without a semicolon at the end', 2, 'events {}\ninclude x'],
  ] as const)('%s is said', ([, line, text]) => {
    const { remarks } = readText(text);
    expect(remarks).toMatchObject([{ text: expect.stringContaining(`/n.conf:${line}: a syntax error`) }]);
  });

  test('an included file is named once, however often it is included', () => {
    const files = memoryFiles({ '/tls': '\nssl_certificate "/a;' });
    const main = 'http { server { include /tls; } server { include /tls; } }';
    const { remarks } = readNginx(openMainFile('/n.conf', main, files));
    expect(remarks).toMatchObject([{ text: expect.stringMatching(/^\/tls:2: /), hint: expect.any(String) }]);
  });

  test.for(['a "b\\"c" \'d"e\';', 'map $a $b { "~^y{2}" 2; }', 'a ${b}; c { d; }', ''])(
    'nothing is said of %s',
    (text) => {
      expect(readText(`${text}\nhttp { ${server('b', '/b')} }`).remarks).toEqual([]);
    },
  );
});

test('a section "stream" can staple if it has a file: before 1.27.2 nginx does not start with one', () => {
  const server = 'server { listen 993 ssl; ssl_certificate /a.pem; ssl_stapling on; ssl_stapling_file /s; }';
  for (const [section, obstacle] of [
    ['stream', undefined],
    ['mail', 'section'],
  ])
    expect(readNginx(openDump(dumpOf({ '/n.conf': `${section} { ${server} }` }))).uses).toMatchObject([
      { cert: '/a.pem', staple: '/s', obstacle, listeners: obstacle === undefined ? [{ port: 993 }] : [] },
    ]);
});

test('sections that cannot staple', () => {
  const dump = dumpOf({
    '/n.conf':
      'stream { server { listen 1 ssl; ssl_certificate /s.pem; } } mail {server{listen 2 ssl; ssl_certificate /m.pem;}}',
  });
  expect(readNginx(openDump(dump)).uses).toMatchObject([{ obstacle: 'section' }, { obstacle: 'section' }]);
});

describe('includes', () => {
  const files = {
    '/etc/nginx/nginx.conf': 'http { include sites/*.conf; include /absent.conf; include none/*; }',
    '/etc/nginx/sites/b.conf': 'server { listen 443 ssl; include snippets/tls; server_name b.example.com; }',
    '/etc/nginx/sites/a.conf': 'server { listen 443 ssl; ssl_certificate a.pem; }',
    '/etc/nginx/sites/.hidden.conf': 'server { listen 443 ssl; ssl_certificate hidden.pem; }',
    '/etc/nginx/snippets/tls': '\nssl_certificate tls.pem;',
  };

  test.for([
    ['a dump', () => openDump(dumpOf(files))],
    [
      'the disk',
      () => openMainFile('/etc/nginx/nginx.conf', files['/etc/nginx/nginx.conf'], memoryFiles(files)),
    ],
  ] as const)('of %s', ([, open]) => {
    const { uses, remarks } = readNginx(open());
    expect(uses.map(({ cert, place }) => [cert, place.file, place.line])).toEqual([
      ['/etc/nginx/a.pem', '/etc/nginx/sites/a.conf', 1],
      ['/etc/nginx/tls.pem', '/etc/nginx/snippets/tls', 2],
    ]);
    expect(remarks).toMatchObject([
      { text: expect.stringContaining('"/absent.conf", which cannot be read: there is no such file') },
    ]);
  });

  test.for(['./s/a.conf', 's//a.conf', '/n//s/*.conf', '/n/./s/a.conf', './s/*.conf', 's/../s/*.conf'])(
    'of a dump, which has the path as it is written: %s',
    (written) => {
      const shown = (written.startsWith('/') ? written : `/n/${written}`).replace('*', 'a');
      const site = 'server { listen 443 ssl; ssl_certificate /a.pem; }';
      const dump = dumpOf({ '/n/nginx.conf': `http { include ${written}; }`, [shown]: site });
      expect(readNginx(openDump(dump))).toMatchObject({ uses: [{ cert: '/a.pem' }], remarks: [] });
    },
  );

  test('of themselves end', () => {
    const loop = {
      '/n.conf': 'http { include a; }',
      '/a': 'include a; include a;\nserver { listen 1 ssl; ssl_certificate x; }',
    };
    const { remarks } = readNginx(openDump(dumpOf(loop)));
    expect(remarks[0]?.text).toMatch(/includes too much, or itself/);
  });

  test('of each other by a pattern end', () => {
    const names = [...'abcdefghij'].map((name) => `/c/${name}.conf`);
    const loop = Object.fromEntries(names.map((name) => [name, 'include /c/*.conf;']));
    const main = 'http { include /c/*.conf; server { listen 1 ssl; ssl_certificate x; } }';
    const findings = readNginx(openMainFile('/n.conf', main, memoryFiles(loop)));
    expect(certs(findings)).toEqual(['/x']);
    expect(findings.remarks[0]?.text).toMatch(/includes too much, or itself: "\/c\/\*\.conf"/);
  });

  test('a part of a configuration without its main file', () => {
    const text = 'server { listen 443 ssl; ssl_certificate x.pem; }';
    expect(certs(readNginx(openMainFile('/s/a', text, memoryFiles())))).toEqual(['/s/x.pem']);
  });
});

test('four thousand servers cost four times what a thousand cost', () => {
  const dump = (count: number) => {
    const sites = Array.from({ length: count }, (_, index) => [
      `/etc/nginx/sites/${index}`,
      `server { listen 443 ssl; include /etc/nginx/tls; ssl_certificate /c/${index}.pem; }`,
    ]);
    const main = ['/etc/nginx/nginx.conf', 'http { include sites/*; }'];
    return dumpOf(Object.fromEntries([main, ...sites, ['/etc/nginx/tls', 'ssl_stapling on;']]));
  };
  const calls = (count: number) => {
    const text = dump(count);
    return countCalls(() => expect(readNginx(openDump(text)).uses).toHaveLength(count));
  };
  const small = calls(1000);
  expect(small).toBeGreaterThan(1000);
  expect(calls(4000)).toBeLessThanOrEqual(4 * small);
});
