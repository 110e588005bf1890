// edge/http/tag-server.ts: serves the built tag to pages of any origin, with an ETag for those that have it.
import { Hono } from 'hono';
import type { BuiltTag } from '../port.ts';
import { problem } from './problem.ts';

/** Makes the app of `/tag.js` and its siblings. */
export function createTagServer(tags: ReadonlyMap<string, BuiltTag>): Hono {
  const app = new Hono();
  app.get('/:file{tag(?:\\.[a-z-]+)?\\.js}', (context) => {
    const tag = tags.get(context.req.param('file'));
    if (tag === undefined) return problem('not_found', 'Build the tag with `npm run build`.');
    const headers = {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      etag: tag.etag,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    };
    return context.req.header('if-none-match') === tag.etag
      ? context.body(null, 304, headers)
      : context.body(tag.body, 200, headers);
  });
  return app;
}
