// cli/mcp/server.ts: the MCP server: lists the tools, and answers each by one GET with the operator's token.
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import type { Client } from '../../client/index.ts';
import { HushtagProblem, HushtagUnreachable } from '../../client/index.ts';
import { VERSION } from '../version.ts';
import type { Described } from './document.ts';
import { inputOf, pathNames } from './document.ts';
import { PUBLISHED_SCOPES, TOOLS } from './tools.ts';

const INSTRUCTIONS = `Published numbers of one web site, counted under privacy rules: sizes are rounded and carry noise, small groups are
withheld with a reason, and nothing is about a single visitor. Say so when you report them, and do not subtract one from another to learn of a few people.`;

/** What a token says of itself. It is the server that checks it; this is read to refuse a token that is worth too much. */
export interface TokenClaims {
  readonly site: string;
  readonly scopes: readonly string[];
}

/** Why a token is not used here. */
export type TokenFault = 'no_token_of_hushtag' | 'too_many_scopes';

/** Reads a token's site and scopes. A token that opens more than published numbers is refused: an assistant's need not. */
export function readClaims(token: string): Result<TokenClaims, TokenFault> {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as unknown;
    if (typeof payload !== 'object' || payload === null) return err('no_token_of_hushtag');
    const { site, scope } = payload as { readonly site?: unknown; readonly scope?: unknown };
    if (typeof site !== 'string' || typeof scope !== 'string') return err('no_token_of_hushtag');
    const scopes = scope.split(' ');
    const beyond = scopes.some((one) => !PUBLISHED_SCOPES.some((published) => published === one));
    return beyond ? err('too_many_scopes') : ok({ site, scopes });
  } catch {
    return err('no_token_of_hushtag');
  }
}

/** Reads, whatever their path: which there are the server describes, and which of them are tools is listed. */
export type AnyReads = Readonly<
  Record<
    `GET ${string}`,
    {
      readonly path: Readonly<Record<string, string>>;
      readonly query: Readonly<Record<string, unknown>>;
      readonly body: undefined;
      readonly answer: unknown;
    }
  >
>;

const said = (text: string, isError = false): CallToolResult => ({
  content: [{ type: 'text', text }],
  ...(isError ? { isError } : {}),
});

/** Makes the server of one site. */
export function createMcpServer(api: Pick<Client<AnyReads>, 'get'>, document: Described, site: string): Server {
  const tools = TOOLS.flatMap(({ name, path, description }) => {
    const inputSchema = inputOf(document, path);
    return inputSchema === undefined ? [] : [{ name, path, description, inputSchema }];
  });
  const server = new Server(
    { name: 'hushtag', version: VERSION },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema: { ...inputSchema, required: [...inputSchema.required] },
      annotations: { readOnlyHint: true, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }): Promise<CallToolResult> => {
    const tool = tools.find(({ name }) => name === params.name);
    if (tool === undefined) return said(`There is no tool ${params.name}.`, true);
    const given = params.arguments ?? {};
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(tool.inputSchema.properties, name));
    if (unknown !== undefined) return said(`${tool.name} does not take ${unknown}.`, true);
    const missing = tool.inputSchema.required.find((name) => given[name] === undefined);
    if (missing !== undefined) return said(`${tool.name} needs ${missing}.`, true);
    const inPath = pathNames(tool.path);
    const path = Object.fromEntries([['site', site], ...inPath.map((name) => [name, String(given[name])])]) as Record<
      string,
      string
    >;
    const query = Object.fromEntries(Object.entries(given).filter(([name]) => !inPath.includes(name)));
    try {
      const { data } = await api.get(tool.path, { path, query });
      return said(JSON.stringify(data));
    } catch (fault) {
      if (fault instanceof HushtagProblem) return said(`${fault.problem}: ${fault.detail}`, true);
      if (fault instanceof HushtagUnreachable || fault instanceof TypeError) return said(fault.message, true);
      throw fault;
    }
  });
  return server;
}
