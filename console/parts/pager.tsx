// console/parts/pager.tsx: from page to page of a list that is read by cursor, which the address carries.
import type { JSX } from 'preact';
import { useQuery } from '../app/context.ts';

interface PagerProps {
  /** The cursor of the page after this one; null on the last. */
  readonly next: string | null;
  readonly newest: string;
  readonly more: string;
}

/** Two buttons: back to the newest, where this is not that page, and on, where there is more. */
export function Pager({ next, newest, more }: PagerProps): JSX.Element {
  const { query, setQuery } = useQuery();
  return (
    <div class="row">
      {query.get('cursor') === null ? null : (
        <button type="button" class="button small" onClick={() => setQuery({ cursor: undefined })}>
          {newest}
        </button>
      )}
      {next === null ? null : (
        <button type="button" class="button small" onClick={() => setQuery({ cursor: next })}>
          {more}
        </button>
      )}
    </div>
  );
}
