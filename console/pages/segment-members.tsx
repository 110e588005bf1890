// console/pages/segment-members.tsx: members of a segment as a file of pseudonyms, for who may export them.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import type { Question } from '../api/client.ts';
import type { Failure } from '../api/failure.ts';
import { useConsole, useFormats, useScopes, useSite, useWords } from '../app/context.ts';
import { saveFile } from '../app/save-file.ts';
import { Icon } from '../parts/icon.tsx';
import { Panel } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';

const WORDS = {
  title: ['Download the audience', '下载受众'],
  note: [
    'Pseudonyms made for exports alone, of those who agreed to sharing. Each page of the download is in the audit log.',
    '仅为导出生成的假名,且仅含同意共享者。每页下载均记入审计日志。',
  ],
  send: [
    'Sending it to a destination waits for campaigns, which this version does not have.',
    '发送到目的地需等待营销活动功能,当前版本尚不提供。',
  ],
  get: ['Download as CSV', '下载 CSV'],
  busy: ['{n} read…', '已读取 {n}…'],
  done: ['{n} members are in the file', '文件含 {n} 位成员'],
  few: ['Members who did not agree to sharing are left out.', '未同意共享的成员不包含在内。'],
} as const;

const pageSchema = v.object({ members: v.array(v.string()), next: v.nullable(v.string()) });
/** Pages of one download at most, of 1,000 members each. */
const PAGES_MAX = 1_000;

interface Download {
  readonly came: { readonly members: number; readonly isDone: boolean } | undefined;
  readonly failure: Failure | undefined;
  readonly download: () => Promise<void>;
}

/** Reads a segment's members page by page and saves them as a file. */
function useDownload(question: Question, name: string): Download {
  const { api } = useConsole();
  const [came, setCame] = useState<Download['came']>();
  const [failure, setFailure] = useState<Failure | undefined>();
  const download = async (): Promise<void> => {
    setFailure(undefined);
    const members: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const read = await api.ask({ ...question, query: { cursor } }, pageSchema);
      if (!read.ok) {
        setCame(undefined);
        setFailure(read.error);
        return;
      }
      members.push(...read.value.members);
      setCame({ members: members.length, isDone: read.value.next === null });
      if (read.value.next === null) break;
      cursor = read.value.next;
    }
    await saveFile(new Response(`member\n${members.map((one) => `${one}\n`).join('')}`), name);
  };
  return { came, failure, download };
}

/** The panel; nothing for who may not export. */
export function SegmentMembers({ id }: { readonly id: string }): JSX.Element | null {
  const say = useWords(WORDS);
  const site = useSite();
  const { number } = useFormats();
  const mayExport = useScopes().has('members:export');
  const question: Question = { path: '/v1/sites/{site}/segments/{id}/members', params: { site, id } };
  const { came, failure, download } = useDownload(question, `${site}-${id}.csv`);
  if (!mayExport) return null;
  return (
    <Panel title={say('title')} note={say('note')} question={question}>
      <div class="stack">
        {failure === undefined ? null : <Failed failure={failure} />}
        {came?.isDone === true ? (
          <Notice icon="check" tone="good" title={say('done', { n: number(came.members) })}>
            <p>{say('few')}</p>
          </Notice>
        ) : null}
        <div class="row">
          <button
            type="button"
            class="button"
            disabled={came !== undefined && !came.isDone}
            onClick={() => void download()}
          >
            <Icon name="documents" size={16} />
            {say('get')}
          </button>
          <span class="faint" role="status">
            {came === undefined || came.isDone ? '' : say('busy', { n: number(came.members) })}
          </span>
        </div>
        <p class="note">{say('send')}</p>
      </div>
    </Panel>
  );
}
