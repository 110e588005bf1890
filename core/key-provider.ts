// core/key-provider.ts: where keys live that must never be in the database or its backups.

/** Lasting secrets by use. They sign and blind; no pseudonym is made with them. */
export type SecretName = 'tokens' | 'publish' | 'audit' | 'requests' | 'access' | 'destinations';

/** Bytes of every key and secret. */
export const KEY_BYTES = 32;

/**
 * Keeps key-encryption keys outside the database (file, memory, Worker secret, KMS).
 * Every method rejects with an error that says what to do where the keys can't be reached.
 */
export interface KeyProvider {
  /** Whether a destroyed key is gone for good; false where keys are derived from a secret that stays. */
  readonly forgets: boolean;
  /** The key of this id; where there is none, `fresh` becomes it. All processes get the same 32 bytes. */
  readonly obtain: (kekId: string, fresh: Uint8Array) => Promise<Uint8Array>;
  /** The key of this id, or undefined where it was destroyed or never made. */
  readonly read: (kekId: string) => Promise<Uint8Array | undefined>;
  /** Destroys the key; afterwards `read` answers undefined. Destroying what is gone is no fault. */
  readonly destroy: (kekId: string) => Promise<void>;
  /** A lasting secret of 32 bytes, made on first use. */
  readonly secret: (name: SecretName, fresh: Uint8Array) => Promise<Uint8Array>;
}
