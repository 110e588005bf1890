// bench/proof/after-kill.ts: a restart after work was killed, and what was left half done then.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EpochMs } from '../../contract/index.ts';
import {
  destroyAbandonedKeys,
  destroyExpiredSalts,
  finishRequests,
  knownVisitorKey,
  rightsNeeds,
} from '../../edge/index.ts';
import { configuredKeys, keepApartIn, PRIVACY_PARTS, readSecondFolder, withMirror } from '../../runtime/index.ts';
import type { Db } from '../../store/index.ts';
import {
  acceptJobs,
  checkRetention,
  findSite,
  listRequests,
  purgeExpired,
  purgeWithdrawals,
  readAuditLog,
  readLongSalts,
  replayTombstones,
} from '../../store/index.ts';
import { openFiles } from '../../store/open.node.ts';
import { ERASED, REKEYED, rekeyJob, TOLD_FILE, WITHDRAWN } from './killed-data.ts';
import { SITE } from './pipeline.ts';
import { everyByte } from './readable.ts';

/** The pieces of work. */
export const WORKS = ['purge', 'erasure', 'telling', 'withdrawal', 'rekey', 'rotation', 'salt_change'] as const;
/** One of them. */
export type Work = (typeof WORKS)[number];

/** The folders of a server. */
export interface Place {
  readonly dataDir: string;
  readonly keyDir: string;
}

/** What a piece of work that was killed is looked at with. */
interface Restart {
  readonly db: Db;
  readonly place: Place;
  readonly now: EpochMs;
  /** Calls that were made before the kill. */
  readonly point: number;
}

const leased = ({ db, now }: Restart) => ({ db, holder: 'restart', clock: () => now });
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

/** Starts again and says what was left half done. */
export async function findHalfDone(place: Place, work: Work, now: EpochMs, point: number): Promise<string[]> {
  const { dataDir } = place;
  const open = await openFiles({ ground: join(dataDir, 'ground.db'), derived: join(dataDir, 'derived.db') });
  const db = withMirror(open, { dataDir });
  try {
    await readAuditLog(db);
    return await AFTER[work]({ db, place, now, point });
  } finally {
    db.client.close();
  }
}

const AFTER: Readonly<Record<Work, (restart: Restart) => Promise<string[]>>> = {
  purge: afterPurge,
  erasure: afterErasure,
  telling: afterTelling,
  withdrawal: afterWithdrawal,
  rekey: afterRekey,
  rotation: afterRotation,
  salt_change: afterSaltChange,
};

async function afterPurge(restart: Restart): Promise<string[]> {
  await purgeExpired(leased(restart), restart.now);
  return (await checkRetention(restart.db, restart.now)).filter(({ holds }) => !holds).map(({ claim }) => claim);
}

/** What is there of the erased visitor: rows, and bytes of any file as it is and unpacked. */
async function leftOfErased({ db, place, now }: Restart): Promise<string[]> {
  const site = await findSite(db, SITE);
  const keys = await configuredKeys({ keyDir: place.keyDir });
  const key = site === undefined ? undefined : await knownVisitorKey({ db, keys }, site, ERASED.id, now);
  const { rows } = await db.client.execute({
    sql: `SELECT 'key' FROM visitors WHERE key = unhex(?1) UNION ALL SELECT 'text' FROM strings WHERE value = ?2
      UNION ALL SELECT 'event' FROM events WHERE items LIKE '%' || ?2 || '%'`,
    args: [key ?? '', ERASED.mark],
  });
  const files = (await everyByte(place.dataDir, [])).filter(({ bytes }) => bytes.includes(ERASED.mark));
  const orphans = (await checkRetention(db, now)).filter(({ holds, limitDays }) => !holds && limitDays === undefined);
  return [
    ...rows.map((row) => row[0] as string),
    ...files.map(({ name }) => `bytes in ${name}`),
    ...orphans.map(({ claim }) => claim),
  ];
}

async function afterErasure(restart: Restart): Promise<string[]> {
  const replayed = await replayTombstones(leased(restart));
  // Killed before its first write, the erasure promised nothing yet; nobody was given a receipt.
  if (restart.point === 0) return [];
  return [...(replayed.ok ? [] : ['busy']), ...(await leftOfErased(restart))];
}

/** Beside the data folder, as the whole path's server has it. */
export const secondPlaceOf = ({ dataDir }: Pick<Place, 'dataDir'>): string => join(dirname(dataDir), 'second-place');

async function isSaidDone(db: Db): Promise<boolean> {
  const { rows } = await db.client.execute("SELECT 1 FROM privacy_requests WHERE status = 'done'");
  return rows.length > 0;
}

async function isApart(second: string): Promise<boolean> {
  const recalled = await readSecondFolder(second);
  return recalled.state === 'read' && recalled.kept.tombstones.length > 0;
}

/** Either nobody was promised anything, or the request is closed, everything is gone and the destination knows. */
async function afterTelling(restart: Restart): Promise<string[]> {
  const { db, place, now } = restart;
  const keys = await configuredKeys({ keyDir: place.keyDir });
  const told: string[] = [];
  const deliver = ({ body }: { readonly body: string }): Promise<boolean> => {
    told.push(body);
    return Promise.resolve(true);
  };
  const second = secondPlaceOf(place);
  const saidDone = await isSaidDone(db);
  const early = saidDone && !(await isApart(second)) ? ['it was called done before the second place knew'] : [];
  const keepApart = keepApartIn(db, second);
  await finishRequests(rightsNeeds({ db, keys, randomBytes, now: () => now, deliver, keepApart, ...PRIVACY_PARTS }));
  const before = await readFile(join(place.dataDir, TOLD_FILE), 'utf8').catch(() => '');
  const requests = await listRequests(db, (await findSite(db, SITE))?.row ?? 0, {});
  const [request] = requests;
  const { rows } = await db.client.execute('SELECT count(*) FROM tombstones');
  const promised = Number(rows[0]?.[0]) > 0;
  if (request === undefined) {
    return [
      ...(promised ? ['a tombstone without its request'] : []),
      ...(before === '' ? [] : ['told of what nobody asked for']),
    ];
  }
  const messages = [...before.split('\n').filter(Boolean), ...told];
  const { outcome, status, id } = request;
  return [
    ...early,
    ...((await isApart(second)) ? [] : ['the second place never knew']),
    ...(status === 'done' && outcome?.receipt !== undefined ? [] : [`the request is ${status}`]),
    ...(outcome?.destinations?.every((one) => one.told) === true ? [] : ['the receipt names who was not told']),
    ...(messages.some((body) => body.includes(id)) ? [] : ['the destination was never told']),
    ...(new Set(messages).size <= 1 ? [] : ['two messages say different things']),
    ...(await leftOfErased(restart)),
  ];
}

async function afterWithdrawal(restart: Restart): Promise<string[]> {
  const { db, place, now } = restart;
  const purged = await purgeWithdrawals(leased(restart));
  await purgeExpired(leased(restart), now);
  const keys = await configuredKeys({ keyDir: place.keyDir });
  const site = await findSite(db, SITE);
  const key = site === undefined ? undefined : await knownVisitorKey({ db, keys }, site, WITHDRAWN.id, now);
  const who = 'SELECT id FROM visitors WHERE key = unhex(?1)';
  const { rows } = await db.client.execute({
    sql: `SELECT 'the mark' FROM withdrawals UNION ALL SELECT 'a profile' FROM profiles WHERE visitor IN (${who})
      UNION ALL SELECT 'a membership' FROM memberships WHERE visitor IN (${who})
      UNION ALL SELECT 'a link' FROM links WHERE visitor IN (${who})
      UNION ALL SELECT 'an event' FROM events WHERE purposes <> 0 AND visitor IN (${who})
      UNION ALL SELECT 'a text' FROM strings WHERE value LIKE ?2 || '%'`,
    args: [key ?? '', WITHDRAWN.mark],
  });
  const files = (await everyByte(place.dataDir, [])).filter(({ bytes }) => bytes.includes(WITHDRAWN.mark));
  return [
    ...(purged.busy > 0 ? ['busy'] : []),
    ...rows.map((row) => row[0] as string),
    ...files.map(({ name }) => `bytes in ${name}`),
  ];
}

/** Nothing of the message or all of it; sent again, as its sender does, it is the same as if it had come once. */
async function afterRekey({ db, now }: Restart): Promise<string[]> {
  const { visitor, known, fresh } = REKEYED;
  const look = async (): Promise<string> => {
    const { rows } = await db.client.execute({
      sql: `SELECT (SELECT count(*) FROM events WHERE name = (SELECT id FROM strings WHERE value = 'refund')
            AND visitor = (SELECT id FROM visitors WHERE key IN (unhex(?1), unhex(?2)))) || ' events, '
          || (SELECT group_concat(lower(hex(key))) FROM visitors WHERE key IN (unhex(?1), unhex(?2))) || ', '
          || (SELECT count(*) FROM former_keys WHERE key = unhex(?1)) || ' former, '
          || (SELECT coalesce(group_concat(lower(hex(key)) || '>' || lower(hex(stands_for)) || ':' || lasting), '')
              FROM (SELECT * FROM order_aliases ORDER BY key))`,
      args: [visitor.former, visitor.key],
    });
    return rows[0]?.[0] as string;
  };
  const none = `0 events, ${visitor.former}, 0 former, `;
  const all = `2 events, ${visitor.key}, 1 former, ${known.key}>${known.former}:1,${fresh.former}>${fresh.key}:0`;
  const first = await look();
  await acceptJobs(db, [rekeyJob(1, now)]);
  const again = await look();
  return [
    ...(first === none || first === all ? [] : [`half of a message: ${first}`]),
    ...(again === all ? [] : [`sent again: ${again}`]),
  ];
}

async function afterRotation({ db, place, now }: Restart): Promise<string[]> {
  const { keyDir } = place;
  await destroyExpiredSalts({ db, keys: await configuredKeys({ keyDir }) }, now);
  const { rows } = await db.client.execute(`SELECT 'a salt' FROM salts UNION ALL SELECT 'a former key' FROM former_keys
    UNION ALL SELECT 'a name of an order' FROM order_aliases WHERE lasting = 0`);
  const keys = (await readdir(keyDir)).filter((name) => name.endsWith('.kek'));
  return [...rows.map((row) => row[0] as string), ...keys.map(() => 'a key')];
}

/** Either nothing happened, or the successor is there and the salt before it ends: and no key belongs to no salt. */
async function afterSaltChange({ db, place, now }: Restart): Promise<string[]> {
  const { keyDir } = place;
  const keys = await configuredKeys({ keyDir });
  await destroyAbandonedKeys({ db, keys }, now);
  const salts = await readLongSalts(db, 1);
  const [newest, former] = salts;
  const files = (await readdir(keyDir)).filter((name) => name.endsWith('.kek'));
  const { rows } = await db.client.execute('SELECT count(*) FROM salts');
  const opened = await Promise.all(salts.map((salt) => keys.read(salt.kekId)));
  return [
    ...(salts.length === 1 || (former !== undefined && newest !== undefined && former.destroyAt < newest.destroyAt)
      ? []
      : ['half a change']),
    ...(opened.includes(undefined) ? ['a salt without a key'] : []),
    ...(files.length === Number(rows[0]?.[0]) ? [] : ['a key without a salt']),
  ];
}
