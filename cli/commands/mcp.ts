// cli/commands/mcp.ts: `hushtag mcp`: published numbers of a site for an assistant, over standard input and output.
import { defineCommand } from 'citty';
import { createClient } from '../../client/index.ts';
import { CliError } from '../context.ts';
import { readDocument } from '../mcp/document.ts';
import type { AnyReads, TokenFault } from '../mcp/server.ts';
import { PUBLISHED_SCOPES } from '../mcp/tools.ts';

const SCOPES = PUBLISHED_SCOPES.join(',');
const FAULTS: Readonly<Record<TokenFault, string>> = {
  no_token_of_hushtag: `HUSHTAG_TOKEN is no token: make one with \`npx hushtag token --site … --scope ${SCOPES}\``,
  too_many_scopes: `HUSHTAG_TOKEN opens more than published numbers: make one with \`--scope ${SCOPES}\`, or fewer of these`,
};

/** The command. */
export const mcpCommand = defineCommand({
  meta: {
    name: 'mcp',
    description: 'Serve published numbers of a site to an assistant (MCP over standard input and output)',
  },
  args: {
    url: { type: 'string', description: 'Where the edge is; HUSHTAG_URL or http://127.0.0.1:8787 where absent' },
  },
  run: async ({ args }) => {
    const origin = args.url ?? process.env['HUSHTAG_URL'] ?? 'http://127.0.0.1:8787';
    if (!URL.canParse(origin)) throw new CliError(2, '--url must be a URL');
    // Loaded here alone: the protocol's 230 modules would make every other command a second slower to start.
    const [{ StdioServerTransport }, { createMcpServer, readClaims }] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('../mcp/server.ts'),
    ]);
    const token = process.env['HUSHTAG_TOKEN'] ?? '';
    const claims = readClaims(token);
    if (!claims.ok) throw new CliError(2, FAULTS[claims.error]);
    const api = createClient<AnyReads>({ origin, token });
    const described = await api.get('/openapi.json', {}).catch((fault: unknown) => {
      throw new CliError(1, `${origin} did not describe itself: is the server running? (${String(fault)})`);
    });
    const server = createMcpServer(api, readDocument(described.data), claims.value.site);
    const ended = new Promise<void>((resolve) => {
      Object.assign(server, { onclose: resolve });
    });
    process.stdin.on('end', () => void server.close());
    await server.connect(new StdioServerTransport());
    await ended;
  },
});
