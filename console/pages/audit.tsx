// console/pages/audit.tsx: the audit log, newest first, and a check of it that runs in this browser.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import type { Api } from '../api/client.ts';
import type { Failure } from '../api/failure.ts';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, useQuery, useServerWord, useSite, useWords } from '../app/context.ts';
import type { LoggedLine, Verdict } from '../app/verify-audit.ts';
import { verifyAudit } from '../app/verify-audit.ts';
import { Copy } from '../parts/copy.tsx';
import { TextAreaField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Pager } from '../parts/pager.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Audit log', '审计日志'],
  lead: [
    'What was decided and destroyed. Nothing can be taken out of it unseen.',
    '记录所有决定与销毁,任何删改都会被发现。',
  ],
  verify: ['Verify', '验证'],
  verifyNote: [
    'Your browser fetches every entry, rebuilds the tree and holds it against the signed checkpoint. The server’s word is not taken.',
    '浏览器获取全部条目、重建哈希树,并与签名检查点核对,不采信服务器自述。',
  ],
  known: ['A checkpoint kept elsewhere (optional)', '另处保存的检查点(可选)'],
  knownHelp: [
    'Paste one that you saved before: with it, a log that was cut back or rewritten shows.',
    '粘贴此前保存的检查点,可发现被截断或重写的日志。',
  ],
  check: ['Verify in this browser', '在浏览器中验证'],
  checking: ['Read {n} of {m} entries…', '已读取 {n}/{m} 条…'],
  sound: ['Sound: {size} entries are exactly what was signed', '完好:{size} 条与签名一致'],
  soundDo: [
    '{read} of them are of this site and were read; the others are covered by their commitments. Keep this checkpoint elsewhere.',
    '其中 {read} 条属于本站并已读取,其余由承诺值覆盖。请将检查点另行保存。',
  ],
  copy: ['Copy checkpoint', '复制检查点'],
  bad: ['The log was altered', '日志已被篡改'],
  signature_wrong: ['The checkpoint is not signed with the key that the server names.', '检查点签名与服务器公钥不符。'],
  root_wrong: ['The entries do not add up to what was signed.', '条目与签名内容不符。'],
  entries_missing: ['Entries are missing.', '条目缺失。'],
  known_wrong: [
    'It does not continue the checkpoint that you kept: it was cut back or rewritten, or the key is another.',
    '与您保存的检查点不连续:日志被截断或重写,或密钥不同。',
  ],
  entry_wrong: ['Entry {index} says something else than what was committed to.', '第 {index} 条与承诺值不符。'],
  entries: ['Entries of this site', '本站条目'],
  none: ['No entry of this site is on this page', '本页没有本站条目'],
  number: ['No.', '序号'],
  when: ['When', '时间'],
  what: ['What', '事件'],
  details: ['Details', '详情'],
  older: ['Older entries', '更早的条目'],
  newest: ['Newest', '最新'],
} as const;

const lineSchema = v.object({
  index: v.number(),
  commitment: v.string(),
  nonce: v.optional(v.string()),
  entry: v.optional(v.string()),
});
const pageSchema = v.object({ size: v.number(), entries: v.array(lineSchema), next: v.nullable(v.string()) });
const checkpointSchema = v.object({ size: v.number(), note: v.string(), publicKey: v.string() });
const entrySchema = v.pipe(v.string(), v.parseJson(), v.looseObject({ kind: v.string(), at: v.number() }));
const PATH = '/v1/sites/{site}/audit';
const PAGE = 200;
/** Pages that one check reads at most. */
const PAGES_MAX = 500;

/** Reads the log and judges it. */
async function check(
  api: Api,
  site: string,
  known: string,
  onRead: (read: number, size: number) => void,
): Promise<{ readonly verdict: Verdict; readonly note: string } | { readonly failure: Failure }> {
  const signed = await api.ask({ method: 'POST', path: `${PATH}/checkpoint`, params: { site } }, checkpointSchema);
  if (!signed.ok) return { failure: signed.error };
  const lines: LoggedLine[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const read = await api.ask({ path: PATH, params: { site }, query: { limit: PAGE, cursor } }, pageSchema);
    if (!read.ok) return { failure: read.error };
    lines.push(...read.value.entries);
    onRead(lines.length, signed.value.size);
    if (read.value.next === null || lines.length >= signed.value.size) break;
    cursor = read.value.next;
  }
  return { verdict: await verifyAudit(lines, signed.value, known), note: signed.value.note };
}

function VerdictView({ verdict, note }: { readonly verdict: Verdict; readonly note: string }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  if (verdict.kind === 'sound') {
    return (
      <Notice icon="check" tone="good" title={say('sound', { size: number(verdict.size) })}>
        <p>{say('soundDo', { read: number(verdict.read) })}</p>
        <pre class="code">{note}</pre>
        <Copy text={note} label={say('copy')} />
      </Notice>
    );
  }
  const why = verdict.kind === 'entry_wrong' ? say('entry_wrong', { index: verdict.index }) : say(verdict.kind);
  return (
    <Notice icon="warn" tone="bad" title={say('bad')}>
      <p>{why}</p>
    </Notice>
  );
}

function Verify(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { api } = useConsole();
  const [known, setKnown] = useState('');
  const [progress, setProgress] = useState<string | undefined>();
  const [came, setCame] = useState<Awaited<ReturnType<typeof check>> | undefined>();
  const run = async (): Promise<void> => {
    setCame(undefined);
    setCame(await check(api, site, known, (n, m) => setProgress(say('checking', { n, m }))));
    setProgress(undefined);
  };
  return (
    <div class="stack">
      <TextAreaField label={say('known')} help={say('knownHelp')} value={known} onValue={setKnown} />
      <div class="row">
        <button type="button" class="button primary" disabled={progress !== undefined} onClick={() => void run()}>
          {say('check')}
        </button>
        <span class="faint" role="status">
          {progress}
        </span>
      </div>
      {came === undefined ? null : 'failure' in came ? <Failed failure={came.failure} /> : <VerdictView {...came} />}
    </div>
  );
}

/** What an entry says beside its kind, site and time. */
function detailsOf(text: string): { readonly kind: string; readonly at: number; readonly rest: string } | undefined {
  const read = v.safeParse(entrySchema, text);
  if (!read.success) return undefined;
  const { kind, at, site: _site, ...rest } = read.output;
  const said = Object.entries(rest).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return { kind, at, rest: said.join(' · ') };
}

function Entries({ lines }: { readonly lines: readonly LoggedLine[] }): JSX.Element {
  const say = useWords(WORDS);
  const { instant } = useFormats();
  const word = useServerWord();
  const rows = lines.flatMap(({ index, entry }) => {
    const details = entry === undefined ? undefined : detailsOf(entry);
    return details === undefined ? [] : [{ index, ...details }];
  });
  if (rows.length === 0) return <Notice icon="audit" title={say('none')} />;
  return (
    <Table
      label={say('entries')}
      rows={rows}
      keyOf={({ index }) => String(index)}
      columns={[
        { head: say('number'), cell: ({ index }) => index, isNumber: true },
        { head: say('when'), cell: ({ at }) => instant(at) },
        { head: say('what'), cell: ({ kind }) => word(kind), isName: true },
        { head: say('details'), cell: ({ rest }) => <span class="note wrap">{rest}</span> },
      ]}
    />
  );
}

/** The page. */
export function AuditPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { query } = useQuery();
  const cursor = query.get('cursor') ?? undefined;
  const read = useRead({ path: PATH, params: { site }, query: { limit: PAGE, order: 'newest', cursor } }, pageSchema);
  return (
    <Page title={say('title')} note={say('lead')}>
      <Panel
        title={say('verify')}
        note={say('verifyNote')}
        question={{ path: PATH, params: { site }, query: { limit: PAGE } }}
      >
        <Verify />
      </Panel>
      <ReadPanel title={say('entries')} read={read} height={320}>
        {({ entries, next }) => (
          <div class="stack">
            <Entries lines={entries} />
            <Pager next={next} newest={say('newest')} more={say('older')} />
          </div>
        )}
      </ReadPanel>
    </Page>
  );
}
