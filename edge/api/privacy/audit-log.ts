// edge/api/privacy/audit-log.ts: the audit log over the API, so that a browser can check it: commitments of all, texts of the site's own.
import { Hono } from 'hono';
import { KEY_BYTES, noteSignerFrom, toHex } from '../../../core/index.ts';
import { auditSize, readAuditSlice, signCheckpoint } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { readPage } from '../read-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';
import { describeAudit, describeCheckpoint } from './openapi-policy.ts';

const siteOf = (text: string): unknown => (JSON.parse(text) as { readonly site?: unknown }).site;

/** Makes the routes. */
export function createAuditRoutes(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const scope = requireScope('audit:read');

  app.get('/v1/sites/:site/audit', describeAudit, scope, async (context) => {
    const page = readPage(context);
    if (!page.ok) return page.error;
    const { limit, cursor } = page.value;
    const order = context.req.query('order') ?? 'oldest';
    const at = Number(cursor ?? '0');
    if (!Number.isSafeInteger(at) || at < 0 || (order !== 'oldest' && order !== 'newest')) {
      return problem('malformed_request', 'cursor is the "next" of the page before; order is oldest or newest.');
    }
    const site = context.get('site');
    const size = await auditSize(port.db);
    const isNewest = order === 'newest';
    // Backwards a cursor names the entry that the page ends before, so that entries that come meanwhile move nothing.
    const before = Math.min(cursor === undefined ? size : at, size);
    const from = isNewest ? Math.max(0, before - limit) : at;
    const entries = await readAuditSlice(port.db, from, isNewest ? before - from : limit);
    const end = from + entries.length;
    const forward = entries.length === limit && end < size ? String(end) : null;
    // Of another site nothing is told but that something was recorded, which the tree needs (P7).
    const shown = entries.map(({ commitment, open }, nth) => ({
      index: from + nth,
      commitment: toHex(commitment),
      ...(open !== undefined && siteOf(open.text) === site.id ? { nonce: toHex(open.nonce), entry: open.text } : {}),
    }));
    if (!isNewest) return privateJson(context, { size, entries: shown, next: forward });
    return privateJson(context, { size, entries: shown.reverse(), next: from > 0 ? String(from) : null });
  });

  app.post('/v1/sites/:site/audit/checkpoint', describeCheckpoint, scope, async (context) => {
    const signer = await noteSignerFrom(Uint8Array.from(await port.keys.secret('audit', port.randomBytes(KEY_BYTES))));
    const signed = await signCheckpoint(port.db, signer, port.now());
    if (!signed.ok) {
      return problem('audit_altered', 'Keep the files as they are; compare with checkpoints kept elsewhere.');
    }
    return privateJson(context, { ...signed.value, publicKey: signer.publicKey });
  });
  return app;
}
