// e2e/edge/use-edge.ts: starts an edge for a suite, with four sites, and looks into its database as an outsider would.
import { afterAll, beforeAll } from 'vitest';
import type { EventId } from '../../contract/index.ts';
import { storedEventId } from '../../core/index.ts';
import { addSite, findSite, setBotRules, setTrackingPlan } from '../../store/index.ts';
import { contractCheck } from '../support/contract-check.ts';
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { SHOP_ORIGIN, siteId, until } from '../support/edge-under-test.ts';

/** A row as the database answers it. */
export type Row = Readonly<Record<string, unknown>>;

/** What the collector answers to a message it took. */
export interface Answer {
  readonly received: number;
  readonly refused: readonly { readonly event?: string; readonly index: number; readonly reason: string }[];
}

/** A suite's edge and ways to look at what it wrote. */
export interface SuiteEdge extends EdgeUnderTest {
  readonly ask: (sql: string, ...args: (string | number)[]) => Promise<Row[]>;
  /** The stored event of an id with its dictionary texts, or undefined. */
  readonly rowOf: (id: string) => Promise<Row | undefined>;
  /** The same, once it is there. */
  readonly stored: (id: string) => Promise<Row>;
  /** How many rows hold an event's id. */
  readonly rowsOf: (id: string) => Promise<number>;
  /** Events the ledger counts of a site (row id; 0 for no site). */
  readonly counted: (site: number, outcome: string, reason?: string) => Promise<number>;
  readonly siteRow: (name: string) => Promise<number>;
}

const EVENT_SQL = `SELECT e.*, hex(v.key) AS visitor_key, v.linked, p.value AS path_text, r.value AS referrer_text,
    c.value AS campaign_text, t.value AS title_text, x.code AS context_code, hex(e.order_key) AS order_hex
  FROM events e LEFT JOIN visitors v ON v.id = e.visitor LEFT JOIN strings p ON p.id = e.path
    LEFT JOIN strings r ON r.id = e.referrer LEFT JOIN strings c ON c.id = e.campaign LEFT JOIN strings t ON t.id = e.title
    LEFT JOIN contexts x ON x.id = e.context
  WHERE e.id = unhex(?)`;
const COUNT_SQL = `SELECT coalesce(sum(events), 0) AS n FROM ledger WHERE site_id = ? AND outcome = ? AND reason = ?`;
const SITES = [
  ['shop', 'standard'],
  ['strict', 'strict'],
  ['exempt', 'exempt'],
  ['other', 'standard'],
  ['planned', 'standard'],
] as const;

/** The plan of the site `planned`. */
const PLAN = {
  unknownEvents: 'reject',
  unknownProperties: 'warn',
  events: { sign_up: { properties: { method: { type: 'string', required: true } } } },
};

/** Reads a collector's answer. */
export const answerOf = async (response: Response): Promise<Answer> => (await response.json()) as Answer;

/** Starts an edge before a suite's tests and closes it after them. */
export function useEdge(start: () => Promise<EdgeUnderTest>): SuiteEdge {
  let started: EdgeUnderTest | undefined;
  const edge = (): EdgeUnderTest => {
    if (started === undefined) throw new Error('the edge did not start');
    return started;
  };
  const check = contractCheck(edge);
  beforeAll(async () => {
    started = await start();
    for (const [name, policy] of SITES) {
      await addSite(started.db, { id: siteId(name), origins: [SHOP_ORIGIN], policy, floor: 50, at: Date.now() });
    }
    const shop = await findSite(started.db, siteId('shop'));
    if (shop === undefined) throw new Error('the site is there');
    const planned = await findSite(started.db, siteId('planned'));
    if (planned === undefined) throw new Error('the site is there');
    await setTrackingPlan(started.db, planned, JSON.stringify(PLAN), Date.now());
    await setBotRules(started.db, shop, [{ action: 'deny', agent: 'deniedagent7f3a' }], Date.now());
  });
  afterAll(async () => started?.close());

  const ask: SuiteEdge['ask'] = async (sql, ...args) =>
    (await edge().db.client.execute({ sql, args })).rows.map((row) => ({ ...row }));
  const rowOf: SuiteEdge['rowOf'] = async (id) => (await ask(EVENT_SQL, storedEventId(id as EventId)))[0];
  return {
    get name() {
      return edge().name;
    },
    get db() {
      return edge().db;
    },
    fetch: async (path, init) => {
      const response = await edge().fetch(path, init);
      const broken = await check(path, init, response);
      if (broken !== undefined) throw new Error(`the OpenAPI document says otherwise: ${broken}`);
      return response;
    },
    token: (site, scopes, lifeSeconds) => edge().token(site, scopes, lifeSeconds),
    segment: () => edge().segment(),
    written: () => edge().written(),
    close: () => edge().close(),
    ask,
    rowsOf: async (id) =>
      Number(
        (await ask('SELECT count(*) AS n FROM events WHERE id = unhex(?)', storedEventId(id as EventId)))[0]?.['n'],
      ),
    rowOf,
    stored: async (id) => {
      const row = await until(
        () => rowOf(id),
        (seen) => seen !== undefined,
      );
      if (row === undefined) throw new Error('the row vanished');
      return row;
    },
    counted: async (site, outcome, reason = '') => Number((await ask(COUNT_SQL, site, outcome, reason))[0]?.['n']),
    siteRow: async (name) => Number((await ask('SELECT id FROM sites WHERE name = ?', name))[0]?.['id']),
  };
}
