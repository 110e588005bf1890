// console/parts/funnel-bars.tsx: a funnel drawn as columns that narrow, with what is lost between two steps.
import type { JSX } from 'preact';
import { useFormats, useServerWord, useWords } from '../app/context.ts';
import { WithheldMark } from './states.tsx';

const WORDS = {
  of: ['{share} of the first step', '占首步 {share}'],
  lost: ['−{share} before it', '较上一步 −{share}'],
  first: ['first step', '首步'],
} as const;

/** A step and who got to it. */
export interface FunnelStep {
  readonly step: string;
  readonly visitors: number | null;
  readonly share: number | null;
}

/** The funnel: each column as high as its visitors against the first step's. */
export function FunnelBars({
  label,
  steps,
}: {
  readonly label: string;
  readonly steps: readonly FunnelStep[];
}): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number, percent } = useFormats();
  const most = Math.max(1, ...steps.map(({ visitors }) => visitors ?? 0));
  return (
    <ol class="funnel" aria-label={label}>
      {steps.map(({ step, visitors, share }, nth) => {
        const before = steps[nth - 1]?.visitors ?? null;
        const lost = visitors === null || before === null || before === 0 ? undefined : 1 - visitors / before;
        return (
          <li key={step} class="funnel-step">
            <div class="funnel-track" aria-hidden="true">
              {visitors === null ? null : <div class="funnel-fill" style={{ height: `${(100 * visitors) / most}%` }} />}
            </div>
            <p class="funnel-name">{word(step)}</p>
            <p class="funnel-count">{visitors === null ? <WithheldMark /> : number(visitors)}</p>
            <p class="faint">{nth === 0 || share === null ? say('first') : say('of', { share: percent(share) })}</p>
            {lost === undefined || lost <= 0 ? null : <p class="faint">{say('lost', { share: percent(lost) })}</p>}
          </li>
        );
      })}
    </ol>
  );
}
