// console/pages/person-roles.tsx: the roles of somebody, one a site, changed in a dialog.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useConsole, useWords } from '../app/context.ts';
import { CopyCurl } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { SelectField } from '../parts/field.tsx';
import { Failed } from '../parts/states.tsx';

/** What roles are called. */
export const ROLE_WORDS = {
  owner: ['Owner: everything', '所有者:全部权限'],
  privacy_officer: ['Privacy officer: requests, policy, audit', '隐私官:请求、策略、审计'],
  marketer: ['Marketer: reports and rules', '市场:报表与规则'],
  analyst: ['Analyst: reports', '分析:报表'],
  developer: ['Developer: what makes data arrive', '开发:数据接入'],
  everywhere: ['All sites', '全部站点'],
} as const;
const WORDS = {
  ...ROLE_WORDS,
  change: ['Change roles', '更改角色'],
  rolesOf: ['Roles of {name}', '{name} 的角色'],
  addRole: ['Add a role at', '添加角色于'],
  takeRole: ['Take away', '移除角色'],
  save: ['Save', '保存'],
} as const;

/** The roles there are. */
export const ROLES = ['owner', 'privacy_officer', 'marketer', 'analyst', 'developer'] as const;
/** One of them. */
export type Role = (typeof ROLES)[number];

/** Somebody who may log in. A role's site is null where it is for all. */
export const personSchema = v.object({
  id: v.string(),
  label: v.string(),
  createdAt: v.number(),
  hasLoggedIn: v.boolean(),
  roles: v.array(v.object({ site: v.nullable(v.string()), role: v.string() })),
});
/** One. */
export type Person = v.InferOutput<typeof personSchema>;
type Roles = readonly { readonly site: string | null; readonly role: string }[];

interface RoleFieldsProps {
  readonly roles: Roles;
  readonly onRoles: (roles: Roles) => void;
}

function RoleFields({ roles, onRoles }: RoleFieldsProps): JSX.Element {
  const say = useWords(WORDS);
  const { principal } = useConsole();
  const free = [null, ...principal.sites.map(({ id }) => id)].filter((site) => !roles.some((one) => one.site === site));
  return (
    <>
      {roles.map(({ site, role }) => (
        <div key={site ?? ''} class="form-row">
          <SelectField
            label={site ?? say('everywhere')}
            value={ROLES.find((one) => one === role) ?? 'analyst'}
            options={ROLES.map((one) => [one, say(one)])}
            onValue={(value) => onRoles(roles.map((one) => (one.site === site ? { site, role: value } : one)))}
          />
          <button type="button" class="button small" onClick={() => onRoles(roles.filter((one) => one.site !== site))}>
            {say('takeRole')}
          </button>
        </div>
      ))}
      {free.length === 0 ? null : (
        <SelectField
          label={say('addRole')}
          value="-"
          options={[['-', '—'], ...free.map((site) => [site ?? '', site ?? say('everywhere')] as const)]}
          onValue={(value) => {
            if (value !== '-') onRoles([...roles, { site: value === '' ? null : value, role: 'analyst' }]);
          }}
        />
      )}
    </>
  );
}

interface ChangeProps {
  readonly person: Person;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

function ChangeRoles({ person, onClose, onChanged }: ChangeProps): JSX.Element {
  const say = useWords(WORDS);
  const { act, isBusy, failure } = useAct();
  const [roles, setRoles] = useState<Roles>(person.roles);
  const question: Question = { method: 'PATCH', path: '/v1/people/{id}', params: { id: person.id }, body: { roles } };
  const save = async (): Promise<void> => {
    if ((await act(question, personSchema)) === undefined) return;
    onChanged();
    onClose();
  };
  return (
    <Dialog
      title={say('rolesOf', { name: person.label })}
      onClose={onClose}
      actions={
        <>
          <CopyCurl question={question} />
          <button
            type="button"
            class="button primary"
            disabled={isBusy || roles.length === 0}
            onClick={() => void save()}
          >
            {say('save')}
          </button>
        </>
      }
    >
      <RoleFields roles={roles} onRoles={setRoles} />
      {failure === undefined ? null : <Failed failure={failure} />}
    </Dialog>
  );
}

/** Opens the dialog. */
export function RolesButton({ person, onChanged }: Omit<ChangeProps, 'onClose'>): JSX.Element {
  const say = useWords(WORDS);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" class="button small" onClick={() => setIsOpen(true)}>
        {say('change')}
      </button>
      {isOpen ? <ChangeRoles person={person} onClose={() => setIsOpen(false)} onChanged={onChanged} /> : null}
    </>
  );
}
