// bench/proof/erasure.ts: one visitor's events through the running server, then their erasure; what is left is counted (P4).
import type { EpochMs, FirstPartyId } from '../../contract/index.ts';
import { knownVisitorKeys } from '../../edge/index.ts';
import { eraseVisitor, findSite } from '../../store/index.ts';
import type { Stage } from './pipeline.ts';
import { segmentNow, sendAs, SITE } from './pipeline.ts';
import { everyByte } from './readable.ts';

const ID = 'first-party-visitor-to-be-erased' as FirstPartyId;
/** May be stored, and belongs to nobody else. */
const MARK = 'erasemark-seven';

/** What was found of the visitor before and after. */
export interface ErasureProof {
  /** Events that were acknowledged; a connection that was cut acknowledges nothing. */
  readonly acknowledged: number;
  readonly erasedEvents: number;
  readonly foundBefore: number;
  readonly rowsLeft: number;
}

/** Sends, segments, erases, looks. */
export async function proveErasure(stage: Stage): Promise<ErasureProof> {
  const { db, keys } = stage.server;
  let acknowledged = 0;
  for (let nth = 0; nth < 20; nth++) {
    const { status } = await sendAs(stage, ID, {
      h: `Title ${MARK}`,
      u: `https://shop.example/${MARK}/${nth % 3}`,
      n: nth % 4 === 0 ? 'purchase' : 'view_item',
      p: { note: `${MARK} ${nth % 5}` },
      m: { c: 'GBP', v: 100 + nth, o: `order ${nth}`, l: [{ i: MARK, c: MARK }] },
    });
    if (status === 202) acknowledged += 1;
  }
  await segmentNow(stage);
  const site = await findSite(db, SITE);
  if (site === undefined) throw new Error('the site is there');
  const at = (Date.now() + stage.clock.ahead) as EpochMs;
  // Under two salts where one follows the other: the visitor may be stored by either key.
  const known = await knownVisitorKeys({ db, keys }, site, ID, at);
  const [key] = known;
  if (key === undefined) throw new Error('the long salt lives');
  const { rows } = await db.client.execute({ sql: 'SELECT id FROM visitors WHERE key = unhex(?)', args: [key] });
  const visitor = Number(rows[0]?.['id'] ?? 0);
  const foundBefore = await left(stage, visitor, key);
  const receipt = '00112233445566778899aabbccddeeff';
  const erased = await eraseVisitor({ db, holder: 'proof', clock: Date.now }, site, {
    keys: known,
    receipt,
    at,
  });
  return {
    acknowledged,
    erasedEvents: erased.ok ? erased.value.events : 0,
    foundBefore,
    rowsLeft: await left(stage, visitor, key),
  };
}

/** Rows of the visitor, and files in which bytes of theirs are found. */
async function left(stage: Stage, visitor: number, key: string): Promise<number> {
  let found = 0;
  for (const sql of [
    'SELECT count(*) FROM events WHERE visitor = ?',
    'SELECT count(*) FROM profiles WHERE visitor = ?',
    'SELECT count(*) FROM memberships WHERE visitor = ?',
    'SELECT count(*) FROM visitors WHERE id = ?',
  ]) {
    const { rows } = await stage.server.db.client.execute({ sql, args: [visitor] });
    found += Number(rows[0]?.[0] ?? 0);
  }
  const bytes = [Buffer.from(MARK), Buffer.from(key, 'hex'), Buffer.from(key)];
  const files = await everyByte(stage.config.dataDir, stage.said);
  return found + files.filter((file) => bytes.some((wanted) => file.bytes.includes(wanted))).length;
}
