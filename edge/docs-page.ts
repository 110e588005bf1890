// edge/docs-page.ts: GET /docs: the OpenAPI document as a page of our own, which loads nothing from anywhere and runs no script.
import type { DescribedRoute, EdgeDocument } from './document.ts';
import type { Markup } from './http/html.ts';
import { html, htmlPage, htmlTable } from './http/html.ts';
import type { Schema } from './http/schema-type.ts';
import { schemaType } from './http/schema-type.ts';

const accessOf = ({ security }: DescribedRoute): string => {
  if (security.length === 0) return 'open to everybody';
  const scopes = [...new Set(security.flatMap((one) => Object.values(one).flat()))];
  const kinds = security.flatMap((one) => Object.keys(one)).join(' or ');
  return scopes.length === 0 ? kinds : `${kinds} with the scope ${scopes.join(', ')}`;
};

const typeBlock = (content: DescribedRoute['responses'][string]['content'] = {}): Markup[] =>
  Object.entries(content)
    .filter(([media]) => media !== 'application/problem+json')
    .map(([media, { schema }]) => html`<p>${media}</p><pre>${schemaType((schema ?? {}) as Schema)}</pre>`);

function routePart(path: string, method: string, route: DescribedRoute): Markup {
  const parameters = route.parameters.map((one) => [
    one.name,
    one.in,
    schemaType((one.schema ?? {}) as Schema),
    one.description ?? '',
  ]);
  const responses = Object.entries(route.responses).map(([status, { description }]) => [status, description ?? '']);
  const good = Object.entries(route.responses).filter(([status]) => status.startsWith('2'));
  return html`<section id="${route.operationId}"><h2>${method.toUpperCase()} ${path}</h2>
<p>${route.summary}. ${route.description}</p><p>Access: ${accessOf(route)}.</p>
${parameters.length === 0 ? '' : htmlTable(['Parameter', 'In', 'Type', ''], parameters)}
${route.requestBody === undefined ? '' : html`<h3>Body</h3>${typeBlock(route.requestBody.content)}`}
${good.map(([status, { content }]) => html`<h3>Answer ${status}</h3>${typeBlock(content)}`)}
${htmlTable(['Status', ''], responses)}</section>`;
}

/** The page. */
export function docsPage({ info, paths }: EdgeDocument): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({ path, method, route })),
  );
  const contents = routes.map(
    ({ path, method, route }) =>
      html`<li><a href="#${route.operationId}">${method.toUpperCase()} ${path}</a> ${route.summary}</li>`,
  );
  return htmlPage(
    info.title,
    html`<p>${info.description} The description for programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
<ul>${contents}</ul>${routes.map(({ path, method, route }) => routePart(path, method, route))}`,
  );
}
