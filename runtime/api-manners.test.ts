// runtime/api-manners.test.ts: what every creating POST and every list of the API takes, made from its own description: a new route
// that does not fails here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEdge } from '../edge/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import { testPort } from './testing.ts';

/** POSTs that make something and take no Idempotency-Key, each with why sending again is harmless. */
const MAKES_WITHOUT_KEY: Readonly<Record<string, string>> = {
  'POST /v1/collect': 'every event has an id, and counts once',
  'POST /v1/events': 'every event has an id, and counts once',
  'POST /v1/sites/{site}/imports': 'every line counts once, by its id or its text',
  'POST /v1/session': 'a code works once; a session more is none of a colleague’s',
  'POST /v1/people/{id}/login-code': 'a secret that must not be kept; the code before it works no more',
};
/** Lists that are answered whole, each with what bounds it. */
const WHOLE_LISTS: Readonly<Record<string, string>> = {
  'GET /v1/health': 'a line a check',
  'GET /v1/people/{id}': 'at most 200 roles',
  'GET /v1/sites/{site}/privacy/requests/{id}': 'one request',
  'GET /v1/session': 'the sites of one person, at most 200 roles',
  'GET /v1/session/ways': 'the ways there are',
  'GET /.well-known/jwks.json': 'keys that live',
  'GET /v1/me/segments': 'the segments of one visitor',
  'GET /v1/sites/{site}/segments': 'clusters of a release and 50 rule segments',
  'GET /v1/sites/{site}/segments/{id}/history': 'sizes of the releases that are kept',
  'GET /v1/sites/{site}/alerts': '7 days of five metrics, and one line a segment',
  'GET /v1/sites/{site}/traits': 'the traits that a site may define',
  'GET /v1/sites/{site}/lookalikes': 'one line a segment',
  'GET /v1/sites/{site}/segment-sizes': 'one line a segment: clusters of a release and 50 rule segments',
  'GET /v1/sites/{site}/segments/{id}/overlap': 'one line a segment',
  'GET /v1/sites/{site}/segments/{id}/profile': 'one line a trait',
  'GET /v1/sites/{site}/segments/{id}/favourites': 'ten of each kind',
  'GET /v1/sites/{site}/ledger': '30 days',
  'GET /v1/sites/{site}/releases': 'the releases that are kept',
  'GET /v1/sites/{site}/predictions': 'one line a prediction',
  'GET /v1/sites/{site}/item-rules': 'at most 100 rules of one run',
  'GET /v1/sites/{site}/recommendations': 'at most 20 items',
  'GET /v1/sites/{site}/models/current': 'one model',
  'GET /v1/sites/{site}/privacy/overview': 'one page',
  'GET /v1/sites/{site}/privacy/ropa': 'a document',
  'GET /v1/sites/{site}/privacy/dpia': 'a document',
  'GET /v1/sites/{site}/privacy/breach': 'a document',
  'GET /v1/sites/{site}/policy': 'the 200 newest versions; /versions lists all',
};

type Schema = Readonly<Record<string, unknown>>;
interface DescribedRoute {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}
interface EdgeDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedRoute>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}
interface Named extends DescribedRoute {
  readonly name: string;
}

const names = ({ parameters }: DescribedRoute, where: string): string[] =>
  parameters.filter((one) => one.in === where).map(({ name }) => name);
/** Fields of an answer that are lists. */
function listsOf({ responses }: DescribedRoute, document: EdgeDocument): string[] {
  const given = responses['200']?.content?.['application/json']?.schema;
  const ref = given?.['$ref'];
  const schema = typeof ref === 'string' ? document.components?.schemas?.[ref.split('/').at(-1) ?? ''] : given;
  const properties = (schema?.['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  return Object.entries(properties).flatMap(([field, { type }]) => (type === 'array' ? [field] : []));
}

describe('what every route of a kind takes', () => {
  let database: TestDatabase;
  let document: EdgeDocument;
  let routes: Named[];
  beforeAll(async () => {
    database = await openTestDatabase();
    const edge = createEdge(testPort(database.db));
    document = (await (await edge.fetch(new Request('http://edge.test/openapi.json'))).json()) as EdgeDocument;
    routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => ({ ...route, name: `${method.toUpperCase()} ${path}` })),
    );
  });
  afterAll(() => database.close());

  it('D1: a POST that makes something takes an Idempotency-Key, or is on the list with its reason', () => {
    const makes = routes.filter(
      ({ name, responses }) => name.startsWith('POST ') && ['201', '202'].some((status) => status in responses),
    );
    const without = makes
      .filter((route) => !names(route, 'header').includes('Idempotency-Key'))
      .map(({ name }) => name);
    expect(without.sort()).toEqual(Object.keys(MAKES_WITHOUT_KEY).sort());
    expect(makes.length - without.length).toBeGreaterThan(5);
  });

  it('a list has limit, cursor and next, is limited by days, or is on the list with what bounds it', () => {
    const lists = routes.filter((route) => route.name.startsWith('GET ') && listsOf(route, document).length > 0);
    const without = lists.filter((route) => {
      const taken = names(route, 'query');
      const isPaged = ['limit', 'cursor'].every((one) => taken.includes(one));
      return !isPaged && !['from', 'to'].every((one) => taken.includes(one));
    });
    const unlisted = without.map(({ name }) => name).filter((name) => !(name in WHOLE_LISTS));
    expect(unlisted).toEqual([]);
    expect(lists.length).toBeGreaterThan(20);
  });

  it('every route that takes a cursor answers the next one', () => {
    const paged = routes.filter((route) => names(route, 'query').includes('cursor'));
    expect(paged.length).toBeGreaterThan(8);
    for (const route of paged) {
      const schema = route.responses['200']?.content?.['application/json']?.schema;
      expect([route.name, Object.keys(schema?.['properties'] ?? {})]).toEqual([
        route.name,
        expect.arrayContaining(['next']),
      ]);
      expect([route.name, names(route, 'query')]).toEqual([route.name, expect.arrayContaining(['limit'])]);
    }
  });
});
