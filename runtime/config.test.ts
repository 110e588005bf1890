// runtime/config.test.ts: every problem of a configuration is reported together.
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('P2: configuration', () => {
  it('has safe defaults: loopback, no trusted proxy, keys beside and not inside the data', () => {
    expect(readConfig({}, '/srv')).toEqual({
      ok: true,
      value: {
        port: 8_787,
        host: '127.0.0.1',
        dataDir: '/srv/data',
        keyDir: '/srv/data-keys',
        backupDir: '/srv/data-backups',
        backupDays: 30,
        trustedProxies: 0,
        segmentMinutes: 60,
        liveFold: true,
        logBytes: 64_000_000,
        limits: { siteEventsPerSecond: 2_000, addressEventsPerSecond: 100 },
      },
    });
  });

  it('keeps the Worker’s secret, without which a remote database is refused', () => {
    const masterKey = Buffer.alloc(32, 1).toString('base64');
    const remote = { HUSHTAG_DATABASE_URL: 'https://db.example', HUSHTAG_DATABASE_TOKEN: 't' };
    expect(readConfig({ ...remote, HUSHTAG_MASTER_KEY: masterKey }, '/srv')).toMatchObject({
      ok: true,
      value: { masterKey, remote: { url: 'https://db.example', authToken: 't' } },
    });
    expect(readConfig(remote, '/srv').ok).toBe(false);
    expect(readConfig({ HUSHTAG_MASTER_KEY: 'short' }, '/srv').ok).toBe(false);
  });

  it('reports every problem at once', () => {
    const config = readConfig(
      {
        PORT: '70000',
        HUSHTAG_TRUSTED_PROXIES: 'many',
        HUSHTAG_SEGMENT_MINUTES: '-1',
        HUSHTAG_LIVE: 'yes',
        HUSHTAG_DATA_DIR: '/srv/data',
        HUSHTAG_KEY_DIR: '/srv/data/keys',
        HUSHTAG_DATABASE_URL: 'postgres://db',
      },
      '/srv',
    );
    expect(config.ok ? [] : config.error.map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'HUSHTAG_TRUSTED_PROXIES',
      'HUSHTAG_SEGMENT_MINUTES',
      'HUSHTAG_KEY_DIR',
      'HUSHTAG_LIVE',
      'HUSHTAG_DATABASE_URL',
      'HUSHTAG_DATABASE_URL',
    ]);
  });

  it.each([
    { port: '0', ok: true },
    { port: '65535', ok: true },
    { port: '65536', ok: false },
    { port: '80a', ok: false },
    { port: '', ok: true },
  ])('takes PORT=$port: $ok', ({ port, ok }) => {
    expect(readConfig({ PORT: port }, '/srv').ok).toBe(ok);
  });

  it.each([
    { why: 'the same folder', data: '/srv/a', keys: '/srv/a', ok: false },
    { why: 'keys inside the data', data: '/srv/a', keys: '/srv/a/b/c', ok: false },
    { why: 'data inside the keys', data: '/srv/a/b', keys: '/srv/a', ok: false },
    { why: 'a sibling with the same beginning', data: '/srv/a', keys: '/srv/a-keys', ok: true },
    { why: 'dots that leave again', data: '/srv/a', keys: '/srv/a/../b', ok: true },
  ])('takes $why: $ok', ({ data, keys, ok }) => {
    expect(readConfig({ HUSHTAG_DATA_DIR: data, HUSHTAG_KEY_DIR: keys }, '/srv').ok).toBe(ok);
  });
});
