// console/pages/import-panels.tsx: imports: a file sent from here, how far each is, what was refused, and going on with one.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, usePathOf, useQuery, useScopes, useServerWord, useSite, useWords } from '../app/context.ts';
import type { Tone } from '../parts/badge.tsx';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { Pager } from '../parts/pager.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { NewImport } from './import-form.tsx';
import { IMPORT_WORDS } from './import-words.ts';

const importSchema = v.object({
  id: v.string(),
  dryRun: v.boolean(),
  status: v.picklist(['running', 'done', 'stopped', 'interrupted']),
  stopped: v.nullable(v.string()),
  startedAt: v.number(),
  lines: v.number(),
  accepted: v.number(),
  nextLine: v.number(),
  refused: v.record(v.string(), v.number()),
});
type Import = v.InferOutput<typeof importSchema>;
const importsSchema = v.object({ imports: v.array(importSchema), next: v.nullable(v.string()) });
const TONES: Readonly<Record<Import['status'], Tone>> = {
  running: 'accent',
  done: 'good',
  stopped: 'bad',
  interrupted: 'warn',
};
const AGAIN_MS = 2_000;
const SHOWN = 25;

function State({ one }: { readonly one: Import }): JSX.Element {
  const say = useWords(IMPORT_WORDS);
  const word = useServerWord();
  return (
    <div class="row">
      <Badge tone={TONES[one.status]}>{word(one.status)}</Badge>
      {one.stopped === null ? null : <span class="note">{word(one.stopped)}</span>}
      {one.dryRun ? <Badge>{say('tried')}</Badge> : null}
    </div>
  );
}

/** Why lines were refused, how many, and where they are now. */
function Refused({ one }: { readonly one: Import }): JSX.Element {
  const say = useWords(IMPORT_WORDS);
  const word = useServerWord();
  const { number } = useFormats();
  const pathOf = usePathOf();
  const reasons = Object.entries(one.refused);
  if (reasons.length === 0) return <>{number(0)}</>;
  return (
    <div>
      {reasons.map(([why, count]) => {
        const [reason = '', pointer] = why.split(' at ');
        const told = pointer === undefined ? word(reason) : `${word(reason)} ${pointer}`;
        return <div key={why}>{say('reason', { n: number(count), why: told })}</div>;
      })}
      {one.dryRun ? null : <Link to={pathOf('letters')}>{say('letters')}</Link>}
    </div>
  );
}

interface ListProps {
  readonly imports: readonly Import[];
  readonly onGoOn: ((line: number) => void) | undefined;
}

function ImportTable({ imports, onGoOn }: ListProps): JSX.Element {
  const say = useWords(IMPORT_WORDS);
  const { instant, number } = useFormats();
  const isUnfinished = ({ status, dryRun }: Import): boolean =>
    !dryRun && (status === 'stopped' || status === 'interrupted');
  return (
    <Table
      label={say('all')}
      rows={imports}
      keyOf={({ id }) => id}
      columns={[
        { head: say('began'), cell: ({ startedAt }) => instant(startedAt), isName: true },
        { head: say('state'), cell: (one) => <State one={one} /> },
        { head: say('lines'), cell: ({ lines }) => number(lines), isNumber: true },
        { head: say('accepted'), cell: ({ accepted }) => number(accepted), isNumber: true },
        { head: say('refused'), cell: (one) => <Refused one={one} /> },
        {
          head: say('next'),
          cell: (one) =>
            onGoOn !== undefined && isUnfinished(one) ? (
              <button type="button" class="button small" onClick={() => onGoOn(one.nextLine)}>
                {say('goOn', { n: number(one.nextLine) })}
              </button>
            ) : null,
        },
      ]}
    />
  );
}

/** Both panels: a new one, for who may import, and the list, asked again while one runs. */
export function ImportPanels(): JSX.Element {
  const say = useWords(IMPORT_WORDS);
  const site = useSite();
  const { query } = useQuery();
  const mayImport = useScopes().has('imports:write');
  const [line, setLine] = useState(1);
  const cursor = query.get('cursor') ?? undefined;
  const read = useRead(
    { path: '/v1/sites/{site}/imports', params: { site }, query: { limit: SHOWN, cursor } },
    importsSchema,
  );
  const { state, reload } = read;
  const [isSending, setIsSending] = useState(false);
  const isGoing =
    isSending || (state.status === 'ready' && state.value.imports.some(({ status }) => status === 'running'));
  useEffect(() => {
    if (!isGoing) return undefined;
    const timer = setInterval(reload, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isGoing, reload]);
  const onSending = (is: boolean): void => {
    setIsSending(is);
    reload();
  };
  return (
    <>
      {mayImport ? (
        <Panel title={say('new')} note={say('newNote')}>
          <NewImport line={line} onLine={setLine} onSending={onSending} />
        </Panel>
      ) : null}
      <ReadPanel title={say('all')} read={read} height={80}>
        {({ imports, next }) =>
          imports.length === 0 ? (
            <Notice icon="files" title={say('none')}>
              <p>{say('noneDo')}</p>
            </Notice>
          ) : (
            <div class="stack">
              <ImportTable imports={imports} onGoOn={mayImport ? setLine : undefined} />
              <Pager next={next} newest={say('newest')} more={say('more')} />
            </div>
          )
        }
      </ReadPanel>
    </>
  );
}
