// store/erasure-receipt.ts: what a visitor is given after an erasure: a signed statement of what went (JWS, RFC 7515).
import type { EpochMs } from '../contract/index.ts';
import { SignJWT } from 'jose';
import type { ErasedRows } from './erasure.ts';

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
    .setProtectedHeader({ alg: 'EdDSA', typ: 'erasure-receipt+jwt' })
    .setIssuer('hushtag')
    .setJti(receipt)
    .setIssuedAt(Math.floor(erasedAt / 1_000))
    .sign(key);
