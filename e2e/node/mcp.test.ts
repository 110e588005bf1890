// e2e/node/mcp.test.ts: `hushtag mcp` as an assistant starts it, by the official client over standard input and output.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programFile, startNode } from '../../runtime/index.ts';
import type { RunningNode } from '../../runtime/index.ts';
import { configIn } from '../../runtime/testing.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { issueToken, readTokenKeys } from '../../edge/index.ts';
import type { Scope } from '../../core/index.ts';
import type { EpochMs } from '../../contract/index.ts';
import { addSite } from '../../store/index.ts';
import { siteId } from '../support/edge-under-test.ts';

const CLI = programFile('main');

describe('hushtag mcp', () => {
  let folder: string;
  let server: RunningNode;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-mcp-'));
    server = await startNode(configIn(folder), { write: () => undefined });
    const shop = { id: siteId('shop'), origins: [], policy: 'standard', floor: 50, at: Date.now() } as const;
    await addSite(server.db, shop);
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const tokenOf = async (scopes: readonly Scope[]): Promise<string> => {
    const now = (): EpochMs => Date.now() as EpochMs;
    const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const keys = await readTokenKeys({ db: server.db, keys: server.keys, now, randomBytes });
    return issueToken(keys, { site: siteId('shop'), scopes, now: now(), lifeSeconds: 600, id: randomBytes(16) });
  };

  it('lists tools and answers one, with the token of the environment', async () => {
    const env = { PATH: process.env['PATH'] ?? '', HUSHTAG_TOKEN: await tokenOf(['segments:read', 'ledger:read']) };
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [CLI, 'mcp', '--url', server.origin],
      env,
      stderr: 'pipe',
    });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('list_segments');
    const { content } = await client.callTool({ name: 'list_segments', arguments: {} });
    const [first] = content as readonly { readonly text: string }[];
    expect(JSON.parse(first?.text ?? '')).toMatchObject({ site: 'shop', segments: [] });
    await client.close();
  });

  it('refuses a token that opens more than published numbers, and says which would do', async () => {
    const token = await tokenOf(['segments:read', 'members:export']);
    const { status, stderr, stdout } = spawnSync(process.execPath, [CLI, 'mcp', '--url', server.origin], {
      env: { PATH: process.env['PATH'] ?? '', HUSHTAG_TOKEN: token },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--scope segments:read,reports:read,ledger:read');
    expect(stderr).not.toContain(token);
  });
});
