// edge/api/privacy/destinations.ts: tells whom data was given to that somebody was erased (GDPR Art. 19), in signed messages.
//
// Signed as Standard Webhooks ask (https://www.standardwebhooks.com): id, time and body under a key that the destination was
// given when it was registered. The key is derived, so neither database nor backup holds it.
import type { EpochMs } from '../../../contract/index.ts';
import type { KeyProvider } from '../../../core/index.ts';
import { KEY_BYTES, lengthPrefixed, toHex } from '../../../core/index.ts';
import type { Db, Site } from '../../../store/index.ts';
import { readDestinations } from '../../../store/index.ts';
import type { Deliver, Destination } from './needs.ts';

/** What telling needs. */
interface TellNeeds {
  readonly db: Db;
  readonly keys: KeyProvider;
  readonly now: () => EpochMs;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly deliver: Deliver;
}

const encoder = new TextEncoder();
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

async function hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const made = await crypto.subtle.importKey('raw', key, HMAC, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', made, message));
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** The key of messages to one destination of one site. */
async function signingKey(
  { keys, randomBytes }: Pick<TellNeeds, 'keys' | 'randomBytes'>,
  site: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const secret = Uint8Array.from(await keys.secret('destinations', randomBytes(KEY_BYTES)));
  return hmac(secret, lengthPrefixed(['hushtag destination 1', site, name]));
}

/** The key as a destination is given it: `whsec_` and base64. */
export const destinationSecret = async (
  needs: Pick<TellNeeds, 'keys' | 'randomBytes'>,
  site: string,
  name: string,
): Promise<string> => `whsec_${base64(await signingKey(needs, site, name))}`;

/**
 * Names a visitor to a destination without giving their key: SHA-256 of `hushtag erased SITE KEY` as hex. Who holds the key finds
 * them by it, and nobody else can.
 */
export async function destinationDigest(site: string, visitorKey: string): Promise<string> {
  const bytes = encoder.encode(`hushtag erased ${site} ${visitorKey}`);
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** A site's destinations, each ready to be told. */
export const destinationsBy =
  (needs: TellNeeds) =>
  async (site: Site): Promise<readonly Destination[]> =>
    (await readDestinations(needs.db, site.row)).map(({ name, purpose, url }) => ({
      name,
      purpose,
      forget: async ({ receipt, visitors }) => {
        const id = `erasure_${receipt}`;
        const seconds = String(Math.floor(needs.now() / 1_000));
        const body = JSON.stringify({ type: 'visitor.erased', site: site.id, receipt, visitors });
        const key = await signingKey(needs, site.id, name);
        const signature = await hmac(key, encoder.encode(`${id}.${seconds}.${body}`));
        return needs.deliver({
          url,
          headers: {
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': seconds,
            'webhook-signature': `v1,${base64(signature)}`,
          },
          body,
        });
      },
    }));
