// edge/collector/ways-in.ts: what the ways in (tag, back ends, import) share: one memory of sites, one set of open salts.
import type { SiteId } from '../../contract/index.ts';
import type { Site } from '../../store/index.ts';
import { findSite } from '../../store/index.ts';
import type { TokenKeys } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import type { Keyring } from './keyring.ts';
import { createKeyring } from './keyring.ts';
import { cacheSites } from './site-cache.ts';

/** What every way in is made with. */
export interface WaysIn {
  readonly port: Port;
  readonly tokenKeys: () => Promise<TokenKeys>;
  readonly siteOf: (id: SiteId) => Promise<Site | undefined>;
  readonly saltHmac: Keyring;
}

/** Makes it for a platform. A salt that was destroyed is forgotten by all of them at once (P2). */
export const createWaysIn = (port: Port, tokenKeys: () => Promise<TokenKeys>): WaysIn => ({
  port,
  tokenKeys,
  siteOf: cacheSites((id) => findSite(port.ground, id), port.now),
  saltHmac: createKeyring({ ...port, db: port.ground }),
});
