// console/parts/badge.tsx: a word with a tone; the word says it, the colour only helps to find it.
import type { ComponentChildren, JSX } from 'preact';

/** The tones. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'accent';

/** The badge. */
export const Badge = ({
  tone = 'plain',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}): JSX.Element => <span class={`badge ${tone}`}>{children}</span>;
