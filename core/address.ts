// core/address.ts: cuts a client address down before anything else sees it (P1).

/** Bits of an IPv4 address that are kept: the network a provider gives a street or an office, not a line. */
export const IPV4_PREFIX_BITS = 24;
/** Bits of an IPv6 address that are kept; a /64 or /56 is one household, a /48 a site (RFC 6177). */
export const IPV6_PREFIX_BITS = 48;

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** The four numbers of an IPv4 address; a leading zero, which some read as octal, is refused. */
export function ipv4Octets(text: string): readonly [number, number, number, number] | undefined {
  const parts = IPV4.exec(text);
  if (parts === null) return undefined;
  const [a, b, c, d] = [Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4])];
  return a <= 255 && b <= 255 && c <= 255 && d <= 255 ? [a, b, c, d] : undefined;
}

const groupsOf = (text: string): number[] | undefined => {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))
    ? parts.map((part) => Number.parseInt(part, 16))
    : undefined;
};

/** The eight 16-bit groups of an IPv6 address (RFC 4291 §2.2), a dotted tail included. */
export function ipv6Groups(text: string): readonly number[] | undefined {
  let address = text;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (tail?.[1] !== undefined && tail[2] !== undefined) {
    const [a = 0, b = 0, c = 0, d = 0] = ipv4Octets(tail[2]) ?? [];
    if (ipv4Octets(tail[2]) === undefined) return undefined;
    address = `${tail[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '');
  const rest = groupsOf(halves[1] ?? '');
  if (head === undefined || rest === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - rest.length;
  return missing >= 1 ? [...head, ...Array<number>(missing).fill(0), ...rest] : undefined;
}

/**
 * Truncates an address to its network: IPv4 to /24, IPv6 to /48, an IPv4-mapped IPv6 address as IPv4.
 * @returns the network in one spelling (`192.0.2.0/24`, `2001:db8:1::/48`), or undefined where it is no address.
 */
export function truncateAddress(address: string): string | undefined {
  const text = address.trim().replace(/%.*$/, '');
  const ipv4 = ipv4Octets(text);
  if (ipv4 !== undefined) return `${ipv4[0]}.${ipv4[1]}.${ipv4[2]}.0/${IPV4_PREFIX_BITS}`;
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = groups;
  if ([a, b, c, d, e].every((group) => group === 0) && f === 0xffff) {
    return `${g >> 8}.${g & 255}.${(groups[7] ?? 0) >> 8}.0/${IPV4_PREFIX_BITS}`;
  }
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}::/${IPV6_PREFIX_BITS}`;
}
