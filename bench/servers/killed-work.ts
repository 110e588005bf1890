// bench/servers/killed-work.ts: does one piece of privacy work and kills itself with SIGKILL before its nth call to the outside.
// argv: data folder, key folder, work (see WORKS of bench/proof/after-kill.ts), n, now (epoch ms), a visitor's id. Ends with 0 where it
// finished before that.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import type { EpochMs, FirstPartyId, SiteId } from '../../contract/index.ts';
import type { KeyProvider } from '../../core/index.ts';
import { answerRequest, destroyExpiredSalts, knownVisitorKey, rightsNeeds, rotateLongSalt } from '../../edge/index.ts';
import { configuredKeys, keepApartIn, PRIVACY_PARTS, withMirror } from '../../runtime/index.ts';
import type { Db, Site } from '../../store/index.ts';
import { eraseVisitor, findSite, purgeExpired, purgeWithdrawals } from '../../store/index.ts';
import { openLocalWriter } from '../../store/local-writer.ts';
import { openFiles } from '../../store/open.node.ts';
import { secondPlaceOf } from '../proof/after-kill.ts';
import { rekeyJob, TOLD_FILE } from '../proof/killed-data.ts';

const [dataDir = '', keyDir = '', work = '', point = '0', instant = '0', id = ''] = process.argv.slice(2);
const now = Number(instant) as EpochMs;
const files = { ground: join(dataDir, 'ground.db'), derived: join(dataDir, 'derived.db') };
let calls = 0;
let armed = false;

const call = (): void => {
  if (!armed) return;
  if (calls === Number(point)) process.kill(process.pid, 'SIGKILL');
  calls += 1;
};

/** Dies before the nth call. */
const counted = <T extends object>(target: T, names: readonly string[]): T =>
  new Proxy(target, {
    get(held, name) {
      const value: unknown = Reflect.get(held, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (names.includes(String(name))) call();
        return Reflect.apply(value as (...given: unknown[]) => unknown, held, args);
      };
    },
  });

/** Every statement of the driver counts, those inside a transaction too. */
function countStatements(): void {
  const { prototype } = Database;
  const prepare = Reflect.get(prototype, 'prepare') as (this: Database.Database, sql: string) => Database.Statement;
  prototype.prepare = function (this: Database.Database, sql: string) {
    return counted(Reflect.apply(prepare, this, [sql]), ['run', 'get', 'all']);
  } as typeof prototype.prepare;
}

if (work === 'rekey') countStatements();
const open = await openFiles(files);
const mirrored = withMirror(open, { dataDir });
const copy = mirrored.copy === undefined ? {} : { copy: counted(mirrored.copy, ['erase', 'purge', 'forget']) };
const db: Db = { ...mirrored, ...copy, client: counted(open.client, ['batch', 'execute']) };
const keys: KeyProvider = counted(await configuredKeys({ keyDir }), ['destroy', 'obtain', 'read', 'secret']);
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const needs = { db, holder: 'killed', clock: () => now };
const firstPartyId = id as FirstPartyId;

/** Tells nobody, and notes that it did; whoever is told may be told and killed before the answer is kept. */
const deliver = ({ body }: { readonly body: string }): Promise<boolean> => {
  call();
  appendFileSync(join(dataDir, TOLD_FILE), `${body}\n`);
  return Promise.resolve(true);
};

const DOES: Readonly<Record<string, (site: Site) => Promise<unknown>>> = {
  purge: () => purgeExpired(needs, now),
  erasure: async (site) => {
    armed = false;
    const key = await knownVisitorKey({ db, keys }, site, firstPartyId, now);
    if (key === undefined) throw new Error('the salt lives');
    armed = true;
    return eraseVisitor(needs, site, { keys: [key], receipt: 'receipt', at: now });
  },
  telling: (site) => {
    const apart = keepApartIn(db, secondPlaceOf({ dataDir }));
    const keepApart: typeof apart = (news) => {
      call();
      return apart?.(news) ?? Promise.resolve(false);
    };
    const rights = rightsNeeds({ db, keys, randomBytes, now: () => now, deliver, keepApart, ...PRIVACY_PARTS });
    const subject = { kind: 'first_party_id', firstPartyId } as const;
    return answerRequest(rights, site, { kind: 'erasure', subject, askedBy: 'officer' });
  },
  withdrawal: () => purgeWithdrawals(needs),
  rekey: async (site) => {
    const writer = openLocalWriter(files);
    armed = true;
    writer.accept([rekeyJob(site.row, now)]);
    writer.close();
  },
  salt_change: (site) => rotateLongSalt({ db, keys, randomBytes }, site.row, now),
  rotation: () => destroyExpiredSalts({ db, keys }, now),
};

const site = await findSite(open, 'shop' as SiteId);
const does = DOES[work];
if (site === undefined || does === undefined) throw new Error('the site and the work are there');
armed = work !== 'rekey';
await does(site);
process.stdout.write(`${calls}\n`);
