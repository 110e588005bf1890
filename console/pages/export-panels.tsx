// console/pages/export-panels.tsx: exports of a site's events: made here, fetched part by part, taken away.
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import type { Failure } from '../api/failure.ts';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, useScopes, useSite, useWords } from '../app/context.ts';
import { lastDays } from '../app/days.ts';
import { saveFile } from '../app/save-file.ts';
import { CopyCurl } from '../parts/copy.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  new: ['New export', '新建导出'],
  newNote: [
    'The events of some days as they are now. It can be fetched for a week; who is erased or withdraws meanwhile is not in what is fetched.',
    '所选日期当前的事件。一周内可下载;期间被删除或撤回同意者不会出现在下载内容中。',
  ],
  format: ['Format', '格式'],
  from: ['From (UTC)', '从 (UTC)'],
  to: ['To (UTC)', '到 (UTC)'],
  make: ['Make export', '创建导出'],
  all: ['Exports', '导出列表'],
  allNote: ['Each download is in the audit log.', '每次下载均记入审计日志。'],
  none: ['There is no export to fetch', '暂无可下载的导出'],
  noneDo: [
    'Make one above; it is kept as a list of events, never as a copy.',
    '请在上方创建;导出仅记录事件范围,不保存副本。',
  ],
  days: ['Days', '日期'],
  events: ['Events', '事件'],
  ends: ['Until', '有效期至'],
  do: ['Download', '下载'],
  get: ['Download', '下载'],
  goOn: ['Go on with part {n}', '从第 {n} 部分继续'],
  busy: ['Part {n} of {of}…', '第 {n}/{of} 部分…'],
  done: ['Saved', '已保存'],
  remove: ['Take away', '移除'],
} as const;

const FORMATS = ['csv', 'ndjson', 'parquet'] as const;
type Format = (typeof FORMATS)[number];
const NAMES: Readonly<Record<Format, string>> = { csv: 'CSV', ndjson: 'NDJSON', parquet: 'Parquet' };

const exportSchema = v.object({
  id: v.string(),
  format: v.picklist(FORMATS),
  from: v.string(),
  to: v.string(),
  events: v.number(),
  // A server of an earlier version has no parts.
  parts: v.optional(v.number()),
  expiresAt: v.number(),
});
type Export = v.InferOutput<typeof exportSchema>;
const exportsSchema = v.object({ exports: v.array(exportSchema), next: v.nullable(v.string()) });
const PATH = '/v1/sites/{site}/exports';

function NewExport({ onMade }: { readonly onMade: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { actOnce, isBusy, failure } = useAct();
  const [format, setFormat] = useState<Format>('csv');
  const [{ from, to }, setDays] = useState(lastDays(28, Date.now()));
  const question: Question = { method: 'POST', path: PATH, params: { site }, body: { format, from, to } };
  const make = async (): Promise<void> => {
    if ((await actOnce(question, exportSchema)) !== undefined) onMade();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <div class="form-row">
        <SelectField
          label={say('format')}
          value={format}
          options={FORMATS.map((one) => [one, NAMES[one]] as const)}
          onValue={setFormat}
        />
        <TextField
          label={say('from')}
          type="date"
          value={from}
          onValue={(day) => setDays({ from: day, to })}
          isRequired
        />
        <TextField label={say('to')} type="date" value={to} onValue={(day) => setDays({ from, to: day })} isRequired />
      </div>
      {failure === undefined ? null : <Failed failure={failure} />}
      <div class="row">
        <button type="submit" class="button primary" disabled={isBusy}>
          {say('make')}
        </button>
        <CopyCurl question={question} />
      </div>
    </form>
  );
}

interface Fetching {
  /** The part that is under way or failed; undefined before and after. */
  readonly part: number | undefined;
  readonly isDone: boolean;
  readonly failure: Failure | undefined;
  readonly goOn: () => Promise<void>;
}

/** Fetches an export part by part; where one breaks off, goes on with it. Text becomes one file, Parquet a file a part. */
function useParts({ id, format, from, to, parts }: Export): Fetching {
  const { api } = useConsole();
  const site = useSite();
  const came = useRef<Blob[]>([]);
  const [part, setPart] = useState<number | undefined>();
  const [isDone, setIsDone] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  const name = `${site}-${from}-${to}`;
  const fetchPart = async (nth: number): Promise<Blob | undefined> => {
    const query = { part: parts === undefined ? undefined : nth };
    const answered = await api.fetch({ path: `${PATH}/{id}/content`, params: { site, id }, query });
    // An answer that breaks off in the middle has no blob.
    const blob = answered.ok ? await answered.value.blob().catch(() => undefined) : undefined;
    if (blob === undefined) setFailure(answered.ok ? { kind: 'offline' } : answered.error);
    return blob;
  };
  const goOn = async (): Promise<void> => {
    setFailure(undefined);
    setIsDone(false);
    const of = parts ?? 1;
    while (came.current.length < of) {
      const nth = came.current.length + 1;
      setPart(nth);
      const blob = await fetchPart(nth);
      if (blob === undefined) return;
      if (format === 'parquet') await saveFile(new Response(blob), `${name}${of === 1 ? '' : `-part-${nth}`}.parquet`);
      came.current.push(format === 'parquet' ? new Blob() : blob);
    }
    if (format !== 'parquet') await saveFile(new Response(new Blob(came.current)), `${name}.${format}`);
    came.current = [];
    setPart(undefined);
    setIsDone(true);
  };
  return { part, isDone, failure, goOn };
}

function Actions({ made, onGone }: { readonly made: Export; readonly onGone: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { number } = useFormats();
  const { act, isBusy, failure: notRemoved } = useAct();
  const { part, isDone, failure, goOn } = useParts(made);
  const isGoing = part !== undefined && failure === undefined;
  const params = { site, id: made.id };
  const remove = async (): Promise<void> => {
    await act({ method: 'DELETE', path: `${PATH}/{id}`, params }, v.null());
    onGone();
  };
  const told = part === undefined ? '' : say('busy', { n: number(part), of: number(made.parts ?? 1) });
  return (
    <div class="stack">
      <div class="row">
        <button type="button" class="button small" disabled={isGoing} onClick={() => void goOn()}>
          {part === undefined || isGoing ? say('get') : say('goOn', { n: number(part) })}
        </button>
        <button type="button" class="button small danger" disabled={isBusy || isGoing} onClick={() => void remove()}>
          {say('remove')}
        </button>
        <span class="faint" role="status">
          {isDone ? say('done') : isGoing ? told : ''}
        </span>
      </div>
      {[failure, notRemoved].map((one, nth) => (one === undefined ? null : <Failed key={nth} failure={one} />))}
    </div>
  );
}

/** Both panels: a new one, for who may make it, and the list. */
export function ExportPanels(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { number, instant } = useFormats();
  const mayMake = useScopes().has('exports:write');
  const read = useRead({ path: PATH, params: { site } }, exportsSchema);
  return (
    <>
      {mayMake ? (
        <Panel title={say('new')} note={say('newNote')}>
          <NewExport onMade={read.reload} />
        </Panel>
      ) : null}
      <ReadPanel title={say('all')} note={say('allNote')} read={read} height={80}>
        {({ exports }) =>
          exports.length === 0 ? (
            <Notice icon="files" title={say('none')}>
              <p>{say('noneDo')}</p>
            </Notice>
          ) : (
            <Table
              label={say('all')}
              rows={exports}
              keyOf={({ id }) => id}
              columns={[
                { head: say('days'), cell: ({ from, to }) => `${from} – ${to}`, isName: true },
                { head: say('format'), cell: ({ format }) => NAMES[format] },
                { head: say('events'), cell: ({ events }) => number(events), isNumber: true },
                { head: say('ends'), cell: ({ expiresAt }) => instant(expiresAt) },
                ...(mayMake
                  ? [{ head: say('do'), cell: (made: Export) => <Actions made={made} onGone={read.reload} /> }]
                  : []),
              ]}
            />
          )
        }
      </ReadPanel>
    </>
  );
}
