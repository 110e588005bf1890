// console/pages/paid-panel.tsx: a panel whose answer costs numbers of the budget, so that it is asked for by a button.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useAct } from '../api/act.ts';
import type { Question, SchemaOf } from '../api/client.ts';
import { useWords } from '../app/context.ts';
import { Panel } from '../parts/panel.tsx';
import { Failed } from '../parts/states.tsx';

const WORDS = { price: ['A new question costs numbers of the budget.', '新问题消耗预算。'] } as const;

interface PaidPanelProps<T> {
  readonly title: string;
  readonly note: string;
  readonly show: string;
  readonly question: Question;
  readonly schema: SchemaOf<T>;
  readonly children: (answer: T) => ComponentChildren;
}

/** The panel. */
export function PaidPanel<T>({ title, note, show, question, schema, children }: PaidPanelProps<T>): JSX.Element {
  const say = useWords(WORDS);
  const { act, isBusy, failure } = useAct();
  const [answer, setAnswer] = useState<{ readonly value: T } | undefined>();
  const ask = async (): Promise<void> => {
    const value = await act(question, schema);
    setAnswer(value === undefined ? undefined : { value });
  };
  return (
    <Panel title={title} note={note} question={question}>
      <div class="stack">
        {failure === undefined ? null : <Failed failure={failure} onAgain={() => void ask()} />}
        {answer === undefined ? (
          <div class="row">
            <button type="button" class="button" disabled={isBusy} onClick={() => void ask()}>
              {show}
            </button>
            <span class="faint">{say('price')}</span>
          </div>
        ) : (
          children(answer.value)
        )}
      </div>
    </Panel>
  );
}
