// bench/proof/killed-data.ts: what pieces of work that are killed find: an order on both sides of a rotation, a destination, a withdrawal.
import type { EpochMs, FirstPartyId } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { EventRow, SiteRow, WriteJob } from '../../store/index.ts';

/** The visitor who is erased, and a text that is theirs alone. */
export const ERASED = { id: 'first-party-visitor-killed-work' as FirstPartyId, mark: 'killmark-eight' } as const;
/** The visitor who withdraws, and a text that is theirs alone. */
export const WITHDRAWN = { id: 'first-party-visitor-withdrawing' as FirstPartyId, mark: 'withdrawmark-nine' } as const;

/** What destinations were told, a line a message, in the data folder. */
export const TOLD_FILE = 'told.ndjson';

/** Keys under the older salt and the newer: of a visitor, of an order that events name, of one that is new. */
export const REKEYED = {
  visitor: { former: 'a1'.repeat(12), key: 'a2'.repeat(12) },
  known: { former: 'b1'.repeat(12), key: 'b2'.repeat(12) },
  fresh: { former: 'c1'.repeat(12), key: 'c2'.repeat(12) },
} as const;

const linked = { linked: 1, purposes: 15, policyVersion: 1, currency: 'GBP', value: 900 } as const;
const jobOf = (site: SiteRow, at: EpochMs, rows: readonly EventRow[]): WriteJob => ({
  site,
  day: Math.floor(at / DAY_MS),
  rows,
  ledger: [{ outcome: 'received', reason: '', events: rows.length }],
});

/** Before the rotation: a purchase under the older salt. */
export const beforeRekey = (site: SiteRow, at: EpochMs): WriteJob =>
  jobOf(site, at, [
    {
      ...linked,
      id: 'd1'.repeat(16),
      at,
      name: 'purchase',
      visitor: REKEYED.visitor.former,
      orderKey: REKEYED.known.former,
    },
  ]);

/** While both live: the visitor comes back, with the order that is known and one that is not. */
export const rekeyJob = (site: SiteRow, at: EpochMs): WriteJob =>
  jobOf(
    site,
    at,
    (['known', 'fresh'] as const).map((order, nth) => ({
      ...linked,
      id: `d${nth + 2}`.repeat(16),
      at: at + nth,
      name: 'refund',
      visitor: REKEYED.visitor.key,
      formerVisitor: REKEYED.visitor.former,
      orderKey: REKEYED[order].key,
      formerOrder: REKEYED[order].former,
    })),
  );
