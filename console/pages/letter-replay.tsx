// console/pages/letter-replay.tsx: one dead letter or some, looked at and tried again.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useServerWord, useSite, useWords } from '../app/context.ts';
import { CopyCurl } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { TextAreaField } from '../parts/field.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { LETTER_WORDS } from './letter-words.ts';

/** One. */
export const letterSchema = v.object({
  letter: v.number(),
  receivedAt: v.number(),
  at: v.number(),
  via: v.string(),
  reason: v.string(),
  pointer: v.string(),
  event: v.nullable(v.record(v.string(), v.unknown())),
});
/** A refused event. */
export type Letter = v.InferOutput<typeof letterSchema>;
const replayedSchema = v.object({
  replayed: v.number(),
  refused: v.array(v.object({ letter: v.number(), reason: v.string(), pointer: v.string() })),
});

/** A mapping as somebody typed it; undefined where it is none. */
function readMapping(text: string): Record<string, string | null> | undefined {
  if (text.trim() === '') return {};
  try {
    const read = v.safeParse(v.record(v.string(), v.nullable(v.string())), JSON.parse(text));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

interface ReplayProps {
  readonly letters: readonly Letter[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function LetterView({ letter: { reason, pointer, event } }: { readonly letter: Letter }): JSX.Element {
  const say = useWords(LETTER_WORDS);
  const word = useServerWord();
  return (
    <>
      <Facts>
        <Fact name={say('reason')}>{word(reason)}</Fact>
        <Fact name={say('place')}>
          <span class="code">{pointer === '' ? '—' : pointer}</span>
        </Fact>
      </Facts>
      <pre class="code" tabIndex={0}>
        {event === null ? say('noEvent') : JSON.stringify(event, null, 2)}
      </pre>
    </>
  );
}

/** The dialog. */
export function ReplayDialog({ letters, onClose, onDone }: ReplayProps): JSX.Element {
  const say = useWords(LETTER_WORDS);
  const site = useSite();
  const { act, isBusy, failure } = useAct();
  const [text, setText] = useState('');
  const [came, setCame] = useState<string | undefined>();
  const mapping = readMapping(text);
  const [only] = letters;
  const questionOf = (dryRun: boolean): Question => ({
    method: 'POST',
    path: '/v1/sites/{site}/dead-letters/replay',
    params: { site },
    body: { letters: letters.map(({ letter }) => letter), mapping: mapping ?? {}, dryRun },
  });
  const send = async (dryRun: boolean): Promise<void> => {
    const done = await act(questionOf(dryRun), replayedSchema);
    if (done === undefined) return;
    setCame(say(dryRun ? 'would' : 'came', { n: done.replayed, m: done.refused.length }));
    if (!dryRun) onDone();
  };
  return (
    <Dialog
      title={letters.length === 1 ? `${say('letter')} ${only?.letter ?? ''}` : say('fix')}
      onClose={onClose}
      actions={
        <>
          <CopyCurl question={questionOf(false)} />
          {([true, false] as const).map((dryRun) => (
            <button
              key={String(dryRun)}
              type="button"
              class={dryRun ? 'button' : 'button primary'}
              disabled={isBusy || mapping === undefined}
              onClick={() => void send(dryRun)}
            >
              {say(dryRun ? 'tryOut' : 'replay')}
            </button>
          ))}
        </>
      }
    >
      {letters.length === 1 && only !== undefined ? <LetterView letter={only} /> : null}
      <TextAreaField
        label={say('mapping')}
        help={say('mappingHelp')}
        value={text}
        onValue={setText}
        fault={mapping === undefined ? say('mappingBad') : undefined}
      />
      {failure === undefined ? null : <Failed failure={failure} />}
      {came === undefined ? null : (
        <div role="status">
          <Notice icon="check" tone="good" title={came} />
        </div>
      )}
    </Dialog>
  );
}
