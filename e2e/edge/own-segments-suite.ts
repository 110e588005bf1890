// e2e/edge/own-segments-suite.ts: a visitor's own segments for their own browser, and members for who may export them.
import { beforeAll, describe, expect, it } from 'vitest';
import type { WireBatch } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import { collect, SHOP_ORIGIN, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const PERSONALISED = 'T3duU2VnbWVudHNBZ3JlZWQx';
const PROFILED = 'T3duU2VnbWVudHNQcm9maWxl';
const IDENTIFIED = 'T3duU2VnbWVudHNMb2dpbjEy';
const ALL: WireBatch['c'] = ['g', 15, 1];

/** Runs these tests against an edge. */
export function ownSegmentsSuite(edge: SuiteEdge): void {
  const read = (id: string | undefined, headers: Readonly<Record<string, string>> = {}, site = 'shop') =>
    edge.fetch(`/v1/me/segments?site=${site}`, {
      headers: { origin: SHOP_ORIGIN, ...(id === undefined ? {} : { 'hushtag-visitor': id }), ...headers },
    });
  const segmentsOf = async (id: string, headers = {}) => {
    const response = await read(id, headers);
    expect(response.status).toBe(200);
    return (await response.json()) as { segments: string[]; withheld?: string };
  };
  const ask = async (method: string, path: string, scopes: readonly Scope[], body?: unknown) =>
    edge.fetch(`/v1/sites/shop/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await edge.token(siteId('shop'), scopes)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  describe('a visitor’s own segments', () => {
    beforeAll(async () => {
      const rule = { version: 1, where: { event: 'own_segments_event' } };
      await ask('PUT', 'rule-segments/own', ['segments:write'], { name: 'Own', rule });
      const event = () => wireEvent({ n: 'own_segments_event' });
      await collect(edge, wireBatch({ c: ALL, i: PERSONALISED, e: [event()] }));
      await collect(edge, wireBatch({ c: ['g', 3, 1], i: PROFILED, e: [event()] }));
      const identify = wireEvent({ n: 'identify', p: { user_id: 'own-segments-7' } });
      await collect(edge, wireBatch({ c: ALL, i: IDENTIFIED, e: [event(), identify] }));
      await until(
        () =>
          edge.ask("SELECT 1 FROM events AS e JOIN strings AS n ON n.id = e.name WHERE n.value = 'own_segments_event'"),
        (rows) => rows.length >= 3,
      );
      await edge.segment();
    });

    it('are told to the browser that agreed to personalise, for a few seconds and to it alone', async () => {
      const response = await read(PERSONALISED);
      expect(await response.json()).toEqual({ segments: expect.arrayContaining(['own']) as string[] });
      expect(response.headers.get('cache-control')).toBe('private, max-age=5');
      expect(response.headers.get('vary')).toBe('Origin, Hushtag-Visitor');
      expect(response.headers.get('access-control-allow-origin')).toBe(SHOP_ORIGIN);
    });
    it('C1: are an empty list without that consent, for an id that nobody has, and with Global Privacy Control (C2)', async () => {
      expect(await segmentsOf(PROFILED)).toEqual({ segments: [] });
      expect(await segmentsOf('Tm9ib2R5SGFzVGhpc0lkMTIz')).toEqual({ segments: [] });
      // A proxy may double a header; it is the same signal everywhere.
      for (const gpc of ['1', '1, 1'])
        expect(await segmentsOf(PERSONALISED, { 'sec-gpc': gpc })).toEqual({ segments: [] });
    });
    it('are not told to a browser that said it is somebody: anybody can say so', async () => {
      expect(await segmentsOf(IDENTIFIED)).toEqual({ segments: [], withheld: 'login' });
    });
    it('end with the consent', async () => {
      await collect(edge, wireBatch({ c: ['g', 3, 1], i: PERSONALISED, e: [wireEvent({ n: 'own_segments_later' })] }));
      await until(
        () =>
          edge.ask("SELECT 1 FROM events AS e JOIN strings AS n ON n.id = e.name WHERE n.value = 'own_segments_later'"),
        (rows) => rows.length === 1,
      );
      expect(await segmentsOf(PERSONALISED)).toEqual({ segments: [] });
    });
    it.each([
      { why: 'another origin', headers: { origin: 'https://evil.example' }, id: PROFILED, status: 403 },
      { why: 'no id', headers: {}, id: undefined, status: 400 },
      { why: 'an id of another form', headers: {}, id: 'short', status: 400 },
    ])('are refused to $why', async ({ headers, id, status }) => expect((await read(id, headers)).status).toBe(status));
    it('P7: are those of the site alone', async () => {
      expect(await (await read(PROFILED, {}, 'other')).json()).toEqual({ segments: [] });
      expect((await read(PROFILED, {}, 'nobody-here')).status).toBe(400);
    });
  });
}
