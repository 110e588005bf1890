// tools/api-reference.test.ts: docs/api-reference.md is what the routes say of themselves; `npm run reference` writes it anew.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { EdgeDocument } from '../edge/document.ts';
import { createEdge } from '../edge/index.ts';
import { referencePage } from '../edge/reference-page.ts';
import { openTestDatabase } from '../store/testing.ts';
import { testPort } from '../runtime/testing.ts';

const PAGE = fileURLToPath(new URL('../docs/api-reference.md', import.meta.url));

it('docs/api-reference.md describes every route as it describes itself (`npm run reference` writes it)', async () => {
  const database = await openTestDatabase();
  const edge = createEdge(testPort(database.db));
  const answered = await edge.fetch(new Request('http://edge.test/openapi.json'));
  const document = (await answered.json()) as EdgeDocument;
  await database.close();
  const page = referencePage(document);
  const routes = Object.values(document.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
  expect(page.match(/^### /gm)).toHaveLength(routes);
  await expect(page).toMatchFileSnapshot(PAGE);
});
