// edge/rights.ts: gives the answering of privacy requests what it needs of a platform: keys from the collector, the rest from the port.
import type { VisitorKey } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import { visitorsOfAccounts } from '../store/index.ts';
import { destinationsBy } from './api/privacy/destinations.ts';
import type { Identify, RightsNeeds } from './api/privacy/needs.ts';
import { knownAccountKeys, knownVisitorKeys } from './collector/known-visitor.ts';
import type { Port } from './port.ts';

/** What of a port it takes. */
export type RightsPort = Pick<Port, 'db' | 'keys' | 'now' | 'randomBytes' | 'deliver' | 'explainProfile'>;

/** Puts it together. */
export function rightsNeeds(port: RightsPort): RightsNeeds {
  const { db, keys, now, randomBytes, deliver, explainProfile } = port;
  const identify: Identify = async (site, subject) => {
    if (subject.kind === 'first_party_id') {
      const visitors = await knownVisitorKeys({ db, keys }, site, subject.firstPartyId, now());
      return visitors.length === 0 ? err('salt_gone') : ok({ visitors, accounts: [] });
    }
    const accounts = await knownAccountKeys({ db, keys }, site, subject.account, now());
    if (accounts.length === 0) return err('salt_gone');
    const linked = await visitorsOfAccounts(db, site.row, accounts);
    return ok({ visitors: linked.map(({ key }) => key as VisitorKey), accounts });
  };
  const destinationsOf = destinationsBy({ db, keys, now, randomBytes, deliver });
  return { db, keys, now, randomBytes, destinationsOf, explainProfile, identify };
}
