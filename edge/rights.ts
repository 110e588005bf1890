// edge/rights.ts: gives the answering of privacy requests what it needs of a platform: keys from the collector, the rest from the port.
import type { EpochMs, VisitorKey } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { KeyProvider } from '../core/index.ts';
import type { Db, Site } from '../store/index.ts';
import { hasLetterOf, readUntellableBefore, visitorsOfAccounts, visitorsOfKeys } from '../store/index.ts';
import { destinationsBy } from './api/privacy/destinations.ts';
import type { Identify, KeepApart, KnownAs, RightsNeeds } from './api/privacy/needs.ts';
import { hasLostSalt, knownAccountKeys, knownVisitorKeys } from './collector/known-visitor.ts';
import type { Port } from './port.ts';

// Where no second place is set up there is nothing to wait for; a restore says so and asks.
const nowhereApart: KeepApart = () => Promise.resolve(true);

/** What of a port it takes. */
export type RightsPort = Pick<Port, 'db' | 'keys' | 'now' | 'randomBytes' | 'deliver' | 'explainProfile' | 'keepApart'>;

/** Whether somebody of whom nothing is found may have something all the same. */
async function doubtOf(
  needs: { readonly db: Db; readonly keys: KeyProvider },
  site: Site,
  visitors: readonly VisitorKey[],
  now: EpochMs,
): Promise<Pick<KnownAs, 'doubt'>> {
  const { db } = needs;
  const isKnown =
    (await visitorsOfKeys(db, site.row, visitors)).length > 0 || (await hasLetterOf(db, site.row, visitors));
  if (isKnown) return {};
  const lostAt = (await hasLostSalt(needs, site)) ? now : undefined;
  return (await readUntellableBefore(db, site, lostAt)) === undefined ? {} : { doubt: 'salt_destroyed' };
}

/** Puts it together. */
export function rightsNeeds(port: RightsPort): RightsNeeds {
  const { db, keys, now, randomBytes, deliver, explainProfile, keepApart = nowhereApart } = port;
  const identify: Identify = async (site, subject) => {
    if (subject.kind === 'first_party_id') {
      const visitors = await knownVisitorKeys({ db, keys }, site, subject.firstPartyId, now(), 'stored');
      if (visitors.length === 0) return err('salt_gone');
      return ok({ visitors, accounts: [], ...(await doubtOf({ db, keys }, site, visitors, now())) });
    }
    const accounts = await knownAccountKeys({ db, keys }, site, subject.account, now(), 'stored');
    if (accounts.length === 0) return err('salt_gone');
    const linked = await visitorsOfAccounts(db, site.row, accounts);
    const visitors = linked.map(({ key }) => key as VisitorKey);
    return ok({ visitors, accounts, ...(await doubtOf({ db, keys }, site, visitors, now())) });
  };
  const destinationsOf = destinationsBy({ db, keys, now, randomBytes, deliver });
  return { db, keys, now, randomBytes, destinationsOf, explainProfile, keepApart, identify };
}
