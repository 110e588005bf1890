// edge/collector/app.ts: the collector's routes, for platforms that speak Request and Response.
import { Hono } from 'hono';
import type { Handler } from '../http/exchange.ts';
import { serveByHono } from '../http/exchange.ts';
import type { Port } from '../port.ts';
import { corsHeaders } from './collect.ts';
import { consentStatus } from './consent-status.ts';
import { describeCollect, describeConsentStatus, describePixel } from './openapi.ts';
import { servePixel } from './pixel.ts';

/** Makes the collector's app around the handler of its busiest route. */
export function createCollector(
  port: Pick<Port, 'clientAddress' | 'now' | 'placeOf' | 'randomBytes'>,
  collect: Handler,
): Hono {
  const app = new Hono();
  app.post('/v1/collect', describeCollect, serveByHono(collect, port));
  app.get('/v1/pixel.gif', describePixel, servePixel(collect, port));
  app.get('/v1/consent/status', describeConsentStatus, (context) =>
    context.json(consentStatus(context.req.header('sec-gpc')), 200, {
      'access-control-allow-origin': '*',
      'cache-control': 'no-store',
    }),
  );
  app.options('/v1/collect', (context) =>
    // The answer is the same for every origin: which sites exist is not told before a message names one.
    context.body(null, 204, {
      ...corsHeaders(context.req.header('origin')),
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, content-encoding',
      'access-control-max-age': '86400',
    }),
  );
  return app;
}
