// runtime/hrana.ts: an embedded database behind Hrana 2 over HTTP (JSON), for developing and testing the Worker offline.
// It serves one request at a time on one connection and keeps no stream open between requests: no interactive transactions.
// Source: libsql's HRANA_2_SPEC.md, "Hrana over HTTP".
import Database from 'libsql';
import * as v from 'valibot';

const valueSchema = v.variant('type', [
  v.object({ type: v.literal('null') }),
  v.object({ type: v.literal('integer'), value: v.string() }),
  v.object({ type: v.literal('float'), value: v.number() }),
  v.object({ type: v.literal('text'), value: v.string() }),
  v.object({ type: v.literal('blob'), base64: v.string() }),
]);
const stmtSchema = v.object({
  sql: v.optional(v.string()),
  sql_id: v.optional(v.number()),
  args: v.optional(v.array(valueSchema), []),
  named_args: v.optional(v.array(v.object({ name: v.string(), value: valueSchema })), []),
});
type Condition =
  | { readonly type: 'ok' | 'error'; readonly step: number }
  | { readonly type: 'not'; readonly cond: Condition }
  | { readonly type: 'and' | 'or'; readonly conds: readonly Condition[] }
  | { readonly type: 'is_autocommit' };
const conditionSchema: v.GenericSchema<unknown, Condition> = v.union([
  v.object({ type: v.picklist(['ok', 'error']), step: v.number() }),
  v.object({ type: v.literal('not'), cond: v.lazy(() => conditionSchema) }),
  v.object({ type: v.picklist(['and', 'or']), conds: v.array(v.lazy(() => conditionSchema)) }),
  v.object({ type: v.literal('is_autocommit') }),
]);
const requestSchema = v.variant('type', [
  v.object({ type: v.literal('execute'), stmt: stmtSchema }),
  v.object({
    type: v.literal('batch'),
    batch: v.object({ steps: v.array(v.object({ condition: v.optional(conditionSchema), stmt: stmtSchema })) }),
  }),
  v.object({ type: v.literal('sequence'), sql: v.optional(v.string()), sql_id: v.optional(v.number()) }),
  v.object({ type: v.literal('store_sql'), sql_id: v.number(), sql: v.string() }),
  v.object({ type: v.literal('close_sql'), sql_id: v.number() }),
  v.object({ type: v.literal('get_autocommit') }),
  v.object({ type: v.literal('close') }),
]);
const pipelineSchema = v.object({ requests: v.array(requestSchema) });

type WireValue = v.InferOutput<typeof valueSchema>;
type Stmt = v.InferOutput<typeof stmtSchema>;
type StreamRequest = v.InferOutput<typeof requestSchema>;
interface WireError {
  readonly message: string;
  readonly code: string;
}
interface StmtResult {
  readonly cols: readonly { readonly name: string; readonly decltype: string | null }[];
  readonly rows: readonly (readonly WireValue[])[];
  readonly affected_row_count: number;
  readonly last_insert_rowid: string | null;
}

/** An embedded database that answers Hrana requests. */
export interface HranaDatabase {
  /** Answers `GET /v2` and `POST /v2/pipeline`; anything else is 404. */
  readonly handle: (request: Request) => Promise<Response>;
  readonly close: () => void;
}

const fromWire = (value: WireValue): unknown => {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return BigInt(value.value);
    case 'float':
    case 'text':
      return value.value;
    case 'blob':
      return Buffer.from(value.base64, 'base64');
  }
};

const toWire = (value: unknown): WireValue => {
  if (value === null || value === undefined) return { type: 'null' };
  if (typeof value === 'bigint') return { type: 'integer', value: String(value) };
  if (typeof value === 'number') return { type: 'float', value };
  if (value instanceof Uint8Array) return { type: 'blob', base64: Buffer.from(value).toString('base64') };
  if (typeof value === 'string') return { type: 'text', value };
  throw new TypeError(`a database value of type ${typeof value} has no wire form`);
};

const toError = (fault: unknown): WireError => ({
  message: fault instanceof Error ? fault.message : 'unknown fault',
  code: typeof fault === 'object' && fault !== null && 'code' in fault ? String(fault.code) : 'UNKNOWN',
});

function runStmt(db: Database.Database, sqls: ReadonlyMap<number, string>, stmt: Stmt): StmtResult {
  const sql = stmt.sql ?? sqls.get(stmt.sql_id ?? -1);
  if (sql === undefined) throw new Error('the statement has no SQL');
  const args =
    stmt.named_args.length > 0
      ? Object.fromEntries(stmt.named_args.map(({ name, value }) => [name.replace(/^[:@$]/, ''), fromWire(value)]))
      : stmt.args.map(fromWire);
  const prepared = db.prepare(sql);
  prepared.safeIntegers(true);
  if (prepared.reader) {
    prepared.raw(true);
    const cols = prepared.columns().map(({ name, type }) => ({ name, decltype: type }));
    const rows = prepared.all(args) as unknown[][];
    return { cols, rows: rows.map((row) => row.map(toWire)), affected_row_count: 0, last_insert_rowid: null };
  }
  const { changes, lastInsertRowid } = prepared.run(args);
  return { cols: [], rows: [], affected_row_count: changes, last_insert_rowid: String(lastInsertRowid) };
}

type BatchResult = { step_results: (StmtResult | null)[]; step_errors: (WireError | null)[] };

function holds(condition: Condition, done: BatchResult, db: Database.Database): boolean {
  switch (condition.type) {
    case 'ok':
      return (done.step_results[condition.step] ?? null) !== null;
    case 'error':
      return (done.step_errors[condition.step] ?? null) !== null;
    case 'not':
      return !holds(condition.cond, done, db);
    case 'and':
      return condition.conds.every((one) => holds(one, done, db));
    case 'or':
      return condition.conds.some((one) => holds(one, done, db));
    case 'is_autocommit':
      return !db.inTransaction;
  }
}

function runRequest(db: Database.Database, sqls: Map<number, string>, request: StreamRequest): object {
  switch (request.type) {
    case 'execute':
      return { type: 'execute', result: runStmt(db, sqls, request.stmt) };
    case 'batch': {
      const done: BatchResult = { step_results: [], step_errors: [] };
      for (const { condition, stmt } of request.batch.steps) {
        let result: StmtResult | null = null;
        let error: WireError | null = null;
        if (condition === undefined || holds(condition, done, db)) {
          try {
            result = runStmt(db, sqls, stmt);
          } catch (fault) {
            error = toError(fault);
          }
        }
        done.step_results.push(result);
        done.step_errors.push(error);
      }
      return { type: 'batch', result: done };
    }
    case 'sequence':
      db.exec(request.sql ?? sqls.get(request.sql_id ?? -1) ?? '');
      return { type: 'sequence' };
    case 'store_sql':
      sqls.set(request.sql_id, request.sql);
      return { type: 'store_sql' };
    case 'close_sql':
      sqls.delete(request.sql_id);
      return { type: 'close_sql' };
    case 'get_autocommit':
      return { type: 'get_autocommit', is_autocommit: !db.inTransaction };
    case 'close':
      return { type: 'close' };
  }
}

/** Opens a database file for Hrana clients. */
export function openHrana(path: string): HranaDatabase {
  const db = new Database(path);
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000');
  const pipeline = (body: unknown): object => {
    const { requests } = v.parse(pipelineSchema, body);
    const sqls = new Map<number, string>();
    const results = requests.map((request) => {
      try {
        return { type: 'ok', response: runRequest(db, sqls, request) };
      } catch (fault) {
        return { type: 'error', error: toError(fault) };
      }
    });
    if (db.inTransaction) db.exec('ROLLBACK');
    return { baton: null, base_url: null, results };
  };
  return {
    handle: async (request) => {
      const { pathname } = new URL(request.url);
      // A web page that a developer has open must not be able to drive the database; browsers always send one of these.
      if (request.headers.has('origin') || request.headers.has('sec-fetch-site')) {
        return new Response('not for browsers', { status: 403 });
      }
      if (request.method === 'GET' && pathname === '/v2') return new Response('ok');
      if (request.method !== 'POST' || pathname !== '/v2/pipeline') return new Response('not found', { status: 404 });
      return Response.json(pipeline(await request.json()));
    },
    close: () => db.close(),
  };
}
