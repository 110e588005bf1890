// console/parts/bars.tsx: bars in plain markup: one bar that sums, and a list of bars.
import type { JSX } from 'preact';

/** One share of a whole. */
export interface Share {
  readonly name: string;
  readonly value: number;
  readonly shown: string;
}

const SERIES = 7;

/** A bar whose parts sum to the whole; the legend says each in words. */
export function StackBar({ label, parts }: { readonly label: string; readonly parts: readonly Share[] }): JSX.Element {
  return (
    <figure aria-label={label}>
      <div class="stack-bar" aria-hidden="true">
        {parts.map(({ name, value }, nth) => (
          <span key={name} class={`series-${(nth % SERIES) + 1}`} style={{ flexGrow: String(value) }} />
        ))}
      </div>
      <ul class="legend">
        {parts.map(({ name, shown }, nth) => (
          <li key={name}>
            <span class={`swatch series-${(nth % SERIES) + 1}`} />
            {name} <strong>{shown}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}
