// bench/servers/killed-work.ts: does one piece of privacy work and kills itself with SIGKILL before its nth call to the outside.
// argv: data folder, key folder, work (purge, erasure, rotation, salt_change), n, now (epoch ms). Ends with 0 where it finished before that.
import { join } from 'node:path';
import type { EpochMs, FirstPartyId, SiteId } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { destroyExpiredSalts, knownVisitorKey, rotateLongSalt } from '../../edge/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import type { Db } from '../../store/index.ts';
import { eraseVisitor, findSite, purgeExpired } from '../../store/index.ts';
import { openFiles } from '../../store/open.node.ts';

const [dataDir = '', keyDir = '', work = '', point = '0', instant = '0', id = ''] = process.argv.slice(2);
const now = Number(instant) as EpochMs;
let calls = 0;
let armed = false;

/** Dies before the nth call. */
const counted = <T extends object>(target: T, names: readonly string[]): T =>
  new Proxy(target, {
    get(held, name) {
      const value: unknown = Reflect.get(held, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (armed && names.includes(String(name))) {
          if (calls === Number(point)) process.kill(process.pid, 'SIGKILL');
          calls += 1;
        }
        return Reflect.apply(value as (...given: unknown[]) => unknown, held, args);
      };
    },
  });

const open = await openFiles({ ground: join(dataDir, 'ground.db'), derived: join(dataDir, 'derived.db') });
const db: Db = { ...open, client: counted(open.client, ['batch', 'execute']) };
const keys: KeyProvider = counted(await configuredKeys({ keyDir }), ['destroy', 'obtain', 'read']);
const site = await findSite(open, 'shop' as SiteId);
if (site === undefined) throw new Error('the site is there');

if (work === 'purge') {
  armed = true;
  await purgeExpired({ db, holder: 'killed', clock: () => now }, now);
} else if (work === 'erasure') {
  const key = await knownVisitorKey({ db, keys }, site, id as FirstPartyId, now);
  if (key === undefined) throw new Error('the salt lives');
  armed = true;
  await eraseVisitor({ db, holder: 'killed', clock: () => now }, site, { keys: [key], receipt: 'receipt', at: now });
} else if (work === 'salt_change') {
  armed = true;
  const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
  await rotateLongSalt({ db, keys, randomBytes }, site.row, now);
} else {
  armed = true;
  await destroyExpiredSalts({ db, keys }, now);
}
process.stdout.write(`${calls}\n`);
