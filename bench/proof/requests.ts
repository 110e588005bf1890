// bench/proof/requests.ts: privacy requests whose every value is marked, and everything an officer can read afterwards (P1).
import type { Marker } from './markers.ts';
import type { Stage } from './pipeline.ts';
import { send, tokenFor } from './pipeline.ts';

const ROUNDS = 4;

/** What a request may name, and the value that must be nowhere afterwards. */
const subjectsOf = (nth: number): readonly (readonly [name: string, subject: object, value: string])[] => {
  const [id, mail] = [`RequestMark${nth}q7f3aOfFirstParty`, `request.mark${nth}q7f3a@mail.example`];
  const phone = `+4477009${String(10_000 + nth)}`;
  return [
    ['first_party_id', { first_party_id: id }, id],
    ['email', { account: { email: mail } }, mail],
    ['user_id', { account: { user_id: `user-mark-${nth}-q7f3a` } }, `user-mark-${nth}-q7f3a`],
    ['phone', { account: { phone } }, phone],
  ];
};

/** Asks for everything about marked people, with marked keys, and reads what there is to read. @returns the markers. */
export async function sendRequests(stage: Stage): Promise<Marker[]> {
  const token = await tokenFor(stage, ['privacy:read', 'privacy:write']);
  const authorization = `Bearer ${token}`;
  const markers: Marker[] = [];
  for (let nth = 0; nth < ROUNDS; nth++) {
    for (const [name, subject, value] of subjectsOf(nth)) {
      for (const kind of ['access', 'objection', 'unlink', 'erasure']) {
        const key = `key-mark-${kind}-${name}-${nth}-q7f3a`;
        const body = JSON.stringify({ kind, subject });
        await send(stage, '/v1/sites/shop/privacy/requests', { authorization, 'idempotency-key': key }, body);
        markers.push({ name: `request:${kind}:${name}`, values: [value, key] });
      }
    }
  }
  for (const path of ['requests', 'ropa', 'dpia', 'breach?from=2001-01-01&to=2101-01-01']) {
    await send(stage, `/v1/sites/shop/privacy/${path}`, { authorization });
    await send(stage, `/v1/sites/shop/privacy/${path}`, { authorization, accept: 'text/html' });
  }
  return markers;
}
