// console/api/read.ts: a question that a part of the page shows the answer of, asked again when it changes.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../app/context.ts';
import type { Question, SchemaOf } from './client.ts';
import { addressOf } from './client.ts';
import type { Failure } from './failure.ts';

/** How far it has come. A value stays while it is asked for again. */
export type ReadState<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T; readonly isStale: boolean }
  | { readonly status: 'failed'; readonly failure: Failure };

/** A question under way. */
export interface Read<T> {
  readonly question: Question;
  readonly state: ReadState<T>;
  readonly reload: () => void;
}

/** Asks, and asks again where the question changes or `reload` is called. */
export function useRead<T>(question: Question, schema: SchemaOf<T>): Read<T> {
  const { api } = useConsole();
  const address = addressOf(question);
  const [state, setState] = useState<ReadState<T>>({ status: 'loading' });
  const [turn, setTurn] = useState(0);
  const asked = useRef(question);
  asked.current = question;
  const shown = useRef('');
  useEffect(() => {
    const ended = new AbortController();
    const path = asked.current.path;
    setState((before) =>
      before.status === 'ready' && shown.current === path ? { ...before, isStale: true } : { status: 'loading' },
    );
    const ask = async (): Promise<void> => {
      const answered = await api.ask(asked.current, schema, ended.signal);
      if (ended.signal.aborted) return;
      shown.current = path;
      setState(
        answered.ok
          ? { status: 'ready', value: answered.value, isStale: false }
          : { status: 'failed', failure: answered.error },
      );
    };
    ask().catch((fault: unknown) => {
      if (!ended.signal.aborted) throw fault;
    });
    return () => ended.abort();
  }, [api, address, schema, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return { question, state, reload };
}
