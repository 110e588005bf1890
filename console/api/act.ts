// console/api/act.ts: a question that changes something, asked when somebody says so.
import { useRef, useState } from 'preact/hooks';
import { useConsole } from '../app/context.ts';
import type { Question, SchemaOf } from './client.ts';
import type { Failure } from './failure.ts';

/** Asks, and holds what came of it. */
export interface Act {
  /** Resolves with the answer, or undefined where there is a failure to show. */
  readonly act: <T>(question: Question, schema: SchemaOf<T>) => Promise<T | undefined>;
  /** The same for a POST that makes something: asked again after a broken connection, it makes it once. */
  readonly actOnce: <T>(question: Question, schema: SchemaOf<T>) => Promise<T | undefined>;
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
}

/** Makes one. */
export function useAct(): Act {
  const { api } = useConsole();
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  // The question whose answer never came, and its key: the server may have done what it asks.
  const open = useRef<{ readonly asked: string; readonly key: string } | undefined>(undefined);
  const ask: Act['act'] = async (question, schema) => {
    setIsBusy(true);
    setFailure(undefined);
    const answered = await api.ask(question, schema);
    setIsBusy(false);
    if (answered.ok || answered.error.kind !== 'offline') open.current = undefined;
    if (answered.ok) return answered.value;
    setFailure(answered.error);
    return undefined;
  };
  return {
    isBusy,
    failure,
    act: ask,
    actOnce: (question, schema) => {
      const asked = JSON.stringify(question);
      if (open.current?.asked !== asked) open.current = { asked, key: crypto.randomUUID() };
      return ask({ ...question, headers: { ...question.headers, 'idempotency-key': open.current.key } }, schema);
    },
  };
}
