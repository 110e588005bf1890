// e2e/consent-platforms/recipes.ts: the recipes of docs/consent-platforms.md.
import { readDocCode } from '../support/doc-code.ts';

/** Names of all recipes in the document, and the code of each. */
export const { names: RECIPES, codeOf: recipeOf } = readDocCode('consent-platforms.md', 'recipe');
