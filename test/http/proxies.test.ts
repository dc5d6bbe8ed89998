import { describe, expect, test } from 'vitest';
import { OcspbotError } from '../../src/util/errors.js';
import { chooseProxies, isExempt, parseProxy, type ProxySettings, proxyUrl } from '../../src/http/proxy.js';

const ENVIRONMENT: ProxySettings = { proxy: { kind: 'environment' }, noProxy: undefined };

function chosen(
  settings: ProxySettings,
  environment: Record<string, string>,
  url: string,
): string | undefined {
  const proxy = chooseProxies(settings, environment)(new URL(url));
  return proxy && proxyUrl(proxy);
}

describe('the proxy of the environment', () => {
  const A = 'http://a:3128';
  test.each<[string, Record<string, string>, string, string | undefined]>([
    ['nothing is set', {}, 'http://x/', undefined],
    ['http_proxy, for http', { http_proxy: A }, 'http://x/', A],
    ['http_proxy, for https', { http_proxy: A }, 'https://x/', undefined],
    ['https_proxy, for https', { https_proxy: A }, 'https://x/', A],
    ['https_proxy, for http', { https_proxy: A }, 'http://x/', undefined],
    ['HTTPS_PROXY', { HTTPS_PROXY: A }, 'https://x/', A],
    ['HTTP_PROXY', { HTTP_PROXY: A }, 'http://x/', A],
    ['HTTP_PROXY in a CGI script', { HTTP_PROXY: A, REQUEST_METHOD: 'GET' }, 'http://x/', undefined],
    ['http_proxy in a CGI script', { http_proxy: A, REQUEST_METHOD: 'GET' }, 'http://x/', A],
    ['both cases', { HTTP_PROXY: 'http://b', http_proxy: A }, 'http://x/', A],
    ['an empty one', { http_proxy: ' ', HTTP_PROXY: A }, 'http://x/', A],
    ['all_proxy, for http', { all_proxy: A }, 'http://x/', A],
    ['ALL_PROXY, for https', { ALL_PROXY: A }, 'https://x/', A],
    ['all_proxy behind its better', { all_proxy: 'http://b', http_proxy: A }, 'http://x/', A],
    ['no scheme', { http_proxy: 'a:3128' }, 'http://x/', A],
    ['no port', { http_proxy: 'http://a' }, 'http://x/', 'http://a:80'],
    ['a path, which means nothing', { http_proxy: 'http://a:3128/pac?x#y' }, 'http://x/', A],
    ['https to the proxy', { http_proxy: 'https://a' }, 'http://x/', 'https://a:443'],
    ['an IPv6 address', { http_proxy: 'http://[::1]:3128' }, 'http://x/', 'http://[::1]:3128'],
    ['no_proxy', { http_proxy: A, no_proxy: 'y,x' }, 'http://x/', undefined],
    ['NO_PROXY', { http_proxy: A, NO_PROXY: '*' }, 'http://x/', undefined],
    ['no_proxy before NO_PROXY', { http_proxy: A, no_proxy: 'y', NO_PROXY: 'x' }, 'http://x/', A],
  ])('%s', (_, environment, url, expected) => {
    expect(chosen(ENVIRONMENT, environment, url)).toBe(expected);
  });

  test.each([
    ['socks5://me:secret@a:1080', /http_proxy names a proxy of the kind socks5/],
    ['http://me:secret@a:b/', /http_proxy is not a URL/],
    ['ftp://a', /kind ftp/],
    ['http://me:se@cret/1@a:3128', /http_proxy has a \/, \? or # in its user name or password/],
    ['http://12#secret@a:3128', /http_proxy has a \/, \? or #/],
    ['me:1?secret@a:3128', /http_proxy has a \/, \? or #/],
  ])('%s is of no use, and no secret is told', (value, words) => {
    const choose = () => chosen(ENVIRONMENT, { http_proxy: value }, 'http://x/');
    expect(choose).toThrow(OcspbotError);
    expect(choose).toThrow(
      expect.objectContaining({ code: 'proxy-failure', message: expect.stringMatching(words) }),
    );
    expect(choose).not.toThrow(/secret|me:/);
  });

  test('one that is of no use is no matter where it is not used', () => {
    const environment = { http_proxy: 'socks5://a', no_proxy: 'x' };
    expect(chosen(ENVIRONMENT, environment, 'http://x/')).toBeUndefined();
    expect(chosen({ ...ENVIRONMENT, proxy: { kind: 'none' } }, environment, 'http://y/')).toBeUndefined();
  });
});

describe('the proxy of the configuration', () => {
  const parsed = parseProxy('http://c:8080');
  const server = parsed.kind === 'usable' ? parsed.proxy : undefined;
  const C: ProxySettings = { proxy: { kind: 'server', server: server! }, noProxy: undefined };
  const environment = { http_proxy: 'http://a', https_proxy: 'http://a', no_proxy: 'x' };
  test.each<[string, ProxySettings, string, string | undefined]>([
    ['is there for http', C, 'http://y/', 'http://c:8080'],
    ['is there for https', C, 'https://y/', 'http://c:8080'],
    ['minds no_proxy of the environment', C, 'http://x/', undefined],
    ['minds its own no_proxy instead', { ...C, noProxy: ['y'] }, 'http://x/', 'http://c:8080'],
    ['minds its own no_proxy', { ...C, noProxy: ['z', 'q, y'] }, 'http://y/', undefined],
    ['may have an empty no_proxy', { ...C, noProxy: [] }, 'http://x/', 'http://c:8080'],
    ['may be none', { ...C, proxy: { kind: 'none' } }, 'http://y/', undefined],
  ])('%s', (_, settings, url, expected) => {
    expect(chosen(settings, environment, url)).toBe(expected);
  });
});

describe('no_proxy', () => {
  test.each([
    ['example.com', 'http://example.com/', true],
    ['example.com', 'http://EXAMPLE.com./', true],
    ['Example.COM.', 'http://a.example.com/', true],
    ['.example.com', 'http://a.example.com/', true],
    ['.example.com', 'http://example.com/', true],
    ['*.example.com', 'http://a.b.example.com/', true],
    ['example.com', 'http://badexample.com/', false],
    ['example.com', 'http://example.com.evil/', false],
    ['', 'http://example.com/', false],
    [' , ', 'http://example.com/', false],
    ['*', 'http://example.com/', true],
    ['a b,example.com', 'http://example.com/', true],
    ['example.com:8080', 'http://example.com:8080/', true],
    ['example.com:8080', 'http://example.com/', false],
    ['example.com:80', 'http://example.com/', true],
    ['example.com:443', 'https://example.com/', true],
    ['*:8080', 'http://example.com:8080/', true],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.0.0.0/8', 'http://0x0a010203/', true],
    ['192.0.2.7', 'http://192.0.2.7:99/', true],
    ['192.0.2.128/25', 'http://192.0.2.127/', false],
    ['192.0.2.128/25', 'http://192.0.2.128/', true],
    ['0.0.0.0/0', 'http://192.0.2.7/', true],
    ['0.0.0.0/0', 'http://example.com/', false],
    ['10.0.0.0/99', 'http://10.0.0.1/', false],
    ['::1', 'http://[::1]/', true],
    ['[::1]', 'http://[0:0::1]/', true],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['[::1]:8080', 'http://[::1]/', false],
    ['2001:db8::/32', 'http://[2001:db8:5::1]/', true],
    ['2001:db8::/32', 'http://[2001:db9::1]/', false],
    ['10.0.0.0/8', 'http://[::a00:1]/', false],
  ])('%j and %s: %s', (list, url, expected) => {
    expect(isExempt(new URL(url), [list])).toBe(expected);
  });
});

describe('credentials', () => {
  test.each([
    ['http://me:secret@a', 'me:secret'],
    ['http://me@a', 'me:'],
    ['http://:secret@a', ':secret'],
    ['http://m%40e:s%3Ac%2Fr%25@a', 'm@e:s:c/r%'],
    ['http://me:50%off@a', 'me:50%off'],
    ['me:p@ss@a:3128', 'me:p@ss'],
    ['http://a', undefined],
  ])('%s', (text, expected) => {
    const parsed = parseProxy(text);
    const authorization = parsed.kind === 'usable' ? parsed.proxy.authorization : 'unusable';
    const [, basic] = /^Basic (.*)$/.exec(authorization ?? '') ?? [];
    expect(basic && Buffer.from(basic, 'base64').toString()).toBe(expected);
  });
});
