// console/parts/link.tsx: a link to another page of the console, without loading the document again.
import type { ComponentChildren, JSX } from 'preact';
import { useConsole } from '../app/context.ts';

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly isCurrent?: boolean;
}

const isPlain = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** The link. Opened in another tab it is an address like any other. */
export function Link({ to, children, class: className, isCurrent = false }: LinkProps): JSX.Element {
  const { go } = useConsole();
  return (
    <a
      href={to}
      class={className}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={(event) => {
        if (!isPlain(event)) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
