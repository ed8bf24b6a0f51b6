import { BlockList, isIP } from 'node:net';

/** Not the public internet, by the IANA registry of special addresses. */
const special4: readonly string[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Azure's metadata and health service lies among public addresses.
  '168.63.129.16/32',
];
/** Of what is public in IPv6, these are not: protocol assignments with Teredo, 6to4, documentation. */
const special6: readonly string[] = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const four = listOf(special4, 'ipv4');
const six = listOf(special6, 'ipv6');
const public6 = listOf(['2000::/3'], 'ipv6');

function listOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net, prefix] = subnet.split('/') as [string, string];
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}

/**
 * Whether an address is private, loopback, link-local, metadata, multicast or otherwise not of the public internet.
 * An IPv4 address inside an IPv6 one (mapped, NAT64) is judged itself. What is no address is special. Pure.
 *
 * @param address - IPv4 with four parts, or IPv6 in any spelling, without brackets
 * @source RFC 6890 and the IANA special-purpose registries; RFC 6052 for NAT64
 */
export function isSpecialAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return four.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return true;
  const parts = partsOf(address);
  const head = parts
    .slice(0, 6)
    .map((part) => part.toString(16))
    .join(':');
  if (head === '0:0:0:0:0:ffff' || head === '64:ff9b:0:0:0:0') {
    const [high, low] = [parts[6]!, parts[7]!];
    return four.check(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`, 'ipv4');
  }
  return !public6.check(address, 'ipv6') || six.check(address, 'ipv6');
}

/** One spelling for each address, without a zone: what is the same reads the same. Pure. */
export function canonicalAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  // A URL writes any spelling of IPv6 in one way: hexadecimal, dotted ends too.
  return isIP(bare) === 6 ? new URL(`http://[${bare}]/`).hostname.slice(1, -1) : bare;
}

/** The eight numbers of an IPv6 address that is known to be one. */
function partsOf(address: string): number[] {
  const [before, after] = canonicalAddress(address).split('::') as [string, string | undefined];
  const numbers = (half: string | undefined) =>
    half === undefined || half === '' ? [] : half.split(':').map((part) => Number.parseInt(part, 16));
  const [left, right] = [numbers(before), numbers(after)];
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}
