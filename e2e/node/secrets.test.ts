// e2e/node/secrets.test.ts: whatever goes wrong, no secret is in a line of the log or in the database (P6).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSite } from '../../store/index.ts';
import { METRICS_TOKEN, siteId } from '../support/edge-under-test.ts';
import { addPerson, askLogin, codeFor, logIn } from '../support/login.ts';
import { startNodeEdge } from '../support/node-edge.ts';

const CLIENT_SECRET = 'client-secret-of-the-provider-91d2';
const EMAIL = 'robin.91d2@shop.example';
const IDEMPOTENCY_KEY = 'a-key-of-the-callers-own-91d2';
/** Where nobody answers. */
const NOBODY = 'http://127.0.0.1:1';

describe('P6: secrets', () => {
  let edge: Awaited<ReturnType<typeof startNodeEdge>>;
  const secrets: string[] = [METRICS_TOKEN, CLIENT_SECRET, EMAIL, IDEMPOTENCY_KEY];
  beforeAll(async () => {
    edge = await startNodeEdge(undefined, {
      innerOrigins: new Set([NOBODY]),
      oidc: {
        issuer: NOBODY,
        clientId: 'hushtag',
        clientSecret: CLIENT_SECRET,
        redirectUri: 'https://edge.example/v1/session/oidc/callback',
        name: 'Nobody',
        domains: [],
      },
    });
    await addSite(edge.db, { id: siteId('shop'), origins: [], policy: 'standard', floor: 50, at: Date.now() });
  });
  afterAll(() => edge.close());

  /** Uses every kind of secret, rightly and wrongly. @returns the answers' statuses. */
  const useAll = async (): Promise<readonly number[]> => {
    const token = await edge.token(siteId('shop'), ['ledger:read']);
    const broken = `${token.slice(0, -4)}AAAA`;
    const code = await codeFor(edge.db, await addPerson(edge.db, [{ site: null, role: 'owner' }]));
    const owner = await logIn(edge, [{ site: null, role: 'owner' }]);
    secrets.push(token, broken, code, code.replaceAll('-', ''), owner.cookie.split('=')[1] ?? 'none', owner.csrf);
    const asked = await Promise.all([
      edge.fetch('/v1/sites/shop/ledger', { headers: { authorization: `Bearer ${token}` } }),
      edge.fetch('/v1/sites/shop/ledger', { headers: { authorization: `Bearer ${broken}` } }),
      edge.fetch('/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}` } }),
      edge.fetch('/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}x` } }),
      edge.fetch('/v1/session/oidc'),
      askLogin(edge, { code: `${code.slice(0, -1)}0` }),
      askLogin(edge, { token: broken }),
      owner.fetch('/v1/people', {
        method: 'POST',
        headers: { 'idempotency-key': IDEMPOTENCY_KEY },
        body: JSON.stringify({ label: 'Robin', roles: [{ site: null, role: 'analyst' }], email: EMAIL }),
      }),
    ]);
    return asked.map(({ status }) => status);
  };

  it('are in no line of the log and no file but those of keys', async () => {
    const statuses = await useAll();
    expect(statuses.slice(0, 5)).toEqual([200, 401, 200, 401, 302]);
    const keys = await readdir(edge.keyDir);
    for (const name of keys) {
      const bytes = await readFile(join(edge.keyDir, name));
      if (bytes.length >= 16) secrets.push(bytes.toString('hex'), bytes.toString('base64'), bytes.toString('latin1'));
    }
    const files = await edge.written();
    const log = files.find(({ name }) => name === 'log')?.bytes.toString() ?? '';
    expect(log).toContain('"oidc_unreachable"');
    const others = files.filter(({ name }) => !name.startsWith(edge.keyDir));
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(15);
      const found = others.filter(({ bytes }) => bytes.includes(Buffer.from(secret, 'latin1')));
      expect(found.map(({ name }) => name)).toEqual([]);
    }
  });
});
