// core/networks.ts: is an address in one of many networks? Read once, then asked by halving, in memory alone.
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import { ipv4Octets, ipv6Groups } from './address.ts';

/** Networks of one list at most: all clouds together publish some hundred thousand. */
export const NETWORKS_MAX = 1_000_000;

/** Networks, asked by address. */
export interface NetworkList {
  /** Whether an address lies in one of them; what is no address lies in none. */
  readonly has: (address: string) => boolean;
  readonly size: number;
}

/** Where a list could not be read: the line, counted from 1; or that there are too many. */
export type NetworksRefusal = { readonly line: number } | 'too_many_networks';

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const joined = (parts: readonly number[], width: bigint): bigint =>
  parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n);

const MAPPED = 0xffffn;

/** An address as a number; an IPv4-mapped IPv6 address as IPv4. */
function parseAddress(text: string): Address | undefined {
  const octets = ipv4Octets(text);
  if (octets !== undefined) return { bits: 32, value: joined(octets, 8n) };
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  const value = joined(groups, 16n);
  return value >> 32n === MAPPED ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

function parseNetwork(text: string): Range | undefined {
  const [host = '', prefix, ...rest] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined || rest.length > 0) return undefined;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
  // A mapped network's prefix would be counted from another end; nobody publishes one.
  if (prefix !== undefined && address.bits === 32 && host.includes(':')) return undefined;
  const length = prefix === undefined ? address.bits : Number(prefix);
  if (length > address.bits) return undefined;
  const free = BigInt(address.bits - length);
  const first = (address.value >> free) << free;
  return { bits: address.bits, first, last: first + (1n << free) - 1n };
}

/** Sorted and disjoint: ranges that touch or overlap are one. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: Range[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || range.first > last.last + 1n) result.push(range);
    else if (range.last > last.last) result[result.length - 1] = { ...last, last: range.last };
  }
  return result;
}

function contains(ranges: readonly Range[], value: bigint): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.last ?? 0n) < value) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range.first <= value;
}

/** Reads networks, one a line (`192.0.2.0/24`, `2001:db8::/32` or an address); empty lines and what follows `#` are passed over. */
export function parseNetworks(lines: readonly string[]): Result<NetworkList, NetworksRefusal> {
  const ranges: Range[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.replace(/#.*/s, '').trim();
    if (text === '') continue;
    const range = parseNetwork(text);
    if (range === undefined) return err({ line: index + 1 });
    if (ranges.length >= NETWORKS_MAX) return err('too_many_networks');
    ranges.push(range);
  }
  const [ipv4, ipv6] = [32, 128].map((bits) => merged(ranges.filter((range) => range.bits === bits)));
  return ok({
    size: ranges.length,
    has: (text) => {
      if (ranges.length === 0) return false;
      const address = parseAddress(text.trim().replace(/%.*$/s, ''));
      return address !== undefined && contains((address.bits === 32 ? ipv4 : ipv6) ?? [], address.value);
    },
  });
}
