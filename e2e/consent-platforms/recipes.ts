// e2e/consent-platforms/recipes.ts: the recipes as docs/consent-platforms.md prints them, so that what is tested is what people copy.
import { readFileSync } from 'node:fs';

const PAGE = readFileSync(new URL('../../docs/consent-platforms.md', import.meta.url), 'utf8');

/** Names of all recipes in the document, in its order. */
export const RECIPES: readonly string[] = [...PAGE.matchAll(/<!-- recipe: (\S+) -->/g)].map(([, name = '']) => name);

/** The code of one recipe. @throws where the document has none of that name. */
export const recipeOf = (name: string): string => {
  const code = new RegExp(`<!-- recipe: ${name} -->\n\`\`\`jsx?\n([\\s\\S]*?)\n\`\`\``).exec(PAGE)?.[1];
  if (code === undefined) throw new Error(`docs/consent-platforms.md has no recipe ${name}`);
  return code;
};
