import { describe, expect, test } from 'vitest';
import { adviceFor } from '../../src/discovery/advice.js';
import { recognizeServer } from '../../src/discovery/recognize.js';
import { readExim } from '../../src/discovery/servers/exim.js';
import type { Use } from '../../src/discovery/model.js';
import { installedHaproxy } from '../../src/discovery/servers/haproxy-installed.js';
import { readHaproxy } from '../../src/discovery/servers/haproxy.js';
import { wordsOfLines } from '../../src/discovery/servers/haproxy-words.js';
import { readHitch } from '../../src/discovery/servers/hitch.js';
import { readLighttpd } from '../../src/discovery/servers/lighttpd.js';
import { readUnable } from '../../src/discovery/servers/unable.js';
import { memoryFiles } from './support/files.js';

describe('HAProxy', () => {
  const read = (text: string, files: Readonly<Record<string, string>> = {}) =>
    readHaproxy([{ path: '/etc/haproxy/haproxy.cfg', text }], memoryFiles(files));
  const certs = (text: string, files?: Readonly<Record<string, string>>) =>
    read(text, files).uses.map(({ cert }) => cert);

  test.for([
    ['a b#c', ['a', 'b']],
    ['a "b c"d \'e "f\' g\\ h \\#i', ['a', 'b cd', 'e "f', 'g h', '#i']],
    ['a "b\\"c" ""', ['a', 'b"c', '']],
    ['\t # only a comment', undefined],
    ["a 'open", ['a', 'open']],
  ] as const)('words of %s', ([line, words]) => {
    expect(wordsOfLines(line)[0]?.words).toEqual(words);
  });

  test('certificates of bind, with the file that HAProxy reads beside each', () => {
    const { uses } = read('frontend a\n  bind :443,[::1]:8443 ssl crt /c/a.pem alpn h2 crt "/c/b c.pem"');
    expect(uses).toMatchObject([
      {
        cert: '/c/a.pem',
        staple: '/c/a.pem.ocsp',
        place: { line: 2 },
        listeners: [
          { host: '127.0.0.1', port: 443 },
          { host: '::1', port: 8443 },
        ],
      },
      { cert: '/c/b c.pem', staple: '/c/b c.pem.ocsp' },
    ]);
  });

  test('certificates of clients, and a bind without TLS, are none', () => {
    expect(
      certs(
        'backend b\n server s :1 ssl crt /client.pem\nfrontend a\n bind :80 crt /x.pem\n# bind :1 ssl crt /y',
      ),
    ).toEqual([]);
  });

  test('crt-base, default-path and paths without either', () => {
    expect(certs('global\n crt-base /base\nfrontend a\n bind :1 ssl crt a.pem crt /b.pem')).toEqual([
      '/base/a.pem',
      '/b.pem',
    ]);
    expect(certs('global\n default-path config\nfrontend a\n bind :1 ssl crt a.pem')).toEqual([
      '/etc/haproxy/a.pem',
    ]);
    expect(certs('frontend a\n bind :1 ssl crt a.pem')).toEqual(['/a.pem']);
  });

  test('a folder has certificates, and files that are none', () => {
    const names = [
      'b.pem',
      'a.pem',
      'a.pem.ocsp',
      'a.pem.issuer',
      'a.pem.sctl',
      'a.pem.key',
      '.hidden.pem',
      'c',
    ];
    const files = Object.fromEntries(names.map((name) => [`/c/${name}`, '']));
    expect(certs('listen a\n bind :1 ssl crt /c/', files)).toEqual(['/c/a.pem', '/c/b.pem', '/c/c']);
  });

  test('a bundle by kinds of keys', () => {
    const files = { '/c/a.pem.rsa': '', '/c/a.pem.ecdsa': '' };
    expect(certs('listen a\n bind :1 ssl crt /c/a.pem', files)).toEqual(['/c/a.pem.rsa', '/c/a.pem.ecdsa']);
  });

  test('a crt-list', () => {
    const list = '# comment\n\na.pem\n/b.pem [alpn h2 ocsp-update on] !x *.example.com www.example.com\n';
    const { uses } = read('global\n crt-base /base\nlisten a\n bind :1 ssl crt-list /l', { '/l': list });
    expect(uses).toMatchObject([
      { cert: '/base/a.pem', place: { file: '/l', line: 3 }, obstacle: undefined },
      { cert: '/b.pem', names: ['www.example.com'], obstacle: 'fetches-itself' },
    ]);
    expect(read('listen a\n bind :1 ssl crt-list /absent').remarks).toHaveLength(1);
  });

  test('a variable is said', () => {
    expect(read('listen a\n bind :1 ssl crt "${CERTS}/a.pem"').remarks[0]?.text).toMatch(
      /cfg:2: crt .*variable/,
    );
  });

  test('a crt-store, and HAProxy that fetches itself', () => {
    const store =
      'crt-store s\n crt-base /s\n load crt "a.pem" ocsp a.der alias x\nfrontend f\n bind :1 ssl crt @s/x';
    expect(read(store).uses).toMatchObject([{ cert: '/s/a.pem', staple: '/s/a.der' }]);
    const itself = 'global\n tune.ssl.ocsp-update.mode on\nlisten a\n bind :1 ssl crt /a.pem';
    expect(read(itself).uses).toMatchObject([{ obstacle: 'fetches-itself' }]);
  });

  test.for([
    ['crt-store\n load crt a.pem ocsp a.der', [['/base/a.pem', '/base/a.der']]],
    ['crt-store\n load crt a.pem', [['/base/a.pem', undefined]]],
    ['crt-store s\n crt-base /s\n load crt a.pem key a.key', [['/s/a.pem', undefined]]],
    ['frontend f\n bind :1 ssl\n ssl-f-use crt a.pem alpn h2', [['/base/a.pem', '/base/a.pem.ocsp']]],
    ['frontend f\n bind :1 ssl\n ssl-f-use crt a.pem key /k ocsp /s', [['/base/a.pem', '/s']]],
    ['frontend f\n bind :1 ssl\n ssl-f-use crt a.pem key /k', [['/base/a.pem', undefined]]],
    [
      'frontend f\n bind :1 ssl crt-list /l',
      [
        ['/base/a.pem', '/s'],
        ['/base/b.pem', undefined],
        ['/base/c.pem', '/base/c.pem.ocsp'],
      ],
    ],
    [
      'frontend f\n bind :1 ssl default-crt /a.pem crt /b.pem',
      [
        ['/a.pem', '/a.pem.ocsp'],
        ['/b.pem', '/b.pem.ocsp'],
      ],
    ],
  ] as const)('files that a line names itself: %s', ([text, files]) => {
    const list = 'a.pem [ocsp /s alpn h2] a.example\nb.pem [key b.key]\nc.pem [alpn h2]\n';
    const { uses } = read(`global\n crt-base /base\n${text}`, { '/l': list });
    expect(uses.map(({ cert, staple }) => [cert, staple])).toEqual(files);
    expect(uses.map(({ isStapling }) => isStapling)).toEqual(files.map(([, staple]) => staple !== undefined));
  });

  test('a line that names other files needs one of the response, too', () => {
    const [use] = read('crt-store\n load crt /a.pem').uses;
    const advice = adviceFor({ ocsp: '/s' }, use as Use, () => undefined);
    expect(advice).toMatchObject([expect.stringMatching(/cfg:2: add to the options .*: ocsp "\/s"$/)]);
  });

  test('a crt-list that names a certificate of a crt-store', () => {
    const store = 'crt-store s\n load crt /a.pem alias x\nfrontend f\n bind :1 ssl crt-list /l';
    const { uses, remarks } = read(store, { '/l': '@s/x [alpn h2] a.example\n/b.pem' });
    expect(uses.map(({ cert }) => cert)).toEqual(['/a.pem', '/b.pem']);
    expect(remarks).toEqual([]);
  });

  test.for([
    ['ssl-load-extra-del-ext', '/c/a.crt', '/c/a.ocsp', true],
    ['ssl-load-extra-del-ext', '/c/a.pem', '/c/a.pem.ocsp', true],
    ['ssl-load-extra-files none', '/c/a.crt', '/c/a.crt.ocsp', false],
    ['ssl-load-extra-files key issuer', '/c/a.crt', '/c/a.crt.ocsp', false],
    ['ssl-load-extra-files key\n ssl-load-extra-files all', '/c/a.crt', '/c/a.crt.ocsp', true],
    ['ssl-load-extra-files ocsp sctl', '/c/a.crt', '/c/a.crt.ocsp', true],
  ] as const)('%s decides on the file of the response for %s', ([global, cert, staple, isStapling]) => {
    const { uses } = read(`global\n ${global}\nfrontend f\n bind :1 ssl crt ${cert}`);
    expect(uses).toMatchObject([{ cert, staple, isStapling, chains: [staple.replace('.ocsp', '.issuer')] }]);
    const advice = adviceFor({ ocsp: staple }, uses[0] as Use, () => undefined);
    expect(advice).toMatchObject([expect.stringContaining(isStapling ? 'nothing to add' : 'add "ocsp" to')]);
  });

  test.for([
    [':443 ssl', [443]],
    ['quic4@:443 ssl', []],
    [':443 ssl accept-proxy', []],
    ['ipv6@:::443,quic6@:::444,[::1]:445 ssl', [443, 445]],
  ] as const)('bind %s: the ports that a visitor reaches', ([bind, ports]) => {
    const [use] = read(`frontend f\n bind ${bind} crt /a.pem`).uses;
    expect(use?.listeners.map(({ port }) => port)).toEqual(ports);
  });

  test('the installed configuration is that of the unit', () => {
    const files = {
      '/etc/default/haproxy': '# CONFIG="/no"\nCONFIG="/h/cfg"\nEXTRAOPTS="-de -f /x.cfg -m 16"',
      '/h/cfg/b.cfg': '',
      '/h/cfg/a.cfg': '',
      '/h/cfg/a.txt': '',
      '/x.cfg': '',
      '/etc/haproxy/haproxy.cfg': '',
    };
    expect(installedHaproxy(memoryFiles(files))).toEqual({
      main: '/h/cfg',
      further: ['/x.cfg'],
      parts: ['/h/cfg/a.cfg', '/h/cfg/b.cfg', '/x.cfg'],
    });
    expect(
      installedHaproxy(memoryFiles({ '/etc/haproxy/haproxy.cfg': '', '/etc/haproxy/conf.d/a.cfg': '' })),
    ).toEqual({
      main: '/etc/haproxy/haproxy.cfg',
      further: ['/etc/haproxy/conf.d'],
      parts: ['/etc/haproxy/haproxy.cfg', '/etc/haproxy/conf.d/a.cfg'],
    });
  });

  test('a file or folder that HAProxy is started with is named once: HAProxy refuses the same section twice', () => {
    const files = {
      '/etc/default/haproxy':
        'EXTRAOPTS="-f /etc/haproxy/conf.d/ -f /etc/haproxy/empty -f /etc/haproxy/haproxy.cfg"',
      '/etc/haproxy/haproxy.cfg': '',
      '/etc/haproxy/conf.d/a.cfg': '',
      '/etc/haproxy/empty/README': '',
    };
    expect(installedHaproxy(memoryFiles(files)).further).toEqual(['/etc/haproxy/conf.d']);
  });

  test('a runtime socket needs the level admin', () => {
    expect(read('global\n stats socket /s mode 660 level admin').runtimeSocket).toBe('/s');
    expect(read('global\n stats socket /s mode 660 level user').runtimeSocket).toBeUndefined();
  });
});

describe('lighttpd', () => {
  const read = (text: string, files: Readonly<Record<string, string>> = {}) =>
    readLighttpd('/etc/lighttpd/lighttpd.conf', text, memoryFiles(files));

  test('what lighttpd -p prints', () => {
    const printed = `config {
    var.PID = 1
    server.modules = ("mod_openssl")
    $SERVER["socket"] == ":443" {
        # block 1
        ssl.engine  = "enable"
        ssl.pemfile = "/etc/ssl/a.pem"
        ssl.stapling-file = "/s/a"
        $HTTP["host"] == "b.example.com" {
            # block 2
            ssl.pemfile       = "/etc/ssl/b\\"q.pem"
        } # end of $HTTP["host"] == "b.example.com"
    } # end of $SERVER["socket"] == ":443"
    else $SERVER["socket"] == "[::]:443" {
        ssl.pemfile = "/etc/ssl/c.pem"
    }
}`;
    expect(read(printed).uses).toMatchObject([
      { cert: '/etc/ssl/a.pem', staple: '/s/a', isStapling: true, listeners: [{ port: 443 }] },
      { cert: '/etc/ssl/b"q.pem', staple: undefined, isStapling: false, names: ['b.example.com'] },
      {
        cert: '/etc/ssl/c.pem',
        staple: undefined,
        isStapling: false,
        listeners: [{ host: '::1', port: 443 }],
      },
    ]);
  });

  test('sockets that inherit a certificate, as in the configuration of Debian, are where it is seen', () => {
    const text = `ssl.pemfile = "/common.pem"
$SERVER["socket"] == ":443" { ssl.engine = "enable" }
$SERVER["socket"] == "[::]:443" { ssl.engine = "enable" }
$SERVER["socket"] == ":8443" { ssl.engine = "enable" ssl.pemfile = "/own.pem" }
$SERVER["socket"] == ":80" { }
$HTTP["host"] == "b.example" { ssl.pemfile = "/b.pem" }`;
    const seen = read(text).uses.map(({ cert, listeners }) => [
      cert,
      listeners.map(({ host, port }) => `${host} ${port}`),
    ]);
    expect(seen).toEqual([
      ['/common.pem', ['127.0.0.1 443', '::1 443']],
      ['/own.pem', ['127.0.0.1 8443']],
      ['/b.pem', ['127.0.0.1 443', '::1 443']],
    ]);
  });

  test('files that are included, comments, and values that cannot be followed', () => {
    const text =
      'include "conf-enabled/*.conf"\n# ssl.pemfile = "/no.pem"\nssl.pemfile = var.x + "/a.pem"\nssl.ca-file = "/b" + "c"';
    const { uses, remarks } = read(text, {
      '/etc/lighttpd/conf-enabled/1.conf': 'ssl.pemfile = "/c.pem"',
      '/x': '',
    });
    expect(uses).toMatchObject([
      { cert: '/c.pem', place: { file: '/etc/lighttpd/conf-enabled/1.conf', line: 1 } },
    ]);
    expect(remarks).toHaveLength(2);
  });

  test.for([
    ['ssl.stapling-file = "/s" ; $SERVER["socket"] == ":1" { ssl.pemfile = "/a" }', undefined],
    ['ssl.pemfile = "/a" ; $SERVER["socket"] == ":1" { ssl.stapling-file = "/s" }', undefined],
    ['$SERVER["socket"] == ":1" { ssl.stapling-file = "/s" ; ssl.pemfile = "/a" }', '/s'],
  ] as const)('a response belongs to the certificate of its own block: %s', ([text, staple]) => {
    expect(read(text.replaceAll(' ; ', '\n')).uses).toMatchObject([
      { staple, isStapling: staple !== undefined },
    ]);
  });

  test('an engine that is off, and an include of itself', () => {
    expect(read('ssl.pemfile = "/a"\nssl.engine = "disable"').uses).toEqual([]);
    const loop = { '/etc/lighttpd/lighttpd.conf': 'include "lighttpd.conf"' };
    expect(read('include "lighttpd.conf"', loop).remarks).toHaveLength(1);
  });

  test('several parts on a line, strings with braces, and names of other options', () => {
    const text = `$SERVER["socket"] == ":443" { ssl.engine = "enable" ssl.pemfile = "/a.pem" # { ssl.pemfile = "/no"
  url.rewrite = ( "^/{x#" => "/y}", "ssl.pemfile" => "/no", "include" => "x" )
  $HTTP["host"] == "b.example" { ssl.pemfile = "/b.pem" } }
else $SERVER["socket"] == ":444" { ssl.pemfile="/c.pem" ssl.stapling-file="/s" }
my.ssl.pemfile = "/no"`;
    const { uses, remarks } = read(text);
    expect(uses).toMatchObject([
      { cert: '/a.pem', listeners: [{ port: 443 }], place: { line: 1 } },
      { cert: '/b.pem', names: ['b.example'], place: { line: 3 } },
      { cert: '/c.pem', listeners: [{ port: 444 }], staple: '/s', place: { line: 4 } },
    ]);
    expect(remarks).toEqual([]);
  });

  test('includes that cannot be followed are said', () => {
    const text = 'include "absent.conf"\ninclude "none/*.conf"\ninclude var.x + "/y"\ninclude_shell "cat x"';
    expect(read(text).remarks).toMatchObject([
      {
        text: '/etc/lighttpd/lighttpd.conf:3: the value of include is not plain text and cannot be followed',
      },
      { text: '/etc/lighttpd/lighttpd.conf:4: include_shell is not followed', isHarmless: true },
      { text: expect.stringMatching(/:1 includes "\/etc\/lighttpd\/absent\.conf", .*no such file$/) },
    ]);
  });

  test('files that include each other by a pattern', () => {
    const names = [...'abcdef'].map((name) => `/etc/lighttpd/c/${name}.conf`);
    const files = Object.fromEntries(names.map((name) => [name, 'include "*.conf"\nssl.pemfile = "/a"']));
    const { uses, remarks } = read('include "c/*.conf"', files);
    expect(uses).toMatchObject([{ cert: '/a' }]);
    expect(remarks[0]?.text).toMatch(/includes too much, or itself/);
  });
});

describe('Exim', () => {
  const read = (text: string) =>
    readExim('/etc/exim4/exim4.conf', text, memoryFiles({ '/inc': 'tls_ocsp_file = /i' }));

  test.for([
    ['tls_certificate = /c.pem\ntls_ocsp_file = /s\nprimary_hostname = mx.example.com', [['/c.pem', '/s']]],
    [
      'tls_certificate = /rsa : /ec\ntls_ocsp_file = /1 : PEM /2',
      [
        ['/rsa', '/1'],
        ['/ec', '/2', 'pem-chain'],
      ],
    ],
    [
      'tls_certificate = <; /a:b ; /c',
      [
        ['/a:b', undefined],
        ['/c', undefined],
      ],
    ],
    [
      'tls_certificate = /a : /b : /c : /d\ntls_ocsp_file = /1 : PEM /2 : /3 : DER /4',
      [
        ['/a', '/1'],
        ['/b', '/2', 'pem-chain'],
        ['/c', '/3', 'pem-chain'],
        ['/d', '/4'],
      ],
    ],
    ['DIR = /d\ntls_certificate = DIR/c.pem', [['/d/c.pem', undefined]]],
    ['tls_certificate = \\\n  # comment\n  /c.pem', [['/c.pem', undefined]]],
    ['tls_certificate = "/c \\"d"\n.include /inc', [['/c "d', '/i']]],
    ['tls_certificate = \n', []],
    ['# tls_certificate = /c', []],
    ['tls_certificate = ${if exists{/c}{/c}}', []],
  ] as const)('%s', ([text, files]) => {
    const found = read(text).uses.map(({ cert, staple, format }) =>
      format === undefined ? [cert, staple] : [cert, staple, format],
    );
    expect(found).toEqual(files);
  });

  test('files that include each other', () => {
    const includes = '.include /a\n.include /b\n'.repeat(3);
    const files = memoryFiles({ '/a': includes, '/b': `${includes}tls_certificate = /c.pem` });
    const { uses, remarks } = readExim('/a', includes, files);
    expect(uses).toMatchObject([{ cert: '/c.pem', place: { file: '/b' } }]);
    expect(remarks[0]?.text).toBe('/a:1 includes too much, or itself: "/a" is left out');
  });

  test('includes: macros, relative paths, and files that are missing', () => {
    const files = memoryFiles({ '/e/tls': 'tls_certificate = DIR/c.pem', '/e/last': 'tls_ocsp_file = /s' });
    const text = 'DIR = /e\n.include DIR/tls\n.include last\n.include /absent\n.include_if_exists /maybe';
    const { uses, remarks } = readExim('/e/exim4.conf', text, files);
    expect(uses).toMatchObject([{ cert: '/e/c.pem', staple: '/s' }]);
    expect(remarks).toMatchObject([
      { text: expect.stringMatching(/^\/e\/exim4\.conf:4 includes "\/absent", .*no such file$/) },
    ]);
  });

  test.for([
    ['/rsa : /ec', { '/rsa': '/1', '/ec': '/2' }, 'tls_ocsp_file = /1 : /2'],
    ['/rsa : /none : /ec', { '/rsa': '/1', '/ec': '/2' }, 'tls_ocsp_file = /1 : … : /2'],
    ['<; /rsa ; /ec', { '/rsa': '/1:1', '/ec': '/2' }, 'tls_ocsp_file = <; /1:1 ; /2'],
    ['/rsa', { '/rsa': '/1' }, 'tls_ocsp_file = /1'],
  ] as const)('the line to add names the files of %s in one list', ([list, staples, line]) => {
    const files: Readonly<Record<string, string>> = staples;
    for (const use of read(`tls_certificate = ${list}`).uses.filter(({ cert }) => cert in files))
      expect(adviceFor({ ocsp: files[use.cert] ?? '' }, use, (cert) => files[cert]).at(-1)).toBe(`  ${line}`);
  });

  test('an expansion is said', () => {
    expect(read('tls_certificate = /etc/${tls_sni}.pem').remarks[0]?.text).toMatch(
      /exim4\.conf:1: .*depends/,
    );
  });
});

describe('hitch', () => {
  const files = { '/d/a.pem': '', '/d/b.txt': '' };
  const read = (text: string) => readHitch('/etc/hitch/hitch.conf', text, memoryFiles(files)).uses;

  test('plain lines, blocks, folders and frontends', () => {
    const text = `# pem-file = "/no.pem"
frontend = { host = "*" port = "8443" }
pem-file = "/a.pem"
pem-file = {
  cert = "/b.pem"
  private-key = "/b.key"
  ocsp-resp-file = "/s"
}
pem-dir = "/d"
pem-dir-glob = "*.pem"`;
    expect(read(text)).toMatchObject([
      {
        cert: '/a.pem',
        staple: undefined,
        place: { line: 3 },
        listeners: [{ host: '127.0.0.1', port: 8443 }],
      },
      { cert: '/b.pem', staple: '/s', isStapling: true, place: { line: 4 } },
      { cert: '/d/a.pem', obstacle: 'section' },
    ]);
  });

  test('a frontend with certificates of its own has no others', () => {
    const text = `frontend = {
  port = "1" pem-file = { cert = "/own.pem"
    ocsp-resp-file = "/s" }
  pem-file = "/plain.pem"
}
pem-file = "/common.pem"
frontend = "*:2"`;
    expect(
      read(text).map(({ cert, staple, listeners, place }) => [cert, staple, listeners[0]?.port, place.line]),
    ).toEqual([
      ['/own.pem', '/s', 1, 2],
      ['/plain.pem', undefined, 1, 4],
      ['/common.pem', undefined, 2, 6],
    ]);
  });

  test.for([
    ['pem-file = "/a.pem"', 'pem-file = { cert = "/a.pem" ocsp-resp-file = "/s" }'],
    [
      'pem-file = {\n cert = "/a.pem"\n private-key = "/a.key" }',
      'pem-file = { cert = "/a.pem" private-key = "/a.key" ocsp-resp-file = "/s" }',
    ],
  ] as const)('the line in place of %s is complete', ([text, line]) => {
    const advice = adviceFor({ ocsp: '/s' }, read(text)[0] as Use, () => undefined);
    expect(advice[1]).toBe(`  ${line}`);
  });

  test.for(['}', 'pem-file = {', 'pem-file = "', '{{{', 'frontend = "x"'])('survives %s', (text) => {
    expect(read(text)).toEqual([]);
  });
});

test('servers that cannot staple a file', () => {
  const apache = readUnable(
    'apache',
    '/a',
    '<VirtualHost *:443>\n\n  SSLCertificateFile "/c d.pem"\n#SSLCertificateFile /x',
  );
  expect(apache.uses).toMatchObject([{ cert: '/c d.pem', place: { line: 3 }, obstacle: 'server' }]);
  const dovecot = readUnable('dovecot', '/d', 'ssl_cert = </c.pem\nssl_server_cert_file = /e.pem\n');
  expect(dovecot.uses.map(({ cert, place }) => [cert, place.line])).toEqual([
    ['/c.pem', 1],
    ['/e.pem', 2],
  ]);
});

test.for([
  ['nginx', '# configuration file /etc/nginx/nginx.conf:\nevents {}'],
  ['nginx', 'worker_processes 1;\nhttp {\n include x;\n}'],
  ['nginx', 'server {\n listen 443 ssl;\n}'],
  ['nginx', 'mail\n{\n  server { listen 465 ssl; }\n}'],
  ['haproxy', 'global\n  daemon\nfrontend www\n  bind :443 ssl crt /x'],
  ['haproxy', 'listen a\n bind *:1 ssl crt-list /x'],
  ['lighttpd', 'server.modules += ("mod_openssl")'],
  ['exim', 'primary_hostname = a\ntls_certificate = /c'],
  ['hitch', 'backend = "[127.0.0.1]:6086"\npem-file = "/a.pem"'],
  ['apache', '<VirtualHost *:443>\n  SSLCertificateFile /c'],
  ['dovecot', 'ssl = yes\nssl_cert = </c'],
  [undefined, 'ocsp_folder: /var/lib/ocsp\ndomains: {}'],
  [undefined, '[Unit]\nDescription=x'],
  [undefined, ''],
] as const)('a configuration of %s is recognized', ([server, text]) => {
  expect(recognizeServer(text)).toBe(server);
});
