// console/pages/annotations.tsx: notes about days of a chart: read, added, taken away.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import type { Read } from '../api/read.ts';
import { useRead } from '../api/read.ts';
import { useFormats, useScopes, useSite, useWords } from '../app/context.ts';
import type { Days } from '../app/days.ts';
import { CopyCurl } from '../parts/copy.tsx';
import { TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Failed } from '../parts/states.tsx';

const WORDS = {
  title: ['Notes', '批注'],
  note: ['What happened on a day. A line in the chart marks it.', '记录某日发生的事,图中以竖线标出。'],
  none: ['No notes about these days.', '该时段没有批注。'],
  day: ['Day (UTC)', '日期 (UTC)'],
  text: ['Note', '内容'],
  add: ['Add note', '添加批注'],
  remove: ['Remove the note of {day}', '删除 {day} 的批注'],
} as const;

const noteSchema = v.object({ id: v.number(), date: v.string(), text: v.string() });
const notesSchema = v.object({ annotations: v.array(noteSchema) });
type Notes = v.InferOutput<typeof notesSchema>;
const PATH = '/v1/sites/{site}/annotations';

/** The notes of some days. */
export function useAnnotations({ from, to }: Days): Read<Notes> {
  const site = useSite();
  return useRead({ path: PATH, params: { site }, query: { from, to } }, notesSchema);
}

function NewNote({ days, onAdded }: { readonly days: Days; readonly onAdded: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const [date, setDate] = useState(days.to);
  const [text, setText] = useState('');
  const { actOnce, isBusy, failure } = useAct();
  const question: Question = { method: 'POST', path: PATH, params: { site }, body: { date, text } };
  const add = async (): Promise<void> => {
    if ((await actOnce(question, noteSchema)) === undefined) return;
    setText('');
    onAdded();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div class="form-row">
        <TextField label={say('day')} type="date" value={date} onValue={setDate} isRequired />
        <TextField label={say('text')} value={text} onValue={setText} isRequired />
        <button type="submit" class="button" disabled={isBusy}>
          {say('add')}
        </button>
        <CopyCurl question={question} />
      </div>
      {failure === undefined ? null : <Failed failure={failure} />}
    </form>
  );
}

function NoteList({ notes, onRemoved }: { readonly notes: Notes; readonly onRemoved: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { day } = useFormats();
  const mayWrite = useScopes().has('reports:write');
  const { act, isBusy } = useAct();
  const remove = async (id: number): Promise<void> => {
    await act({ method: 'DELETE', path: `${PATH}/{id}`, params: { site, id: String(id) } }, v.null());
    onRemoved();
  };
  if (notes.annotations.length === 0) return <p class="note">{say('none')}</p>;
  return (
    <ul class="notes">
      {notes.annotations.map(({ id, date, text }) => (
        <li key={id}>
          <span class="faint">{day(date)}</span>
          <span translate={false}>{text}</span>
          {mayWrite ? (
            <button
              type="button"
              class="button quiet icon-only"
              aria-label={say('remove', { day: day(date) })}
              disabled={isBusy}
              onClick={() => void remove(id)}
            >
              <Icon name="close" size={16} />
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** The panel. */
export function Annotations({ read, days }: { readonly read: Read<Notes>; readonly days: Days }): JSX.Element {
  const say = useWords(WORDS);
  const mayWrite = useScopes().has('reports:write');
  return (
    <ReadPanel title={say('title')} note={say('note')} read={read} height={60}>
      {(notes) => (
        <div class="stack">
          <NoteList notes={notes} onRemoved={read.reload} />
          {mayWrite ? <NewNote days={days} onAdded={read.reload} /> : null}
        </div>
      )}
    </ReadPanel>
  );
}
