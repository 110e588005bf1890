// edge/api/access/tokens.ts: the tokens of a site: which there are, a new one, and taking one back.
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { EpochMs, Result } from '../../../contract/index.ts';
import { err, ok } from '../../../contract/index.ts';
import { INSTALLATION_SCOPES, toHex } from '../../../core/index.ts';
import type { SignedToken } from '../../../store/index.ts';
import { findToken, readTokens, revokeToken, tokenStatements } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import { jwksOf } from '../../http/token-keyring.ts';
import type { TokenKeys } from '../../http/tokens.ts';
import { issueToken, tokenEnd } from '../../http/tokens.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import { IDEMPOTENCY_HELP, idempotencyKeyOf } from '../idempotency-key.ts';
import { keyedHash } from '../keyed.ts';
import { readJson, readPage } from '../read-json.ts';
import type { ApiEnv } from '../require-scope.ts';
import { privateJson, scopesOf } from '../require-scope.ts';
import {
  describeJwks,
  describeNewToken,
  describeRevoke,
  describeTokens,
  NEW_TOKEN_HELP,
  newTokenSchema,
} from './tokens-openapi.ts';

const ID_BYTES = 16;
const DAY_SECONDS = 86_400;
const PATH = '/v1/sites/:site/tokens';

/** A cursor is where the page ended: when the last token was signed and its id. */
const cursorOf = ({ createdAt, id }: SignedToken): string => `${createdAt}.${id}`;
function readCursor(cursor: string | undefined): Result<{ createdAt: number; id: string } | undefined, 'malformed'> {
  if (cursor === undefined) return ok(undefined);
  const [, createdAt, id] = /^(\d{1,15})\.([0-9a-f]{32})$/.exec(cursor) ?? [];
  return createdAt === undefined || id === undefined ? err('malformed') : ok({ createdAt: Number(createdAt), id });
}

async function list(context: Context<ApiEnv>, { db }: Port): Promise<Response> {
  const page = readPage(context);
  if (!page.ok) return page.error;
  const after = readCursor(page.value.cursor);
  if (!after.ok) return problem('malformed_request', 'cursor is the "next" of the page before.');
  const { limit } = page.value;
  const held = await readTokens(db, context.get('site').row, {
    limit,
    ...(after.value === undefined ? {} : { after: after.value }),
  });
  const last = held.at(-1);
  return answerJson(context, {
    tokens: held,
    next: held.length === limit && last !== undefined ? cursorOf(last) : null,
  });
}

/** An id for a token: random, or always the same for an Idempotency-Key, so that sending it again finds the token. */
async function tokenId(context: Context<ApiEnv>, port: Port, key: string | undefined): Promise<Uint8Array> {
  if (key === undefined) return port.randomBytes(ID_BYTES);
  const hash = await keyedHash(port, 'hushtag token 1', context.get('token'), context.get('site').id, key);
  return hash.subarray(0, ID_BYTES);
}

async function sign(context: Context<ApiEnv>, port: Port, tokenKeys: () => Promise<TokenKeys>): Promise<Response> {
  const asked = await readJson(context, newTokenSchema, NEW_TOKEN_HELP);
  if (!asked.ok) return asked.error;
  const key = idempotencyKeyOf(context);
  if (!key.ok) return problem(key.error, IDEMPOTENCY_HELP);
  const site = context.get('site');
  const { label, days } = asked.value;
  const scopes = [...new Set(asked.value.scopes)].sort();
  const own = context.get('principal').scopesAt(site.id);
  // Nobody gives what they do not have, and what is about the installation no token has.
  const beyond = scopes.find((scope) => own?.has(scope) !== true || INSTALLATION_SCOPES.includes(scope));
  if (beyond !== undefined) return problem('scope_missing', `A token of yours can not have the scope ${beyond}.`);
  const id = await tokenId(context, port, key.value.idempotencyKey);
  const keys = await tokenKeys();
  const known = await findToken(port.db, site.row, toHex(id));
  const createdAt = (known?.createdAt ?? port.now()) as EpochMs;
  const token: SignedToken = {
    id: toHex(id),
    label,
    scopes,
    kid: keys.kid,
    createdAt,
    expiresAt: tokenEnd(createdAt, days * DAY_SECONDS),
  };
  if (known === undefined) await port.transact(await tokenStatements(site, token, context.get('token')));
  else if (known.label !== label || known.expiresAt !== token.expiresAt || known.scopes.join() !== scopes.join()) {
    return problem('idempotency_reused', 'Use a new key for another token.');
  }
  const signed = await issueToken(keys, { site: site.id, scopes, now: createdAt, lifeSeconds: days * DAY_SECONDS, id });
  return privateJson(context, { ...token, token: signed }, 201);
}

/** Makes the routes. */
export function createTokenRoutes(port: Port, tokenKeys: () => Promise<TokenKeys>): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const managing = scopesOf(port, tokenKeys)('tokens:manage');
  app.get(PATH, describeTokens, managing, (context) => list(context, port));
  app.post(PATH, describeNewToken, managing, (context) => sign(context, port, tokenKeys));
  app.delete(`${PATH}/:id`, describeRevoke, managing, async (context) => {
    const order = { at: port.now(), by: context.get('token') };
    const revoked = await revokeToken(port.ground, context.get('site'), context.req.param('id'), order);
    return revoked ? context.body(null, 204) : problem('not_found', 'There is no such token, or it was taken back.');
  });
  app.get('/.well-known/jwks.json', describeJwks, async (context) => {
    context.header('cache-control', 'public, max-age=300');
    return context.json(await jwksOf(await tokenKeys()));
  });
  return app;
}
