// console/parts/steps.tsx: what was done, in order, each with its instant.
import type { JSX } from 'preact';
import { useFormats, useServerWord } from '../app/context.ts';

/** The steps. */
export function Steps({
  steps,
}: {
  readonly steps: readonly { readonly at: number; readonly step: string }[];
}): JSX.Element {
  const word = useServerWord();
  const { instant } = useFormats();
  return (
    <ol class="steps">
      {steps.map(({ at, step }) => (
        <li key={`${at}${step}`}>
          <span>{word(step)}</span>
          <span class="faint">{instant(at)}</span>
        </li>
      ))}
    </ol>
  );
}
