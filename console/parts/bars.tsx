// console/parts/bars.tsx: bars in plain markup: one bar that sums, and a list of bars.
import type { ComponentChildren, JSX } from 'preact';

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

/** A bar of a list. A value that is withheld has no bar. */
export interface Bar {
  readonly key: string;
  readonly name: ComponentChildren;
  readonly value: number | null;
  readonly shown: ComponentChildren;
}

/** Bars under each other, each as long as its value against the longest. */
export function BarList({ bars, max }: { readonly bars: readonly Bar[]; readonly max?: number }): JSX.Element {
  const longest = max ?? Math.max(1, ...bars.map(({ value }) => value ?? 0));
  return (
    <ul class="bars">
      {bars.map(({ key, name, value, shown }) => (
        <li key={key}>
          <div class="bar-head">
            <span>{name}</span>
            <span>{shown}</span>
          </div>
          <div class="bar-track" aria-hidden="true">
            {value === null ? null : (
              <div class="bar-fill" style={{ width: `${Math.max(0, Math.min(100, (100 * value) / longest))}%` }} />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
