// console/pages/documents.tsx: record of processing, draft of an impact assessment, breach pack: shown, and kept as files.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import type { Question } from '../api/client.ts';
import type { Failure } from '../api/failure.ts';
import { useRead } from '../api/read.ts';
import { useConsole, useQuery, useSite, useWords } from '../app/context.ts';
import { dayOf, DAY_MS } from '../app/days.ts';
import { saveFile } from '../app/save-file.ts';
import { SelectField, TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Page } from '../parts/page.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Failed } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Documents', '合规文件'],
  lead: [
    'Made now from what is configured and stored. What software can not know is marked “to be stated by you”.',
    '依据当前配置与存储即时生成。软件无法获知之处标为“to be stated by you”。',
  ],
  which: ['Document', '文件'],
  ropa: ['Record of processing (Art. 30)', '处理活动记录(第 30 条)'],
  dpia: ['Impact assessment, draft (Art. 35)', '影响评估草案(第 35 条)'],
  breach: ['Breach pack (Art. 33, 34)', '泄露应对包(第 33、34 条)'],
  from: ['From (UTC day)', '从(UTC 日)'],
  to: ['To (UTC day)', '到(UTC 日)'],
  page: ['Download page', '下载网页'],
  markdown: ['Download Markdown', '下载 Markdown'],
} as const;
const KINDS = ['ropa', 'dpia', 'breach'] as const;
type Kind = (typeof KINDS)[number];

const documentSchema = v.object({
  title: v.string(),
  sections: v.array(
    v.object({
      heading: v.string(),
      text: v.optional(v.array(v.string()), []),
      table: v.optional(
        v.object({ head: v.array(v.string()), rows: v.array(v.array(v.union([v.string(), v.number()]))) }),
      ),
    }),
  ),
});
type Document = v.InferOutput<typeof documentSchema>;
type Section = Document['sections'][number];

const SectionView = ({ section: { heading, text, table } }: { readonly section: Section }): JSX.Element => (
  <section class="stack">
    <h3>{heading}</h3>
    {text.map((one) => (
      <p key={one}>{one}</p>
    ))}
    {table === undefined ? null : (
      <Table
        label={heading}
        rows={table.rows}
        keyOf={(row) => row.join('|')}
        columns={table.head.map((head, nth) => ({
          head,
          cell: (row: readonly (string | number)[]) => row[nth] ?? '',
          isName: nth === 0,
        }))}
      />
    )}
  </section>
);

function useDocument(): {
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  readonly question: Question;
} {
  const site = useSite();
  const { query } = useQuery();
  const kind = KINDS.find((one) => one === query.get('document')) ?? 'ropa';
  const now = Date.now();
  const [from, to] = [query.get('from') ?? dayOf(now - DAY_MS), query.get('to') ?? dayOf(now)];
  // The last day counts whole.
  const until = Number.isNaN(Date.parse(to)) ? to : new Date(Date.parse(to) + DAY_MS).toISOString();
  const question: Question = {
    path: `/v1/sites/{site}/privacy/${kind}`,
    params: { site },
    ...(kind === 'breach' ? { query: { from: `${from}T00:00:00Z`, to: until } } : {}),
  };
  return { kind, from, to, question };
}

/** The page. */
export function DocumentsPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { api } = useConsole();
  const { setQuery } = useQuery();
  const { kind, from, to, question } = useDocument();
  const [failure, setFailure] = useState<Failure | undefined>();
  const read = useRead(question, documentSchema);
  const save = async (accept: string, ending: string): Promise<void> => {
    const answered = await api.fetch({ ...question, headers: { accept } });
    if (answered.ok) await saveFile(answered.value, `${kind}-${site}.${ending}`);
    else setFailure(answered.error);
  };
  const downloads = (
    <>
      <button type="button" class="button small" onClick={() => void save('text/html', 'html')}>
        <Icon name="documents" size={16} />
        {say('page')}
      </button>
      <button type="button" class="button small" onClick={() => void save('text/markdown', 'md')}>
        {say('markdown')}
      </button>
    </>
  );
  return (
    <Page title={say('title')} note={say('lead')}>
      <div class="form-row">
        <SelectField
          label={say('which')}
          value={kind}
          options={KINDS.map((one) => [one, say(one)] as const)}
          onValue={(value) => setQuery({ document: value })}
        />
        {kind === 'breach' ? (
          <>
            <TextField label={say('from')} type="date" value={from} onValue={(value) => setQuery({ from: value })} />
            <TextField label={say('to')} type="date" value={to} onValue={(value) => setQuery({ to: value })} />
          </>
        ) : null}
      </div>
      {failure === undefined ? null : <Failed failure={failure} />}
      <ReadPanel title={say(kind)} read={read} height={480} actions={downloads}>
        {({ sections }) => (
          <div class="document" lang="en">
            {sections.map((section) => (
              <SectionView key={section.heading} section={section} />
            ))}
          </div>
        )}
      </ReadPanel>
    </Page>
  );
}
