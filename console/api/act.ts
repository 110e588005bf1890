// console/api/act.ts: a question that changes something, asked when somebody says so.
import { useState } from 'preact/hooks';
import { useConsole } from '../app/context.ts';
import type { Question, SchemaOf } from './client.ts';
import type { Failure } from './failure.ts';

/** Asks, and holds what came of it. */
export interface Act {
  /** Resolves with the answer, or undefined where there is a failure to show. */
  readonly act: <T>(question: Question, schema: SchemaOf<T>) => Promise<T | undefined>;
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
}

/** Makes one. */
export function useAct(): Act {
  const { api } = useConsole();
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  return {
    isBusy,
    failure,
    act: async (question, schema) => {
      setIsBusy(true);
      setFailure(undefined);
      const answered = await api.ask(question, schema);
      setIsBusy(false);
      if (answered.ok) return answered.value;
      setFailure(answered.error);
      return undefined;
    },
  };
}
