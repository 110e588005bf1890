// console/pages/tokens.tsx: tokens of a site: given with scopes that whoever gives them has, listed, taken back.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useRead } from '../api/read.ts';
import { INSTALLATION, useFormats, useQuery, useScopes, useSite, useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { Copy, CopyCurl } from '../parts/copy.tsx';
import { CheckField, SelectField, TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Tokens', '令牌'],
  lead: ['For programs: back ends, importers, dashboards.', '供程序使用:后端、导入、看板。'],
  new: ['New token', '新建令牌'],
  name: ['Name', '名称'],
  days: ['Good for', '有效期'],
  nDays: ['{n} days', '{n} 天'],
  scopes: ['May', '权限'],
  make: ['Make token', '生成令牌'],
  made: ['Copy it now: it is shown once and kept nowhere', '请立即复制:仅显示一次,不会保存'],
  copy: ['Copy token', '复制令牌'],
  all: ['All tokens', '全部令牌'],
  none: ['No token was made for this site', '该站点尚无令牌'],
  noneDo: ['Make one above for what reads or sends data without a person.', '如需程序读取或发送数据,请在上方生成。'],
  ends: ['Ends', '到期'],
  state: ['State', '状态'],
  good: ['good', '有效'],
  ended: ['ended', '已过期'],
  revoked: ['taken back', '已撤销'],
  revoke: ['Take back', '撤销'],
  more: ['Older', '更早'],
} as const;
const DAYS = ['7', '30', '90', '365'] as const;

const fields = {
  id: v.string(),
  label: v.string(),
  scopes: v.array(v.string()),
  createdAt: v.number(),
  expiresAt: v.number(),
};
const tokensSchema = v.object({
  tokens: v.array(v.object({ ...fields, revokedAt: v.optional(v.number()) })),
  next: v.nullable(v.string()),
});
type Token = v.InferOutput<typeof tokensSchema>['tokens'][number];
const madeSchema = v.object({ ...fields, token: v.string() });
const PATH = '/v1/sites/{site}/tokens';

interface ScopeChoiceProps {
  readonly scopes: readonly string[];
  readonly onScopes: (scopes: readonly string[]) => void;
}

function ScopeChoice({ scopes, onScopes }: ScopeChoiceProps): JSX.Element {
  const say = useWords(WORDS);
  // Those about the whole installation are given to people alone.
  const given = [...useScopes()].filter((scope) => !INSTALLATION.has(scope));
  return (
    <fieldset>
      <legend>{say('scopes')}</legend>
      <div class="checks">
        {given.map((scope) => (
          <CheckField
            key={scope}
            label={scope}
            isOn={scopes.includes(scope)}
            onToggle={(isOn) => onScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
          />
        ))}
      </div>
    </fieldset>
  );
}

function NewToken({ onMade }: { readonly onMade: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { actOnce, isBusy, failure } = useAct();
  const [label, setLabel] = useState('');
  const [days, setDays] = useState<(typeof DAYS)[number]>('30');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [token, setToken] = useState<string | undefined>();
  const body = { label, scopes, days: Number(days) };
  const question: Question = { method: 'POST', path: PATH, params: { site }, body };
  const make = async (): Promise<void> => {
    const made = await actOnce(question, madeSchema);
    if (made === undefined) return;
    setToken(made.token);
    onMade();
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
        <TextField label={say('name')} value={label} onValue={setLabel} isRequired />
        <SelectField
          label={say('days')}
          value={days}
          options={DAYS.map((one) => [one, say('nDays', { n: one })] as const)}
          onValue={setDays}
        />
      </div>
      <ScopeChoice scopes={scopes} onScopes={setScopes} />
      {failure === undefined ? null : <Failed failure={failure} />}
      {token === undefined ? null : (
        <Notice icon="tokens" tone="good" title={say('made')}>
          <Copy text={token} label={say('copy')} />
        </Notice>
      )}
      <div class="row">
        <button type="submit" class="button primary" disabled={isBusy || scopes.length === 0}>
          {say('make')}
        </button>
        <CopyCurl question={question} />
      </div>
    </form>
  );
}

function State({ token, onRevoked }: { readonly token: Token; readonly onRevoked: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { act, isBusy } = useAct();
  const { id, revokedAt, expiresAt } = token;
  if (revokedAt !== undefined) return <Badge>{say('revoked')}</Badge>;
  if (expiresAt <= Date.now()) return <Badge>{say('ended')}</Badge>;
  const revoke = async (): Promise<void> => {
    await act({ method: 'DELETE', path: `${PATH}/{id}`, params: { site, id } }, v.null());
    onRevoked();
  };
  return (
    <div class="row">
      <Badge tone="good">{say('good')}</Badge>
      <button type="button" class="button small danger" disabled={isBusy} onClick={() => void revoke()}>
        {say('revoke')}
      </button>
    </div>
  );
}

/** The page. */
export function TokensPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { instant } = useFormats();
  const mayManage = useScopes().has('tokens:manage');
  const { query, setQuery } = useQuery();
  const read = useRead(
    { path: PATH, params: { site }, query: { cursor: query.get('cursor') ?? undefined } },
    tokensSchema,
  );
  return (
    <Page title={say('title')} note={say('lead')}>
      {mayManage ? (
        <Panel title={say('new')}>
          <NewToken onMade={read.reload} />
        </Panel>
      ) : null}
      <ReadPanel title={say('all')} read={read} height={240}>
        {({ tokens, next }) =>
          tokens.length === 0 ? (
            <Notice icon="tokens" title={say('none')}>
              <p>{say('noneDo')}</p>
            </Notice>
          ) : (
            <div class="stack">
              <Table
                label={say('all')}
                rows={tokens}
                keyOf={({ id }) => id}
                columns={[
                  { head: say('name'), cell: ({ label }) => label, isName: true },
                  { head: say('scopes'), cell: ({ scopes }) => <span class="note">{scopes.join(', ')}</span> },
                  { head: say('ends'), cell: ({ expiresAt }) => instant(expiresAt) },
                  { head: say('state'), cell: (token) => <State token={token} onRevoked={read.reload} /> },
                ]}
              />
              {next === null ? null : (
                <div>
                  <button type="button" class="button small" onClick={() => setQuery({ cursor: next })}>
                    {say('more')}
                  </button>
                </div>
              )}
            </div>
          )
        }
      </ReadPanel>
    </Page>
  );
}
