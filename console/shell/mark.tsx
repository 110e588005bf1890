// console/shell/mark.tsx: the name, drawn.
import type { JSX } from 'preact';

/** The mark. */
export const Mark = (): JSX.Element => (
  <span class="mark">
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M12.500 7 10 25M22 7l-2.500 18M7 12.500h18.500M6.500 19.500H25" />
    </svg>
    hushtag
  </span>
);
