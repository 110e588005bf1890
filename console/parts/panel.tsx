// console/parts/panel.tsx: one part of a page: a heading, what it shows in whatever state that is, and its line of curl.
import type { ComponentChildren, JSX } from 'preact';
import type { Question } from '../api/client.ts';
import type { Read } from '../api/read.ts';
import { CopyCurl } from './copy.tsx';
import { Failed, Skeleton } from './states.tsx';

interface PanelProps {
  readonly title: string;
  readonly note?: string | undefined;
  readonly question?: Question | undefined;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A part of a page. */
export const Panel = ({ title, note, question, actions, children, class: className = '' }: PanelProps): JSX.Element => (
  <section class={`panel ${className}`} aria-label={title}>
    <header class="panel-head">
      <div>
        <h2>{title}</h2>
        {note === undefined ? null : <p class="note">{note}</p>}
      </div>
      <div class="panel-actions">
        {actions}
        {question === undefined ? null : <CopyCurl question={question} />}
      </div>
    </header>
    {children}
  </section>
);

interface ReadViewProps<T> {
  readonly read: Read<T>;
  readonly height?: number;
  readonly children: (value: T) => ComponentChildren;
}

/** What was asked for, once it is there; until then and otherwise the state it is in. */
export function ReadView<T>({ read, height, children }: ReadViewProps<T>): JSX.Element {
  const { state, reload } = read;
  if (state.status === 'loading') return <Skeleton {...(height === undefined ? {} : { height })} />;
  if (state.status === 'failed') return <Failed failure={state.failure} onAgain={reload} />;
  return (
    <div class={state.isStale ? 'stale' : undefined} aria-busy={state.isStale}>
      {children(state.value)}
    </div>
  );
}

type ReadPanelProps<T> = Omit<PanelProps, 'children' | 'question'> & ReadViewProps<T>;

/** A panel about one question. */
export const ReadPanel = <T,>({ read, height, children, ...panel }: ReadPanelProps<T>): JSX.Element => (
  <Panel {...panel} question={read.question}>
    <ReadView read={read} {...(height === undefined ? {} : { height })}>
      {children}
    </ReadView>
  </Panel>
);
