import { assert, constant, ipV4, ipV6, nat, oneof, property, tuple } from 'fast-check';
import { BlockList } from 'node:net';
import { describe, expect, test } from 'vitest';
import { isNarrower, mayRedirect, scopeOf } from '../../src/http/address-scope.js';
import { addressBytes, isInNetwork, parseNetwork } from '../../src/http/network.js';

function textOf(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  return Array.from({ length: 8 }, (_, index) =>
    Buffer.from(octets).toString('hex', 2 * index, 2 * index + 2),
  ).join(':');
}

describe('how near an address is', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::1', 'loopback'],
    ['::', 'loopback'],
    ['localhost', 'loopback'],
    ['a.LocalHost.', 'loopback'],
    ['[::1]', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['168.63.129.16', 'link-local'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.100.100.200', 'private'],
    ['fd00:ec2::254', 'private'],
    ['224.0.0.1', 'private'],
    ['255.255.255.255', 'private'],
    ['ff02::1', 'private'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'link-local'],
    ['::ffff:10.0.0.1', 'private'],
    ['::7f00:1', 'loopback'],
    ['64:ff9b::a9fe:a9fe', 'link-local'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['64:ff9b::808:808', 'public'],
    ['2002:a9fe:a9fe::1', 'link-local'],
    ['2002:808:808::1', 'public'],
    ['8.8.8.8', 'public'],
    ['172.32.0.1', 'public'],
    ['128.0.0.1', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['2606:4700::1', 'public'],
    ['ocsp.example.com', 'public'],
    ['notlocalhost.example', 'public'],
    ['intranet', 'private'],
    ['intranet.', 'private'],
    ['printer.lan', 'private'],
    ['localhost.localdomain', 'private'],
    ['wiki.Corp.', 'private'],
    ['lan.example', 'public'],
    ['10.0.0.1.example.com', 'public'],
    ['64:ff9b:1::808:808', 'special-purpose'],
    ['64:ff9b:1::a9fe:a9fe', 'link-local'],
    ['64:ff9b:1:ffff:ffff:ffff:7f00:1', 'loopback'],
    ['64:ff9b:2::1', 'special-purpose'],
    ['64:ff9a::1', 'special-purpose'],
    // The client 8.8.8.8, inverted.
    ['2001:0:808:808:0:0:f7f7:f7f7', 'special-purpose'],
    ['2001:0:7f00:1::1', 'loopback'],
    // The client 10.0.0.1, inverted.
    ['2001:0:808:808:0:0:f5ff:fffe', 'private'],
    ['2001:200::1', 'public'],
    ['2001:db8::1', 'special-purpose'],
    ['2001:db9::1', 'public'],
    ['3fff:fff::1', 'special-purpose'],
    ['3fff:1000::1', 'public'],
    ['5f00::1', 'special-purpose'],
    ['100::1', 'special-purpose'],
    ['100:0:0:1::1', 'special-purpose'],
    ['4000::1', 'special-purpose'],
    ['1fff::1', 'special-purpose'],
    ['fec0::1', 'private'],
    ['::ffff:0:10.0.0.1', 'private'],
    ['::ffff:0:808:808', 'special-purpose'],
    ['2606:4700::5efe:10.0.0.1', 'private'],
    ['2606:4700::200:5efe:127.0.0.1', 'loopback'],
    ['2606:4700::5efe:8.8.8.8', 'public'],
    ['192.0.2.7', 'special-purpose'],
    ['192.88.99.1', 'special-purpose'],
    ['192.0.3.1', 'public'],
    ['metadata.google.internal', 'private'],
    ['printer.local.', 'private'],
    ['router.home.arpa', 'private'],
    ['internal.example.com', 'public'],
  ])('%s is %s', (address, expected) => expect(scopeOf(address)).toBe(expected));

  /** The entries of both IANA registries for special purposes, but the translators, which are what the IPv4 address is. */
  const REGISTRIES = [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
    ...['192.0.0.0/24', '192.0.0.0/29', '192.0.0.8/32', '192.0.0.9/32', '192.0.0.10/32', '192.0.0.170/31'],
    ...['192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.88.99.2/32'],
    ...['192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
    ...['224.0.0.0/4', '240.0.0.0/4', '255.255.255.255/32', '::1/128', '::/128', '64:ff9b:1::/48'],
    ...['100::/64', '100:0:0:1::/64', '2001::/23', '2001::/32', '2001:1::1/128', '2001:1::2/128'],
    ...['2001:1::3/128', '2001:2::/48', '2001:3::/32', '2001:4:112::/48', '2001:10::/28', '2001:20::/28'],
    ...['2001:30::/28', '2001:db8::/32', '2620:4f:8000::/48', '3fff::/20', '5f00::/16', 'fc00::/7'],
    ...['fe80::/10', 'fec0::/10', 'ff00::/8'],
  ];

  test.each(REGISTRIES)('%s: from its first to its last address a stranger leads nowhere there', (text) => {
    const { bytes, bits } = parseNetwork(text)!;
    for (const bit of [0, 1]) {
      const address = bytes.map((octet, index) => {
        const free = 0xff >> Math.min(8, Math.max(0, bits - 8 * index));
        return bit === 0 ? octet : octet | free;
      });
      expect(mayRedirect('8.8.8.8', textOf(address)), textOf(address)).toBe(false);
    }
  });

  test.each([
    ['8.8.8.8', '1.1.1.1', true],
    ['8.8.8.8', '2606:4700::1', true],
    ['8.8.8.8', '64:ff9b::101:101', true],
    ['8.8.8.8', '64:ff9b::a00:1', false],
    ['8.8.8.8', '10.0.0.1', false],
    ['10.0.0.1', '10.0.0.2', true],
    ['10.0.0.1', '127.0.0.1', false],
    ['127.0.0.1', '169.254.169.254', false],
    // Strangers may have such addresses themselves; each may lead to its own.
    ['2001:0:808:808::1', '10.0.0.1', false],
    ['2606:4700::5efe:10.0.0.1', '10.0.0.1', false],
    ['2002:a00:1::1', '10.0.0.1', false],
    ['::ffff:10.0.0.1', '10.0.0.2', true],
    ['::ffff:192.0.2.1', '10.0.0.2', false],
    ['2001:db8::1', 'fd00::1', false],
    ['198.51.100.7', '198.51.100.7', true],
    ['198.51.100.7', '198.51.100.8', false],
    ['64:ff9b:1::808:808', '10.0.0.1', false],
    // A network without IPv4 has a translator, to which all IPv4 addresses are such.
    ['64:ff9b:1::808:808', '64:ff9b:1::101:101', true],
    ['64:ff9b:1::808:808', '64:ff9b:1::a00:1', false],
    ['64:ff9b:1::808:808', '64:ff9b:1::7f00:1', false],
    ['64:ff9b:1::a00:1', '64:ff9b:1::a00:2', true],
    ['64:ff9b:1::808:808', '64:ff9b:1:2::101:101', false],
    ['ocsp.example.com', 'metadata.google.internal', false],
    ['ocsp.example.com', 'ocsp.example.org', true],
    ['ocsp.internal', 'other.internal', true],
    ['ocsp.internal', 'localhost', false],
  ])('%s may lead to %s: %s', (from, to, expected) => expect(mayRedirect(from, to)).toBe(expected));

  test('the nearer ones', () => {
    const order = ['public', 'private', 'loopback', 'link-local'] as const;
    for (const [one, a] of order.entries())
      for (const [two, b] of order.entries()) expect(isNarrower(a, b)).toBe(one > two);
  });
});

describe('addresses', () => {
  test.each([
    ['192.0.2.7', [192, 0, 2, 7]],
    ['::', Array<number>(16).fill(0)],
    ['1::', [0, 1, ...Array<number>(14).fill(0)]],
    ['::ffff:1.2.3.4', [...Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4]],
    ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['1.2.3', undefined],
    ['1.2.3.256', undefined],
    ['a.b.c.d', undefined],
    ['1::2::3', undefined],
    ['', undefined],
  ])('%s', (text, octets) => expect(addressBytes(text) && [...addressBytes(text)!]).toEqual(octets));

  test('networks have the addresses that Node finds in them', () => {
    const v4 = ipV4();
    const v6 = ipV6().filter((text) => !/^(::ffff:|0*:0*:0*:0*:0*:ffff:|::[\d.]+$)/i.test(text));
    const families = [tuple(v4, v4, nat(32), constant('ipv4')), tuple(v6, v6, nat(128), constant('ipv6'))];
    assert(
      property(oneof(...families), ([one, other, bits, family]) => {
        const list = new BlockList();
        list.addSubnet(one, bits, family as 'ipv4' | 'ipv6');
        const network = parseNetwork(`${one}/${bits}`)!;
        // Random addresses are seldom neighbours: the network's own is asked for as well.
        for (const address of [one, other]) {
          expect(isInNetwork(addressBytes(address)!, network)).toBe(
            list.check(address, family as 'ipv4' | 'ipv6'),
          );
        }
      }),
    );
  });
});
