import { assert, constant, ipV4, ipV6, nat, oneof, property, tuple } from 'fast-check';
import { BlockList } from 'node:net';
import { describe, expect, test } from 'vitest';
import { addressOctets, isInNetwork, parseNetwork } from '../../src/network/address.js';
import { isNearer, nearnessOf } from '../../src/network/nearness.js';

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
    ['notlocalhost', 'public'],
    ['10.0.0.1.example.com', 'public'],
  ])('%s is %s', (address, expected) => expect(nearnessOf(address)).toBe(expected));

  test('the nearer ones', () => {
    const order = ['public', 'private', 'loopback', 'link-local'] as const;
    for (const [one, a] of order.entries())
      for (const [two, b] of order.entries()) expect(isNearer(a, b)).toBe(one > two);
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
  ])('%s', (text, octets) => expect(addressOctets(text) && [...addressOctets(text)!]).toEqual(octets));

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
          expect(isInNetwork(addressOctets(address)!, network)).toBe(
            list.check(address, family as 'ipv4' | 'ipv6'),
          );
        }
      }),
    );
  });
});
