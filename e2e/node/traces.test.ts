// e2e/node/traces.test.ts: what a collector of OpenTelemetry is told, and what it is not (P1).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOutside } from '../../runtime/outside-settings.ts';
import { addSite } from '../../store/index.ts';
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { SHOP_ORIGIN, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { startNodeEdge } from '../support/node-edge.ts';

/** Values that a request carries and no span may. */
const MARK = 'marked-7c2e';
const ADDRESS = '198.51.100.77';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, string>> }[];
}

describe('P1: traces', () => {
  const bodies: string[] = [];
  const types: (string | undefined)[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      types.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  let spans: Span[] = [];
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      collector.listen(0, '127.0.0.1', resolve);
    });
    const origin = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const outside = readOutside({ HUSHTAG_TRACES_URL: `${origin}/v1/traces`, HUSHTAG_INNER_ORIGINS: origin });
    if (!outside.ok) throw new Error(outside.error.join());
    const edge: EdgeUnderTest = await startNodeEdge(undefined, outside.value);
    await addSite(edge.db, {
      id: siteId('shop'),
      origins: [SHOP_ORIGIN],
      policy: 'standard',
      floor: 50,
      at: Date.now(),
    });
    const headers = { origin: SHOP_ORIGIN, 'user-agent': MARK, 'x-forwarded-for': ADDRESS, cookie: MARK };
    const event = wireEvent({ n: 'page_view', h: MARK });
    const body = JSON.stringify(wireBatch({ c: ['g', 3, 1], i: `${MARK}-first-party-id`, e: [event] }));
    const taken = await edge.fetch('/v1/collect', {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'text/plain' },
    });
    expect(taken.status).toBe(202);
    for (const path of [`/healthz?q=${MARK}`, `/v1/sites/${MARK}/segments?q=${MARK}`, `/nowhere/${MARK}`])
      await edge.fetch(path, { headers });
    // Closing sends what waits.
    await edge.close();
    spans = bodies.flatMap((one) =>
      (JSON.parse(one) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(
        ({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  });
  afterAll(() => collector.close());

  const shown = ({ name, kind, attributes }: Span) => ({
    name,
    kind,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
  });

  it('name requests by their route, and commits, in the form of OTLP', () => {
    expect(new Set(types)).toEqual(new Set(['POST /v1/traces application/json']));
    const all = spans.map(shown);
    expect(all).toContainEqual({
      name: 'POST /v1/collect',
      kind: 2,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/v1/collect',
        'http.response.status_code': '202',
      },
    });
    expect(all).toContainEqual({ name: 'commit', kind: 1, attributes: { 'hushtag.messages': '1' } });
    expect(all.map(({ name }) => name)).toContain('GET /v1/sites/:site/segments');
    for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano } of spans) {
      expect([traceId, spanId].map((id) => id.length)).toEqual([32, 16]);
      expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
    }
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });

  it('hold no address, path, query, header or body of a request', () => {
    const told = bodies.join('\n');
    expect(told).not.toContain(MARK);
    expect(told).not.toContain(ADDRESS);
    expect(told).not.toContain('198.51');
  });

  it.each([
    { why: 'of this machine without leave', url: 'http://127.0.0.1:4318/v1/traces' },
    { why: 'over http', url: 'http://collector.example/v1/traces' },
    { why: 'that is none', url: 'collector' },
  ])('go to no address $why', ({ url }) => {
    expect(readOutside({ HUSHTAG_TRACES_URL: url }).ok).toBe(false);
  });
});
