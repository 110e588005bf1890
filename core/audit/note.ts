// core/audit/note.ts: signed notes as C2SP signed-note describes them, with one Ed25519 signature.
import { toHex } from '../pseudonym.ts';
import { fromBase64, fromHex, toBase64 } from './base64.ts';
import { sameHash, sha256 } from './merkle.ts';

/** Signs notes; made from a seed that lives at the KeyProvider. */
export interface NoteSigner {
  /** The name in signature lines and in the public key. */
  readonly name: string;
  /** What a reader checks signatures with: `name+hash+key`, a vkey of C2SP signed-note. */
  readonly publicKey: string;
  readonly sign: (text: string) => Promise<string>;
}

/** Checks signatures of one key. */
export interface NoteVerifier {
  readonly name: string;
  /** The Ed25519 key itself: receipts of erasures are signed with it too. */
  readonly key: Awaited<ReturnType<typeof crypto.subtle.importKey>>;
  /** The text of a note, ending in a line feed; undefined unless exactly this key signed exactly this text. */
  readonly open: (note: string) => Promise<string | undefined>;
}

const ALGORITHM = 1; // Ed25519 in signed-note's table of types.
const KEY_HASH_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
// An Ed25519 private key in PKCS#8 is this prefix and the 32-byte seed (RFC 8410 §7).
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);
const encoder = new TextEncoder();

const keyHash = async (name: string, key: Uint8Array): Promise<Uint8Array> =>
  (await sha256(encoder.encode(`${name}\n`), Uint8Array.of(ALGORITHM), key)).subarray(0, KEY_HASH_BYTES);

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> | undefined =>
  fromBase64(`${text.replaceAll('-', '+').replaceAll('_', '/')}${'='.repeat((4 - (text.length % 4)) % 4)}`);

/** Makes a signer from 32 secret bytes. Its name holds a hash of the public key, so that two logs never share one. */
export async function noteSignerFrom(seed: Uint8Array): Promise<NoteSigner> {
  const pkcs8 = Uint8Array.of(...PKCS8_PREFIX, ...seed);
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, true, ['sign']);
  const { x } = await crypto.subtle.exportKey('jwk', privateKey);
  const key = fromBase64Url(x ?? '') ?? new Uint8Array();
  const name = `hushtag-audit/${toHex((await sha256(key)).subarray(0, KEY_HASH_BYTES))}`;
  const hash = await keyHash(name, key);
  return {
    name,
    publicKey: `${name}+${toHex(hash)}+${toBase64(Uint8Array.of(ALGORITHM, ...key))}`,
    sign: async (text) => {
      const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, encoder.encode(text)));
      return `${text}\n\u2014 ${name} ${toBase64(Uint8Array.of(...hash, ...signature))}\n`;
    },
  };
}

/** Reads a public key as {@link NoteSigner} gives it; undefined where it is none. */
export async function noteVerifierFrom(publicKey: string): Promise<NoteVerifier | undefined> {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(publicKey);
  const [, name = '', hashHex = '', keyText = ''] = match ?? [];
  const bytes = fromBase64(keyText);
  const hash = fromHex(hashHex);
  if (bytes === undefined || hash === undefined) return undefined;
  if (bytes.length !== PUBLIC_KEY_BYTES + 1 || bytes[0] !== ALGORITHM) return undefined;
  const raw = bytes.slice(1);
  if (!sameHash(await keyHash(name, raw), hash)) return undefined;
  const key = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, true, ['verify']);
  return {
    name,
    key,
    open: async (note) => {
      // The text is everything to the last empty line. One signature alone is taken: there is nobody else to sign.
      const at = note.lastIndexOf('\n\n');
      const text = note.slice(0, at + 1);
      const line = note.slice(at + 2);
      const prefix = `\u2014 ${name} `;
      if (at < 0 || !line.startsWith(prefix) || !line.endsWith('\n')) return undefined;
      const signature = fromBase64(line.slice(prefix.length, -1));
      if (signature === undefined || !sameHash(signature.subarray(0, KEY_HASH_BYTES), hash)) return undefined;
      const sound = await crypto.subtle.verify('Ed25519', key, signature.slice(KEY_HASH_BYTES), encoder.encode(text));
      return sound ? text : undefined;
    },
  };
}
