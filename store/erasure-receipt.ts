// store/erasure-receipt.ts: what a visitor is given after an erasure: a signed statement of what went (JWS, RFC 7515).
import type { EpochMs } from '../contract/index.ts';
import { jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';
import type { ErasedRows } from './erasure.ts';

const TYPE = 'erasure-receipt+jwt';
const ISSUER = 'hushtag';

/** What a receipt says. Nothing in it tells who was erased; the visitor has it, and so knows. */
export interface ErasureReceipt {
  /** The id that the audit log names too. */
  readonly receipt: string;
  readonly site: string;
  readonly erasedAt: EpochMs;
  readonly rows: ErasedRows;
  /** Who the data had been given to, and whether they were told (GDPR Art. 19); empty where there is nobody. */
  readonly destinations: readonly { readonly name: string; readonly told: boolean }[];
}

/** Signs a receipt with an Ed25519 key. @returns a compact JWS of type `erasure-receipt+jwt`. */
export const signErasureReceipt = (
  { receipt, site, erasedAt, rows, destinations }: ErasureReceipt,
  key: CryptoKey,
): Promise<string> =>
  new SignJWT({ site, rows, destinations })
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE })
    .setIssuer(ISSUER)
    .setJti(receipt)
    .setIssuedAt(Math.floor(erasedAt / 1_000))
    .sign(key);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const payloadSchema = v.object({
  jti: v.string(),
  iat: v.number(),
  site: v.string(),
  rows: v.object({ events: count, visitors: count, strings: count }),
  destinations: v.array(v.object({ name: v.string(), told: v.boolean() })),
});

/** Reads a receipt. @returns undefined unless exactly this key signed it. */
export async function readErasureReceipt(jws: string, key: CryptoKey): Promise<ErasureReceipt | undefined> {
  const by = { algorithms: ['EdDSA'], issuer: ISSUER, typ: TYPE };
  const signed = await jwtVerify(jws, key, by).catch(() => undefined);
  const read = v.safeParse(payloadSchema, signed?.payload);
  if (!read.success) return undefined;
  const { jti, iat, site, rows, destinations } = read.output;
  return { receipt: jti, site, erasedAt: (iat * 1_000) as EpochMs, rows, destinations };
}
