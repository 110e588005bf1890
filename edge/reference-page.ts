// edge/reference-page.ts: the OpenAPI document as a page of the documents, docs/api-reference.md; docs-page.ts is the same for a browser.
import type { DescribedAnswer, DescribedRoute, EdgeDocument } from './document.ts';
import type { Schema } from './http/schema-type.ts';
import { schemaType } from './http/schema-type.ts';

const HEAD = `# API reference

Made of the routes themselves: \`npm run reference\` writes it, and a test fails where it is not what the routes say. How to call them, and what all of them have in common: [api.md](api.md).
A server tells the same of itself at \`/openapi.json\` (OpenAPI 3.1) and at \`/docs\`. Beside what is listed, any route may answer 500 and 503, and one that asks who is there 401, 403 and 429.`;

/** What any route may answer; said once at the head. */
const EVERYWHERE: ReadonlySet<string> = new Set(['401', '403', '429', '500', '503']);

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');

function accessOf({ security }: DescribedRoute): string {
  if (security.length === 0) return 'nobody need be known';
  const scopes = [...new Set(security.flatMap((one) => Object.values(one).flat()))];
  const kinds = security.flatMap((one) => Object.keys(one)).join(' or ');
  return scopes.length === 0 ? kinds : `${kinds} with \`${scopes.join('`, `')}\``;
}

const typeBlocks = (title: string, content: DescribedAnswer['content'] = {}): string[] =>
  Object.entries(content)
    .filter(([media]) => media !== 'application/problem+json')
    .map(([media, { schema }]) =>
      media === 'application/json'
        ? `${title}:\n\n\`\`\`ts\n${schemaType((schema ?? {}) as Schema)}\n\`\`\``
        : `${title}: \`${media}\``,
    );

function parametersOf({ parameters }: DescribedRoute): string[] {
  if (parameters.length === 0) return [];
  const rows = parameters.map(
    ({ name, in: place, schema, description = '' }) =>
      `| \`${name}\` | ${place} | \`${cell(schemaType((schema ?? {}) as Schema))}\` | ${cell(description)} |`,
  );
  return [`| Parameter | In | Type | |\n| --- | --- | --- | --- |\n${rows.join('\n')}`];
}

function routePart(path: string, method: string, route: DescribedRoute): string {
  const good = Object.entries(route.responses).filter(([status]) => status.startsWith('2'));
  const refused = Object.entries(route.responses)
    .filter(([status]) => !status.startsWith('2') && !EVERYWHERE.has(status))
    .map(([status, { description = '' }]) => `| ${status} | ${cell(description)} |`);
  return [
    `### ${method.toUpperCase()} ${path}`,
    `${[route.summary, route.description].filter((text) => text !== undefined).join('. ')}. Access: ${accessOf(route)}.`,
    ...parametersOf(route),
    ...typeBlocks('Body', route.requestBody?.content),
    ...good.flatMap(([status, { description = '', content }]) => {
      const blocks = typeBlocks(`Answer ${status}`, content);
      return blocks.length > 0 ? blocks : [`Answer ${status}: ${description}`];
    }),
    ...(refused.length === 0 ? [] : [`| Status | |\n| --- | --- |\n${refused.join('\n')}`]),
  ].join('\n\n');
}

/** What a route is about: the part of its path behind the site. */
const groupOf = (path: string): string => {
  const parts = path.split('/').filter((part) => part !== '' && part !== 'v1');
  if (parts[0] !== 'sites') return parts[0] ?? '';
  return parts[2] ?? 'sites';
};

/** The page, as Markdown. */
export function referencePage({ paths, components }: EdgeDocument): string {
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    const group = groupOf(path);
    const parts = Object.entries(methods).map(([method, route]) => routePart(path, method, route));
    groups.set(group, [...(groups.get(group) ?? []), ...parts]);
  }
  const text = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, parts]) => `## ${group}\n\n${parts.join('\n\n')}`);
  const named = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `\`\`\`ts\ntype ${name} = ${schemaType(schema)};\n\`\`\``,
  );
  const shapes = named.length === 0 ? [] : [`## Shapes with a name\n\n${named.join('\n\n')}`];
  return `${[HEAD, ...text, ...shapes].join('\n\n')}\n`;
}
