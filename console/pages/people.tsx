// console/pages/people.tsx: who may log in, with which role at which site, and codes for them.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, useScopes, useServerWord, useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { Copy, CopyCurl } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Failed } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import type { Person, Role } from './person-roles.tsx';
import { personSchema, ROLE_WORDS, ROLES, RolesButton } from './person-roles.tsx';

const WORDS = {
  ...ROLE_WORDS,
  title: ['People', '成员'],
  lead: ['Who may log in, and what they may do where.', '谁可以登录,以及在各站点的权限。'],
  new: ['Add somebody', '添加成员'],
  name: ['Name', '姓名'],
  email: ['E-mail for your organisation’s sign-in (optional)', '组织登录邮箱(可选)'],
  emailHelp: ['Kept as a keyed hash alone.', '仅以带密钥的散列保存。'],
  site: ['Site', '站点'],
  role: ['Role', '角色'],
  add: ['Add', '添加'],
  all: ['Everybody', '全部成员'],
  seen: ['Has logged in', '是否登录过'],
  yes: ['yes', '是'],
  no: ['not yet', '尚未'],
  since: ['Since', '添加时间'],
  actions: ['Actions', '操作'],
  code: ['New code', '生成登录码'],
  codeTitle: ['Code for {name}', '{name} 的登录码'],
  codeNote: ['It logs them in once, within {n} minutes. It is shown here alone.', '{n} 分钟内可登录一次,仅在此显示。'],
  copy: ['Copy code', '复制登录码'],
  remove: ['Remove', '移除'],
  removeNote: ['Their sessions end at once, and all that is kept of them goes.', '其会话立即结束,相关记录全部删除。'],
  cancel: ['Cancel', '取消'],
} as const;

const peopleSchema = v.object({ people: v.array(personSchema) });
const codeSchema = v.object({ code: v.string(), minutes: v.number() });

function NewPerson({ onAdded }: { readonly onAdded: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const { principal } = useConsole();
  const { actOnce, isBusy, failure } = useAct();
  const [label, setLabel] = useState('');
  const [email, setEmail] = useState('');
  const [site, setSite] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const roles = [{ site: site === '' ? null : site, role }];
  const question: Question = {
    method: 'POST',
    path: '/v1/people',
    body: { label, roles, ...(email === '' ? {} : { email }) },
  };
  const add = async (): Promise<void> => {
    if ((await actOnce(question, personSchema)) === undefined) return;
    setLabel('');
    setEmail('');
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
        <TextField label={say('name')} value={label} onValue={setLabel} isRequired />
        <SelectField label={say('role')} value={role} options={ROLES.map((one) => [one, say(one)])} onValue={setRole} />
        <SelectField
          label={say('site')}
          value={site}
          options={[['', say('everywhere')], ...principal.sites.map(({ id }) => [id, id] as const)]}
          onValue={setSite}
        />
      </div>
      <div class="form-row">
        <TextField label={say('email')} help={say('emailHelp')} type="email" value={email} onValue={setEmail} />
      </div>
      {failure === undefined ? null : <Failed failure={failure} />}
      <div class="row">
        <button type="submit" class="button primary" disabled={isBusy}>
          {say('add')}
        </button>
        <CopyCurl question={question} />
      </div>
    </form>
  );
}

function CodeButton({ person: { id, label } }: { readonly person: Person }): JSX.Element {
  const say = useWords(WORDS);
  const { act, isBusy, failure } = useAct();
  const [given, setGiven] = useState<v.InferOutput<typeof codeSchema> | undefined>();
  const make = async (): Promise<void> =>
    setGiven(await act({ method: 'POST', path: '/v1/people/{id}/login-code', params: { id } }, codeSchema));
  return (
    <>
      <button type="button" class="button small" disabled={isBusy} onClick={() => void make()}>
        {say('code')}
      </button>
      {failure === undefined ? null : <Failed failure={failure} />}
      {given === undefined ? null : (
        <Dialog title={say('codeTitle', { name: label })} onClose={() => setGiven(undefined)}>
          <pre class="code">{given.code}</pre>
          <p class="note">{say('codeNote', { n: given.minutes })}</p>
          <Copy text={given.code} label={say('copy')} />
        </Dialog>
      )}
    </>
  );
}

function RemoveButton({
  person: { id, label },
  onRemoved,
}: {
  readonly person: Person;
  readonly onRemoved: () => void;
}): JSX.Element {
  const say = useWords(WORDS);
  const { act, isBusy, failure } = useAct();
  const [isAsked, setIsAsked] = useState(false);
  const remove = async (): Promise<void> => {
    if ((await act({ method: 'DELETE', path: '/v1/people/{id}', params: { id } }, v.null())) === undefined) return;
    setIsAsked(false);
    onRemoved();
  };
  return (
    <>
      <button type="button" class="button small danger" onClick={() => setIsAsked(true)}>
        {say('remove')}
      </button>
      {isAsked ? (
        <Dialog
          title={`${say('remove')}: ${label}`}
          onClose={() => setIsAsked(false)}
          actions={
            <>
              <button type="button" class="button" onClick={() => setIsAsked(false)}>
                {say('cancel')}
              </button>
              <button type="button" class="button danger" disabled={isBusy} onClick={() => void remove()}>
                {say('remove')}
              </button>
            </>
          }
        >
          <p>{say('removeNote')}</p>
          {failure === undefined ? null : <Failed failure={failure} />}
        </Dialog>
      ) : null}
    </>
  );
}

/** The page. */
export function PeoplePage(): JSX.Element {
  const say = useWords(WORDS);
  const { day } = useFormats();
  const mayManage = useScopes().has('people:manage');
  const read = useRead({ path: '/v1/people' }, peopleSchema);
  const roleName = useServerWord();
  return (
    <Page title={say('title')} note={say('lead')}>
      {mayManage ? (
        <Panel title={say('new')}>
          <NewPerson onAdded={read.reload} />
        </Panel>
      ) : null}
      <ReadPanel title={say('all')} read={read} height={240}>
        {({ people }) => (
          <Table
            label={say('all')}
            rows={people}
            keyOf={({ id }) => id}
            columns={[
              { head: say('name'), cell: ({ label }) => label, isName: true },
              {
                head: say('role'),
                cell: ({ roles }) =>
                  roles.map(({ site, role }) => `${roleName(role)} (${site ?? say('everywhere')})`).join(', '),
              },
              { head: say('since'), cell: ({ createdAt }) => day(createdAt) },
              {
                head: say('seen'),
                cell: (one) => (
                  <Badge tone={one.hasLoggedIn ? 'good' : 'plain'}>{say(one.hasLoggedIn ? 'yes' : 'no')}</Badge>
                ),
              },
              {
                head: say('actions'),
                cell: (person) => (
                  <div class="row">
                    <RolesButton person={person} onChanged={read.reload} />
                    <CodeButton person={person} />
                    <RemoveButton person={person} onRemoved={read.reload} />
                  </div>
                ),
              },
            ]}
          />
        )}
      </ReadPanel>
    </Page>
  );
}
