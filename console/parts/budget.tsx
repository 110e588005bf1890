// console/parts/budget.tsx: what is left of a site's budget of new numbers about people (P3).
import type { JSX } from 'preact';
import type * as v from 'valibot';
import type { budgetSchema } from '../api/schemas.ts';
import { useFormats, useWords } from '../app/context.ts';

const WORDS = {
  left: [
    '{left} of {of} new questions about people are left in this period',
    '本期还可提出 {left}/{of} 个关于人群的新问题',
  ],
  more: ['; more from {when}', ';{when} 起恢复'],
} as const;

/** It in words. Questions that were asked before cost nothing again. */
export function Budget({
  budget: { left, of, moreAt },
}: {
  readonly budget: v.InferOutput<typeof budgetSchema>;
}): JSX.Element {
  const say = useWords(WORDS);
  const { day } = useFormats();
  return (
    <p class="faint">
      {say('left', { left, of })}
      {moreAt === null ? '' : say('more', { when: day(moreAt) })}
    </p>
  );
}
