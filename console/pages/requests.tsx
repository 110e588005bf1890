// console/pages/requests.tsx: requests of people about their data: what is due when, answering one, and its file.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, usePathOf, useQuery, useScopes, useSite, useWords } from '../app/context.ts';
import { saveFile } from '../app/save-file.ts';
import type { Tone } from '../parts/badge.tsx';
import { Badge } from '../parts/badge.tsx';
import { CopyCurl } from '../parts/copy.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Steps } from '../parts/steps.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Requests', '权利请求'],
  lead: [
    'What people asked about their data, and the days left to answer.',
    '个人就其数据提出的请求,以及剩余答复天数。',
  ],
  all: ['All requests', '全部请求'],
  one: ['Request', '请求'],
  none: ['Nobody has asked yet', '还没有请求'],
  noneDo: [
    'Answer one with the form above. Visitors can ask from their own browser, too; those appear here.',
    '可用上方表单处理请求。访客也可在自己的浏览器中提出,均显示在此。',
  ],
  answer: ['Answer a request', '处理请求'],
  answerNote: [
    'Who asked is turned into a pseudonym first; neither id nor address is written down.',
    '请求人首先被转换为假名;不会记录其标识或地址。',
  ],
  kind: ['What is asked', '请求类型'],
  access: ['Access: a copy of the data', '查阅:数据副本'],
  erasure: ['Erasure: everything goes', '删除:清除全部'],
  objection: ['Objection: in no profile or segment', '反对:不进入画像和群体'],
  objection_withdrawal: ['Take an objection back', '撤回反对'],
  unlink: ['Unlink: take browser and login apart', '解绑:分离浏览器与登录'],
  by: ['Known by', '识别方式'],
  first_party_id: ['Browser id', '浏览器标识'],
  email: ['E-mail address of the login', '登录邮箱'],
  user_id: ['User id of the login', '登录用户 ID'],
  phone: ['Phone number of the login', '登录手机号'],
  value: ['Value', '值'],
  send: ['Answer now', '立即处理'],
  erase: ['Erase now', '立即删除'],
  sure: [
    'This can not be undone: events, profile, memberships and logins of this person go for good.',
    '此操作不可撤销:该人的事件、画像、群体归属与登录关联将被永久删除。',
  ],
  done: ['done', '已完成'],
  open: ['open', '进行中'],
  not_identified: ['not identified', '无法识别'],
  notIdentifiedDo: [
    'Nobody, you included, can tell what is theirs: the secret their pseudonym was made with is gone (GDPR Art. 11). Tell them so.',
    '包括您在内,无人能辨认其数据:生成假名的密钥已销毁(GDPR 第 11 条)。请如实告知。',
  ],
  asked: ['Asked', '提出时间'],
  due: ['Due', '截止'],
  left: ['{n} days left', '剩 {n} 天'],
  late: ['{n} days late', '逾期 {n} 天'],
  status: ['Status', '状态'],
  anyStatus: ['All', '全部'],
  from: ['From', '来自'],
  officer: ['officer', '负责人'],
  visitor: ['visitor', '访客'],
  steps: ['What was done', '处理过程'],
  rows: ['Rows that went', '删除的行'],
  told: ['Told', '已通知'],
  receipt: ['Signed receipt', '签名回执'],
  receiptNote: [
    'For the person: what was erased and when, signed with the key of the audit log.',
    '供请求人保存:删除内容与时间,由审计日志密钥签名。',
  ],
  file: ['Download file', '下载文件'],
  filePage: ['Download page', '下载网页'],
  more: ['Older', '更早'],
} as const;

const requestSchema = v.object({
  id: v.string(),
  kind: v.string(),
  subject: v.string(),
  askedBy: v.string(),
  askedAt: v.number(),
  dueAt: v.number(),
  daysLeft: v.optional(v.number()),
  status: v.picklist(['open', 'done', 'not_identified']),
  rows: v.optional(v.record(v.string(), v.number())),
  destinations: v.optional(v.array(v.object({ name: v.string(), told: v.boolean() }))),
  receipt: v.optional(v.string()),
  log: v.array(v.object({ at: v.number(), step: v.string() })),
});
type Request = v.InferOutput<typeof requestSchema>;
const requestsSchema = v.object({ requests: v.array(requestSchema), next: v.nullable(v.string()) });

const KINDS = ['access', 'erasure', 'objection', 'objection_withdrawal', 'unlink'] as const;
const WAYS = ['email', 'user_id', 'phone', 'first_party_id'] as const;
const STATUSES = ['open', 'done', 'not_identified'] as const;
const TONES: Readonly<Record<Request['status'], Tone>> = { open: 'warn', done: 'good', not_identified: 'plain' };

function AnswerForm({ onDone }: { readonly onDone: (request: Request) => void }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { actOnce, isBusy, failure } = useAct();
  const [kind, setKind] = useState<(typeof KINDS)[number]>('access');
  const [by, setBy] = useState<(typeof WAYS)[number]>('email');
  const [value, setValue] = useState('');
  const subject = by === 'first_party_id' ? { first_party_id: value } : { account: { [by]: value } };
  const question: Question = {
    method: 'POST',
    path: '/v1/sites/{site}/privacy/requests',
    params: { site },
    body: { kind, subject },
  };
  const send = async (): Promise<void> => {
    const done = await actOnce(question, requestSchema);
    if (done === undefined) return;
    setValue('');
    onDone(done);
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="form-row">
        <SelectField label={say('kind')} value={kind} options={KINDS.map((one) => [one, say(one)])} onValue={setKind} />
        <SelectField label={say('by')} value={by} options={WAYS.map((one) => [one, say(one)])} onValue={setBy} />
        <TextField label={say('value')} value={value} onValue={setValue} isRequired />
      </div>
      {kind === 'erasure' ? <Notice icon="warn" tone="warn" title={say('sure')} /> : null}
      {failure === undefined ? null : <Failed failure={failure} />}
      <div class="row">
        <button type="submit" class={kind === 'erasure' ? 'button danger' : 'button primary'} disabled={isBusy}>
          {say(kind === 'erasure' ? 'erase' : 'send')}
        </button>
        <CopyCurl
          question={{
            ...question,
            body: { kind, subject: by === 'first_party_id' ? { first_party_id: '…' } : { account: { [by]: '…' } } },
          }}
        />
      </div>
    </form>
  );
}

const Left = ({ request }: { readonly request: Request }): JSX.Element => {
  const say = useWords(WORDS);
  const { day } = useFormats();
  const { daysLeft, dueAt } = request;
  if (daysLeft === undefined) return <span class="faint">{day(dueAt)}</span>;
  return (
    <Badge tone={daysLeft < 0 ? 'bad' : daysLeft < 7 ? 'warn' : 'plain'}>
      {daysLeft < 0 ? say('late', { n: -daysLeft }) : say('left', { n: daysLeft })}
    </Badge>
  );
};

function RequestTable({ page }: { readonly page: v.InferOutput<typeof requestsSchema> }): JSX.Element {
  const say = useWords(WORDS);
  const pathOf = usePathOf();
  const { instant } = useFormats();
  const { query, setQuery } = useQuery();
  const status = STATUSES.find((one) => one === query.get('status'));
  const { requests, next } = page;
  if (requests.length === 0 && status === undefined) {
    return (
      <Notice icon="requests" title={say('none')}>
        <p>{say('noneDo')}</p>
      </Notice>
    );
  }
  return (
    <div class="stack">
      <div class="form-row">
        <SelectField
          label={say('status')}
          value={status ?? ''}
          options={[['', say('anyStatus')], ...STATUSES.map((one) => [one, say(one)] as const)]}
          onValue={(value) => setQuery({ status: value, before: undefined })}
        />
      </div>
      <Table
        label={say('all')}
        rows={requests}
        keyOf={({ id }) => id}
        columns={[
          {
            head: say('one'),
            isName: true,
            cell: ({ id, kind }) => (
              <Link to={pathOf('requests', id)}>
                {say(KINDS.find((one) => one === kind) ?? 'one').split(/[::]/)[0]}
              </Link>
            ),
          },
          { head: say('asked'), cell: ({ askedAt }) => instant(askedAt) },
          { head: say('from'), cell: ({ askedBy }) => say(askedBy === 'visitor' ? 'visitor' : 'officer') },
          { head: say('due'), cell: (request) => <Left request={request} /> },
          { head: say('status'), cell: (one) => <Badge tone={TONES[one.status]}>{say(one.status)}</Badge> },
        ]}
      />
      {next === null ? null : (
        <button type="button" class="button small" onClick={() => setQuery({ cursor: next })}>
          {say('more')}
        </button>
      )}
    </div>
  );
}

function RequestList(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const { go } = useConsole();
  const mayAnswer = useScopes().has('privacy:write');
  const { query } = useQuery();
  const status = STATUSES.find((one) => one === query.get('status'));
  const read = useRead(
    {
      path: '/v1/sites/{site}/privacy/requests',
      params: { site },
      query: { status, cursor: query.get('cursor') ?? undefined },
    },
    requestsSchema,
  );
  return (
    <Page title={say('title')} note={say('lead')}>
      {mayAnswer ? (
        <Panel title={say('answer')} note={say('answerNote')}>
          <AnswerForm onDone={({ id }) => go(pathOf('requests', id))} />
        </Panel>
      ) : null}
      <ReadPanel title={say('all')} read={read} height={240}>
        {(page) => <RequestTable page={page} />}
      </ReadPanel>
    </Page>
  );
}

function FileButtons({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { api } = useConsole();
  const question: Question = { path: '/v1/sites/{site}/privacy/requests/{id}/file', params: { site, id } };
  const save = async (accept: string, name: string): Promise<void> => {
    const answered = await api.fetch({ ...question, headers: { accept } });
    if (answered.ok) await saveFile(answered.value, name);
  };
  return (
    <div class="row">
      <button type="button" class="button" onClick={() => void save('application/json', `access-${id}.json`)}>
        <Icon name="documents" size={16} />
        {say('file')}
      </button>
      <button type="button" class="button" onClick={() => void save('text/html', `access-${id}.html`)}>
        {say('filePage')}
      </button>
      <CopyCurl question={question} />
    </div>
  );
}

function RequestDetails({ request }: { readonly request: Request }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  return (
    <div class="stack">
      <Facts>
        <Fact name={say('kind')}>{say(KINDS.find((one) => one === request.kind) ?? 'one')}</Fact>
        <Fact name={say('status')}>
          <Badge tone={TONES[request.status]}>{say(request.status)}</Badge>
        </Fact>
        <Fact name={say('due')}>
          <Left request={request} />
        </Fact>
        {Object.entries(request.rows ?? {}).map(([name, rows]) => (
          <Fact key={name} name={`${say('rows')}: ${name}`}>
            {number(rows)}
          </Fact>
        ))}
      </Facts>
      {request.status === 'not_identified' ? (
        <Notice icon="info" title={say('not_identified')}>
          <p>{say('notIdentifiedDo')}</p>
        </Notice>
      ) : null}
      <Steps steps={request.log} />
      {request.kind === 'access' && request.status !== 'open' ? <FileButtons id={request.id} /> : null}
      {request.receipt === undefined ? null : (
        <div class="stack">
          <h3>{say('receipt')}</h3>
          <p class="note">{say('receiptNote')}</p>
          <pre class="code" tabIndex={0}>
            {request.receipt}
          </pre>
        </div>
      )}
    </div>
  );
}

function RequestView({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const read = useRead({ path: '/v1/sites/{site}/privacy/requests/{id}', params: { site, id } }, requestSchema);
  return (
    <Page
      title={`${say('one')} ${id.slice(0, 8)}`}
      back={
        <Link to={pathOf('requests')} class="back">
          <Icon name="next" size={14} />
          {say('all')}
        </Link>
      }
    >
      <ReadPanel title={say('steps')} read={read} height={240}>
        {(request) => <RequestDetails request={request} />}
      </ReadPanel>
    </Page>
  );
}

/** The list, or the request the address names. */
export function RequestsPage(): JSX.Element {
  const { item } = useConsole().route;
  return item === undefined ? <RequestList /> : <RequestView id={item} />;
}
