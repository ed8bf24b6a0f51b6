/**
 * - Every address that is not of the public internet is special, whichever way it is spelled.
 * - An IPv4 address that is hidden in an IPv6 one is judged itself.
 * - Public addresses right beside each special block are not special.
 */
import { expect, test } from 'vitest';
import { canonicalAddress, isSpecialAddress } from '../../../activities/special-address.ts';

test.each([
  ...['0.0.0.0', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
  ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1', '192.0.0.8', '192.0.2.1', '198.18.0.1'],
  ...['198.19.255.255', '203.0.113.7', '224.0.0.251', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['168.63.129.16', '100.100.100.200'],
  ...['::', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::127.0.0.1'],
  ...['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '2001:db8::1', '3fff::1'],
  ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '100::1', '5f00::1'],
  ...['', 'localhost', '127.1', '2130706433', '0x7f.1'],
])('isSpecialAddress("%s") is true', (address) => {
  expect(isSpecialAddress(address)).toBe(true);
});

test.each([
  ...['9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1', '169.253.255.255'],
  ...[
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
  ],
  ...['8.8.8.8', '168.63.129.15', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2606:4700::1111', '2a00:1450:4001::1'],
])('isSpecialAddress("%s") is false', (address) => {
  expect(isSpecialAddress(address)).toBe(false);
});

test('canonicalAddress() writes one address in one way', () => {
  const spellings = ['::ffff:127.0.0.1', '::FFFF:7f00:1', '0:0:0:0:0:ffff:7f00:0001'];
  expect(new Set(spellings.map(canonicalAddress))).toEqual(new Set(['::ffff:7f00:1']));
  expect(canonicalAddress('fe80::1%eth0')).toBe('fe80::1');
  expect(canonicalAddress('10.0.0.1')).toBe('10.0.0.1');
});
