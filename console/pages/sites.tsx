// console/pages/sites.tsx: the sites that whoever looks may see, with their role at each; added, and told where their pages are.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useRead } from '../api/read.ts';
import type { SiteAccess } from '../api/session.ts';
import { sitesSchema } from '../api/session.ts';
import { useConsole, useFormats, useServerWord, useWords } from '../app/context.ts';
import { pathOf } from '../app/route.ts';
import { Badge } from '../parts/badge.tsx';
import { CopyCurl } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { SelectField, TextAreaField, TextField } from '../parts/field.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Sites', '站点'],
  lead: ['Sites you may see, and what you are to each.', '您可查看的站点及您的角色。'],
  add: ['Add a site', '添加站点'],
  addNote: ['Then put the tag into its pages: the setup page has the snippet.', '然后在页面中安装标签:代码见接入页。'],
  id: ['Site', '站点'],
  name: ['Site id', '站点 ID'],
  nameHelp: [
    'Lower-case, such as shop. It stands in the tag and never changes.',
    '小写,例如 shop。写在标签中,不可更改。',
  ],
  origins: ['Origins', '来源'],
  originsHelp: [
    'One a line: scheme and host exactly as a browser sends them, such as https://shop.example',
    '每行一个:与浏览器发送的一致,例如 https://shop.example',
  ],
  preset: ['Policy', '策略'],
  floor: ['Floor', '下限'],
  floorHelp: ['The smallest number of visitors that is shown, at least 10.', '可显示的最小访客数,至少 10。'],
  role: ['Your role', '您的角色'],
  token: ['by a token', '令牌'],
  actions: ['Actions', '操作'],
  settings: ['Settings', '设置'],
  settingsOf: ['Settings of {site}', '{site} 的设置'],
  save: ['Save', '保存'],
  saved: ['Saved; collectors take it over within seconds.', '已保存,收集端数秒内采用。'],
  added: ['{site} was added', '已添加 {site}'],
  open: ['Open its setup', '打开接入页'],
  lower: [
    'A lower floor shows smaller numbers. It is recorded in the audit log.',
    '降低下限会显示更小的数字,并记入审计日志。',
  ],
} as const;
const PRESETS = ['strict', 'standard', 'exempt'] as const;
const FLOOR = '50';

const siteAnswer = v.object({ id: v.string(), origins: v.array(v.string()), floor: v.number() });
const linesOf = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

function Added({ site }: { readonly site: string }): JSX.Element {
  const say = useWords(WORDS);
  return (
    <Notice icon="check" tone="good" title={say('added', { site })}>
      {/* The session's list of sites is read anew with the page. */}
      <a href={pathOf(site, 'setup')} class="button small">
        {say('open')}
      </a>
    </Notice>
  );
}

function NewSite({ onAdded }: { readonly onAdded: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const [id, setId] = useState('');
  const [origins, setOrigins] = useState('');
  const [policy, setPolicy] = useState<(typeof PRESETS)[number]>('standard');
  const [floor, setFloor] = useState(FLOOR);
  const [added, setAdded] = useState<string | undefined>();
  const { actOnce, isBusy, failure } = useAct();
  const question: Question = {
    method: 'POST',
    path: '/v1/sites',
    body: { id, origins: linesOf(origins), policy, floor: Number(floor) },
  };
  const add = async (): Promise<void> => {
    const made = await actOnce(question, siteAnswer);
    if (made === undefined) return;
    setAdded(made.id);
    setId('');
    setOrigins('');
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
        <TextField label={say('name')} help={say('nameHelp')} value={id} onValue={setId} isRequired />
        <SelectField
          label={say('preset')}
          value={policy}
          options={PRESETS.map((one) => [one, word(one)] as const)}
          onValue={setPolicy}
        />
        <TextField label={say('floor')} help={say('floorHelp')} type="number" value={floor} onValue={setFloor} />
      </div>
      <TextAreaField label={say('origins')} help={say('originsHelp')} value={origins} onValue={setOrigins} />
      {failure === undefined ? null : <Failed failure={failure} />}
      {added === undefined ? null : <Added site={added} />}
      <div class="row">
        <button type="submit" class="button primary" disabled={isBusy}>
          {say('add')}
        </button>
        <CopyCurl question={question} />
      </div>
    </form>
  );
}

interface SettingsProps {
  readonly site: SiteAccess;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

function Settings({ site, onClose, onSaved }: SettingsProps): JSX.Element {
  const say = useWords(WORDS);
  const [origins, setOrigins] = useState(site.origins.join('\n'));
  const [floor, setFloor] = useState(String(site.floor));
  const [isSaved, setIsSaved] = useState(false);
  const { act, isBusy, failure } = useAct();
  const question: Question = {
    method: 'PATCH',
    path: '/v1/sites/{site}',
    params: { site: site.id },
    body: { origins: linesOf(origins), floor: Number(floor) },
  };
  const save = async (): Promise<void> => {
    const done = await act(question, siteAnswer);
    setIsSaved(done !== undefined);
    if (done !== undefined) onSaved();
  };
  return (
    <Dialog
      title={say('settingsOf', { site: site.id })}
      onClose={onClose}
      actions={
        <>
          <CopyCurl question={question} />
          <button type="button" class="button primary" disabled={isBusy} onClick={() => void save()}>
            {say('save')}
          </button>
        </>
      }
    >
      <TextAreaField label={say('origins')} help={say('originsHelp')} value={origins} onValue={setOrigins} />
      <TextField label={say('floor')} help={say('floorHelp')} type="number" value={floor} onValue={setFloor} />
      {Number(floor) < site.floor ? <Notice icon="warn" tone="warn" title={say('lower')} /> : null}
      {failure === undefined ? null : <Failed failure={failure} />}
      {isSaved ? <Notice icon="check" tone="good" title={say('saved')} /> : null}
    </Dialog>
  );
}

function SettingsButton({ site, onSaved }: Omit<SettingsProps, 'onClose'>): JSX.Element | null {
  const say = useWords(WORDS);
  const [isOpen, setIsOpen] = useState(false);
  if (!site.scopes.includes('settings:write')) return null;
  return (
    <>
      <button type="button" class="button small" onClick={() => setIsOpen(true)}>
        {say('settings')}
      </button>
      {isOpen ? <Settings site={site} onClose={() => setIsOpen(false)} onSaved={onSaved} /> : null}
    </>
  );
}

/** The page. */
export function SitesPage(): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number } = useFormats();
  const { principal } = useConsole();
  const read = useRead({ path: '/v1/sites' }, sitesSchema);
  return (
    <Page title={say('title')} note={say('lead')}>
      <ReadPanel title={say('title')} read={read} height={200}>
        {({ sites }) => (
          <Table
            label={say('title')}
            rows={sites}
            keyOf={({ id }) => id}
            columns={[
              { head: say('id'), cell: ({ id }) => <Link to={pathOf(id, 'overview')}>{id}</Link>, isName: true },
              { head: say('origins'), cell: ({ origins }) => origins.join(', ') },
              { head: say('preset'), cell: ({ preset }) => <Badge>{word(preset)}</Badge> },
              { head: say('floor'), cell: ({ floor }) => number(floor), isNumber: true },
              { head: say('role'), cell: ({ role }) => (role === null ? say('token') : word(role)) },
              { head: say('actions'), cell: (site) => <SettingsButton site={site} onSaved={read.reload} /> },
            ]}
          />
        )}
      </ReadPanel>
      {principal.scopes.has('sites:manage') ? (
        <Panel title={say('add')} note={say('addNote')}>
          <NewSite onAdded={read.reload} />
        </Panel>
      ) : null}
    </Page>
  );
}
