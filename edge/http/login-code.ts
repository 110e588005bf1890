// edge/http/login-code.ts: codes that log in once: 25 letters and digits, of which five find the code and twenty are its secret.
import type { GivenCode } from '../../store/index.ts';

// Crockford's base 32: no i, l, o and u, which people misread.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CHARS = 25;
const CODE = new RegExp(`^[${ALPHABET}]{${CHARS}}$`);
const ID_CHARS = 5;
const GROUP_CHARS = 5;
/** How long a code can be used. */
export const LOGIN_CODE_MINUTES = 30;

const digestOf = async (code: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`hushtag login code 1 ${code}`)));

const given = async (code: string): Promise<GivenCode> => ({
  id: code.slice(0, ID_CHARS),
  digest: await digestOf(code),
});

/** Makes a code of random bytes: 100 secret bits. @returns it as people type it, and what is stored of it. */
export async function makeLoginCode(
  randomBytes: (length: number) => Uint8Array,
): Promise<{ readonly code: string; readonly stored: GivenCode }> {
  const code = Array.from(randomBytes(CHARS), (byte) => ALPHABET[byte % ALPHABET.length] ?? '').join('');
  const groups = code.match(new RegExp(`.{${GROUP_CHARS}}`, 'g')) ?? [];
  return { code: groups.join('-'), stored: await given(code) };
}

/** Reads a code as somebody typed it: case, hyphens, spaces and look-alikes do not matter. Undefined where it is none. */
export async function readLoginCode(typed: string): Promise<GivenCode | undefined> {
  const code = typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return CODE.test(code) ? given(code) : undefined;
}
