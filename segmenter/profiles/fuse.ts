// segmenter/profiles/fuse.ts: which visitors are one person to the site, by the accounts they were identified as.
//
// Profiles stay one a visitor in the database; only who reads them joins them. So a link that is undone was never there.
import type { StoredLink } from '../../store/index.ts';
import { ACCOUNT_KINDS } from '../../core/index.ts';

/**
 * The most visitors one person can be: browsers, devices and years of them. More are an address that many use (a test
 * account, a shop's till), and joining them would make one person of strangers.
 */
export const FUSED_VISITORS_MAX = 50;

/** Which visitors belong together. */
export interface Fusion {
  /** For each visitor of a group the group's lead, its smallest number. Who is in no group is not here. */
  readonly leads: ReadonlyMap<number, number>;
  /** The visitors of each group, by its lead, in ascending order. */
  readonly groups: ReadonlyMap<number, readonly number[]>;
}

/**
 * The accounts of one visitor that may join it to others. The strongest kind it was identified by decides: where that
 * names two accounts, the browser is shared by two people, and it is joined to neither. Of weaker kinds, one that names
 * two accounts says nothing (an e-mail address that changed).
 */
function joiningAccounts(links: readonly StoredLink[]): readonly number[] {
  const accounts: number[] = [];
  let isStrongest = true;
  for (const kind of ACCOUNT_KINDS) {
    const named = links.filter((link) => link.kind === kind);
    const [only] = named;
    if (only === undefined) continue;
    if (named.length === 1) accounts.push(only.account);
    else if (isStrongest) return [];
    isStrongest = false;
  }
  return accounts;
}

function groupBy<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

/** Sets that are joined pair by pair; the smallest number leads. */
function disjointSets() {
  const above = new Map<string, string>();
  const find = (name: string): string => {
    let root = name;
    for (let next = above.get(root); next !== undefined; next = above.get(root)) root = next;
    for (let at = name; at !== root; ) {
      const next = above.get(at) ?? root;
      above.set(at, root);
      at = next;
    }
    return root;
  };
  return {
    find,
    join: (one: string, other: string): void => {
      const [a, b] = [find(one), find(other)];
      if (a !== b) above.set(a, b);
    },
  };
}

/** Joins visitors by their links, whatever order those come in; each link is given once. */
export function fuseVisitors(links: readonly StoredLink[]): Fusion {
  const byVisitor = groupBy(links, ({ visitor }) => visitor);
  const sets = disjointSets();
  const joined: number[] = [];
  for (const [visitor, own] of byVisitor) {
    const accounts = joiningAccounts(own);
    for (const account of accounts) sets.join(`v${visitor}`, `a${account}`);
    if (accounts.length > 0) joined.push(visitor);
  }
  const leads = new Map<number, number>();
  const groups = new Map<number, readonly number[]>();
  for (const members of groupBy(joined, (visitor) => sets.find(`v${visitor}`)).values()) {
    const visitors = members.toSorted((a, b) => a - b);
    const [lead] = visitors;
    if (lead === undefined || visitors.length < 2 || visitors.length > FUSED_VISITORS_MAX) continue;
    groups.set(lead, visitors);
    for (const visitor of visitors) leads.set(visitor, lead);
  }
  return { leads, groups };
}

/** A text that is the same for the same groups, and short: what a run remembers to know whether they changed. */
export function fusionMark({ groups }: Fusion): string {
  // FNV-1a, 32 bits twice over: it must tell changes apart, not withstand anybody.
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (const [lead, visitors] of [...groups].sort((x, y) => x[0] - y[0])) {
    for (const number of [-lead, ...visitors]) {
      a = Math.imul(a ^ number, 0x01000193) >>> 0;
      b = Math.imul(b ^ a, 0x85ebca6b) >>> 0;
    }
  }
  return `${groups.size}-${a.toString(36)}-${b.toString(36)}`;
}
