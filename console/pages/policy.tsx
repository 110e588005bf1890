// console/pages/policy.tsx: the policy in force, edited with a preview of its effect, paused, and every version with what changed.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, useScopes, useServerWord, useSite, useWords } from '../app/context.ts';
import type { Policy } from '../app/policy-words.ts';
import { isPaused, POLICY_FIELDS, POLICY_VALUES, policyDiff, policySchema } from '../app/policy-words.ts';
import { textIn } from '../app/words.ts';
import { Badge } from '../parts/badge.tsx';
import { CopyCurl } from '../parts/copy.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel, ReadView } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { PolicyForm } from './policy-form.tsx';

const WORDS = {
  title: ['Policy', '同意策略'],
  lead: ['What is kept of whom, by what they chose.', '依访客选择决定保留内容。'],
  edit: ['In force', '当前策略'],
  versionN: ['Version {n}', '第 {n} 版'],
  preview: ['Preview effect', '预览影响'],
  previewTitle: ['What would have become of yesterday’s events', '昨日事件在新策略下的结果'],
  apply: ['Put in force', '生效'],
  applied: ['Version {n} is in force; collectors take it over within seconds.', '第 {n} 版已生效,收集端数秒内采用。'],
  unchanged: ['Nothing is changed.', '没有更改。'],
  changes: ['Changes', '更改'],
  pause: ['Pause collection', '暂停收集'],
  resume: ['Resume collection', '恢复收集'],
  paused: [
    'Collection is paused: nothing that arrives is kept, and each event is counted in the loss ledger.',
    '收集已暂停:到达的事件均不保留,仅计入损耗账本。',
  ],
  history: ['Versions', '版本'],
  first: ['first version', '首个版本'],
  current: ['in force', '当前'],
  field: ['Field', '字段'],
  before: ['Before', '之前'],
  after: ['After', '之后'],
} as const;

const PATH = '/v1/sites/{site}/policy';
const policyAnswer = v.object({
  version: v.number(),
  policy: policySchema,
  versions: v.array(v.object({ version: v.number(), setAt: v.number(), policy: policySchema })),
});
type PolicyAnswer = v.InferOutput<typeof policyAnswer>;
const setAnswer = v.object({ version: v.number() });
const previewAnswer = v.object({ lines: v.array(v.string()) });

/** Says a value of a policy. */
function usePolicyValue(): (policy: Policy, field: keyof Policy) => string {
  const { language } = useConsole();
  const word = useServerWord();
  return (policy, field) => {
    const value = policy[field];
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    const known = POLICY_VALUES[text];
    if (known !== undefined) return textIn(language, known);
    return Array.isArray(value) ? value.map(word).join(', ') : word(text);
  };
}

function Changes({ before, after }: { readonly before: Policy; readonly after: Policy }): JSX.Element {
  const say = useWords(WORDS);
  const { language } = useConsole();
  const valueOf = usePolicyValue();
  const fields = policyDiff(before, after);
  if (fields.length === 0) return <p class="note">{say('unchanged')}</p>;
  return (
    <Table
      label={say('changes')}
      rows={fields}
      keyOf={(field) => field}
      columns={[
        { head: say('field'), cell: (field) => textIn(language, POLICY_FIELDS[field]), isName: true },
        { head: say('before'), cell: (field) => <del>{valueOf(before, field)}</del> },
        { head: say('after'), cell: (field) => <ins>{valueOf(after, field)}</ins> },
      ]}
    />
  );
}

function Effect({ lines }: { readonly lines: readonly string[] | undefined }): JSX.Element | null {
  const say = useWords(WORDS);
  if (lines === undefined) return null;
  return (
    <Notice icon="info" title={say('previewTitle')}>
      {lines.map((line) => (
        <p key={line}>{line.trim()}</p>
      ))}
    </Notice>
  );
}

interface EditorProps {
  readonly answered: PolicyAnswer;
  readonly onApplied: () => void;
}

/** The last version under which something was kept, to go back to. */
const lastCollecting = ({ versions }: PolicyAnswer): Policy | undefined =>
  [...versions].reverse().find(({ policy }) => !isPaused(policy))?.policy;

function PolicyEditor({ answered, onApplied }: EditorProps): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const mayWrite = useScopes().has('policy:write');
  const [draft, setDraft] = useState(answered.policy);
  const [lines, setLines] = useState<readonly string[] | undefined>();
  const [applied, setApplied] = useState<number | undefined>();
  const { act, isBusy, failure } = useAct();
  const paused = isPaused(answered.policy);
  const asked: Question = { method: 'POST', path: `${PATH}/preview`, params: { site }, body: { policy: draft } };
  const apply = async (policy: Policy): Promise<void> => {
    const body = { policy, version: answered.version };
    const done = await act({ method: 'PUT', path: PATH, params: { site }, body }, setAnswer);
    if (done === undefined) return;
    setApplied(done.version);
    setDraft(policy);
    setLines(undefined);
    onApplied();
  };
  const pausedPolicy: Policy = { ...answered.policy, unknown: 'drop', refused: 'drop', purposes: [] };
  const resumed = lastCollecting(answered);
  return (
    <div class="stack">
      {paused ? <Notice icon="pause" tone="warn" title={say('paused')} /> : null}
      <PolicyForm policy={draft} onPolicy={setDraft} isDisabled={!mayWrite} />
      <Changes before={answered.policy} after={draft} />
      <Effect lines={lines} />
      {failure === undefined ? null : <Failed failure={failure} />}
      {applied === undefined ? null : <Notice icon="check" tone="good" title={say('applied', { n: applied })} />}
      <div class="row">
        <button
          type="button"
          class="button"
          disabled={isBusy}
          onClick={() => void act(asked, previewAnswer).then((seen) => setLines(seen?.lines))}
        >
          {say('preview')}
        </button>
        {mayWrite ? (
          <>
            <button
              type="button"
              class="button primary"
              disabled={isBusy || policyDiff(answered.policy, draft).length === 0}
              onClick={() => void apply(draft)}
            >
              {say('apply')}
            </button>
            <PauseButton
              paused={paused}
              isBusy={isBusy}
              onApply={() => void apply(paused ? (resumed ?? draft) : pausedPolicy)}
            />
          </>
        ) : null}
        <CopyCurl question={asked} />
      </div>
    </div>
  );
}

interface PauseProps {
  readonly paused: boolean;
  readonly isBusy: boolean;
  readonly onApply: () => void;
}

const PauseButton = ({ paused, isBusy, onApply }: PauseProps): JSX.Element => {
  const say = useWords(WORDS);
  return (
    <button type="button" class={paused ? 'button' : 'button danger'} disabled={isBusy} onClick={onApply}>
      {say(paused ? 'resume' : 'pause')}
    </button>
  );
};

function History({ answered: { versions, version: current } }: { readonly answered: PolicyAnswer }): JSX.Element {
  const say = useWords(WORDS);
  const { instant } = useFormats();
  return (
    <ol class="stack">
      {versions
        .map((one, nth) => ({ ...one, before: versions[nth - 1]?.policy }))
        .reverse()
        .map(({ version, setAt, policy, before }) => (
          <li key={version} class="stack">
            <div class="row">
              <strong>{say('versionN', { n: version })}</strong>
              {version === current ? <Badge tone="good">{say('current')}</Badge> : null}
              <span class="faint">{instant(setAt)}</span>
            </div>
            {before === undefined ? <p class="note">{say('first')}</p> : <Changes before={before} after={policy} />}
          </li>
        ))}
    </ol>
  );
}

/** The page. */
export function PolicyPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const read = useRead({ path: PATH, params: { site } }, policyAnswer);
  const version = read.state.status === 'ready' ? read.state.value.version : undefined;
  return (
    <Page title={say('title')} note={say('lead')}>
      <ReadPanel
        title={say('edit')}
        note={version === undefined ? undefined : say('versionN', { n: version })}
        read={read}
        height={420}
      >
        {(answered) => <PolicyEditor answered={answered} onApplied={read.reload} />}
      </ReadPanel>
      <Panel title={say('history')} question={read.question}>
        <ReadView read={read}>{(answered) => <History answered={answered} />}</ReadView>
      </Panel>
    </Page>
  );
}
