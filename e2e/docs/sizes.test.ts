// e2e/docs/sizes.test.ts: the documents state the sizes of the scripts as built. `node tools/build-tag.mjs --docs` puts them right.
import { expect, it } from 'vitest';
import { SCRIPTS, withSizes } from '../../tools/build-tag.mjs';

it.each(withSizes())('$page states the sizes of this build', ({ text, right }) => {
  expect(text).toBe(right);
  // What states none would be right as well.
  const stated = SCRIPTS.filter(({ file }) =>
    new RegExp(`^\\| (?:hushtag, |\`)${file.replaceAll('.', '\\.')}\`? \\| [\\d,]+ \\|`, 'm').test(text),
  );
  expect(stated.length).toBeGreaterThanOrEqual(2);
});
