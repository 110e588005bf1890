// console/parts/page.tsx: the frame of a page: its title, which is the document's too, and what can be done with all of it.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface PageProps {
  readonly title: string;
  readonly note?: string;
  readonly actions?: ComponentChildren;
  /** What narrows the page down; it stands below the title. */
  readonly filters?: ComponentChildren;
  readonly back?: JSX.Element;
  readonly children: ComponentChildren;
}

/** The address that was opened, which leaves the focus where the browser put it, until another one was gone to. */
let opened: string | undefined = location.pathname;
/** Where the focus was put last. */
let focused = location.pathname;

/** Whether the focus belongs to the title: after each way to another page, also where what was clicked is gone with the last one. */
function belongsToTitle(): boolean {
  const { pathname } = location;
  if (pathname !== opened) opened = undefined;
  const isLost = document.activeElement === null || document.activeElement === document.body;
  return opened === undefined && (pathname !== focused || isLost);
}

/** The page. A screen reader begins at its title when it opens. */
export function Page({ title, note, actions, filters, back, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · hushtag`;
    if (!belongsToTitle()) return;
    focused = location.pathname;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <>
      <header class="page-head">
        <div>
          {back}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {note === undefined ? null : <p class="note lead">{note}</p>}
        </div>
        {actions === undefined ? null : <div class="page-actions">{actions}</div>}
      </header>
      {filters === undefined ? null : <div class="filters">{filters}</div>}
      <div class="page-body">{children}</div>
    </>
  );
}
