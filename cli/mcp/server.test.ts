// cli/mcp/server.test.ts: what an assistant can reach, by the official client against the real routes.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../client/index.ts';
import type { SiteId } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import { SCOPES } from '../../core/index.ts';
import type { Edge } from '../../edge/index.ts';
import { createEdge, issueToken, readTokenKeys } from '../../edge/index.ts';
import { testPort } from '../../runtime/testing.ts';
import { addSite } from '../../store/index.ts';
import type { TestDatabase } from '../../store/testing.ts';
import { openTestDatabase } from '../../store/testing.ts';
import { readDocument } from './document.ts';
import type { AnyReads } from './server.ts';
import { createMcpServer, readClaims } from './server.ts';
import { PUBLISHED_SCOPES, TOOLS } from './tools.ts';

/** Written out once more: whoever adds a tool says so here too. */
const CLOSED_LIST = [
  'get_funnel', 'get_item_rules', 'get_ledger', 'get_model', 'get_overview', 'get_paths', 'get_predictions',
  'get_retention', 'get_segment', 'get_segment_profile', 'get_trends', 'list_rule_segments', 'list_segments',
]; // biome-ignore format: a list reads better in rows

interface Described {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { security: readonly Record<string, readonly string[]>[] }>>>
  >;
}

describe('P3, P6: an assistant reaches published numbers and nothing else', () => {
  let database: TestDatabase;
  let edge: Edge;
  let document: unknown;
  const asked: string[] = [];
  const clients: Client[] = [];

  beforeAll(async () => {
    database = await openTestDatabase();
    edge = createEdge(testPort(database.db));
    for (const id of ['shop', 'other'] as SiteId[])
      await addSite(database.db, { id, origins: [], policy: 'standard', floor: 50, at: Date.now() });
    document = await (await edge.fetch(new Request('http://edge.test/openapi.json'))).json();
  });
  afterAll(async () => {
    for (const client of clients) await client.close();
    await database.close();
  });

  const tokenOf = async (scopes: readonly Scope[]): Promise<string> => {
    const port = testPort(database.db);
    const site = 'shop' as SiteId;
    const id = port.randomBytes(16);
    return issueToken(await readTokenKeys(port), { site, scopes, now: port.now(), lifeSeconds: 600, id });
  };
  const connect = async (scopes: readonly Scope[] = PUBLISHED_SCOPES): Promise<Client> => {
    const api = createClient<AnyReads>({
      origin: 'http://edge.test',
      token: await tokenOf(scopes),
      fetch: async (url, init) => {
        asked.push(`${init.method} ${new URL(url).pathname}`);
        return edge.fetch(new Request(url, init));
      },
    });
    const server = createMcpServer(api, readDocument(document), 'shop');
    const client = new Client({ name: 'test', version: '1' });
    const [here, there] = InMemoryTransport.createLinkedPair();
    await Promise.all([server.connect(there), client.connect(here)]);
    clients.push(client);
    return client;
  };
  const call = async (client: Client, name: string, given: Readonly<Record<string, unknown>> = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: given });
    const [first] = content as readonly { readonly text: string }[];
    return { text: first?.text ?? '', isError };
  };

  it('by a closed list of tools, all of which read', async () => {
    const { tools } = await (await connect()).listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(CLOSED_LIST);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    // No tool takes a site: it is the token's.
    expect(tools.filter(({ inputSchema }) => Object.hasOwn(inputSchema.properties ?? {}, 'site'))).toEqual([]);
  });

  it('each of which is a GET that asks for a published scope and for no other', () => {
    const { paths } = document as Described;
    for (const { path } of TOOLS) {
      const scopes = new Set(paths[path]?.['get']?.security.flatMap((one) => Object.values(one).flat()));
      expect({ path, scopes: [...scopes].filter((one) => !PUBLISHED_SCOPES.includes(one as Scope)) }).toEqual({
        path,
        scopes: [],
      });
      expect(scopes.size).toBe(1);
    }
    expect(TOOLS.filter(({ path }) => /members|privacy|live|letters|audit|people|tokens|\/me\//.test(path))).toEqual(
      [],
    );
  });

  it('and answers what the API answers', async () => {
    const client = await connect();
    expect(JSON.parse((await call(client, 'list_segments')).text)).toMatchObject({ site: 'shop', segments: [] });
    expect(JSON.parse((await call(client, 'get_ledger')).text)).toMatchObject({ site: 'shop', entries: [] });
    expect(asked.slice(-2)).toEqual(['GET /v1/sites/shop/segments', 'GET /v1/sites/shop/ledger']);
  });

  it.each([
    { why: 'a tool there is none of', name: 'list_members', given: {}, says: 'no tool' },
    { why: 'a site', name: 'list_segments', given: { site: 'other' }, says: 'does not take site' },
    { why: 'nothing where something is needed', name: 'get_segment', given: {}, says: 'needs id' },
    { why: 'a way up', name: 'get_segment', given: { id: '..' }, says: 'needs a value' },
  ])('refuses $why without asking the server', async ({ name, given, says }) => {
    const client = await connect();
    const before = asked.length;
    const { text, isError } = await call(client, name, given);
    expect([isError, text.includes(says), asked.length]).toEqual([true, true, before]);
  });

  it('takes no way to members by the id of a segment', async () => {
    const { text, isError } = await call(await connect(), 'get_segment', { id: 'cluster-1/members' });
    expect([isError, text.startsWith('not_found')]).toEqual([true, true]);
    expect(asked.at(-1)).toBe('GET /v1/sites/shop/segments/cluster-1%2Fmembers');
  });

  it('says which scope a token lacks', async () => {
    const { text, isError } = await call(await connect(['ledger:read']), 'list_segments');
    expect([isError, text]).toEqual([true, 'scope_missing: This needs the scope segments:read.']);
  });

  it.each(SCOPES.filter((scope) => !PUBLISHED_SCOPES.includes(scope)))(
    'is refused with a token that opens more: %s',
    async (scope) => {
      expect(readClaims(await tokenOf(['segments:read', scope]))).toEqual({ ok: false, error: 'too_many_scopes' });
    },
  );

  it.each(['', 'a.b.c', 'a', `a.${btoa('{"site":1}')}.c`, `a.${btoa('null')}.c`])(
    'takes no "%s" for a token',
    (text) => {
      expect(readClaims(text)).toEqual({ ok: false, error: 'no_token_of_hushtag' });
    },
  );
});
