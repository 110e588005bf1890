// console/pages/rule-editor.tsx: makes or changes a rule: a form or JSON, a preview under P3, and saving it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import type { SegmentRule } from '../../contract/index.ts';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import type { Failure } from '../api/failure.ts';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, usePathOf, useScopes, useSite, useWords } from '../app/context.ts';
import type { RuleDraft } from '../app/rule-draft.ts';
import { NEW_CONDITION, readDraft, ruleOf, slugOf } from '../app/rule-draft.ts';
import { Budget } from '../parts/budget.tsx';
import { CopyCurl } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { TextAreaField, TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadView } from '../parts/panel.tsx';
import { Failed, Notice, Withheld, WithheldMark } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { RuleForm } from './rule-form.tsx';
import type { Preview, RuleSegment } from './rule-schemas.ts';
import { previewSchema, ruleSegmentSchema } from './rule-schemas.ts';
import { RULE_WORDS } from './rule-words.ts';
import { useWhyWithheld } from './rule-withheld.ts';
import { SegmentMembers } from './segment-members.tsx';

/** A rule being edited: by the form, or as a text. */
type Edited = { readonly by: 'form'; readonly draft: RuleDraft } | { readonly by: 'json'; readonly text: string };

const FIRST_RULE: SegmentRule = ruleOf({ match: 'all', conditions: [NEW_CONDITION] });

const editedOf = (rule: SegmentRule): Edited => {
  const draft = readDraft(rule);
  return draft === undefined ? { by: 'json', text: JSON.stringify(rule, null, 2) } : { by: 'form', draft };
};

function ruleOfEdited(edited: Edited): SegmentRule | undefined {
  if (edited.by === 'form') return ruleOf(edited.draft);
  try {
    return JSON.parse(edited.text) as SegmentRule;
  } catch {
    return undefined;
  }
}

function PreviewView({ preview }: { readonly preview: Preview }): JSX.Element {
  const say = useWords(RULE_WORDS);
  const { number } = useFormats();
  const why = useWhyWithheld();
  const { size, withheld, sampledOneIn, conditions, budget } = preview;
  return (
    <div class="stack">
      {size === null ? <Withheld why={why(withheld)} /> : <p class="tile-value">≈ {number(size)}</p>}
      {sampledOneIn > 1 ? <p class="note">{say('sampled', { n: sampledOneIn })}</p> : null}
      {conditions.length === 0 ? null : (
        <Table
          label={say('conditions')}
          rows={conditions}
          keyOf={({ pointer }) => pointer}
          columns={[
            { head: say('says'), cell: ({ words }) => words, isName: true },
            {
              head: say('alone'),
              isNumber: true,
              cell: (one) => (one.size === null ? <WithheldMark why={why(one.withheld)} /> : `≈ ${number(one.size)}`),
            },
          ]}
        />
      )}
      <Budget budget={budget} />
    </div>
  );
}

function RuleFields({
  edited,
  onEdited,
}: {
  readonly edited: Edited;
  readonly onEdited: (edited: Edited) => void;
}): JSX.Element {
  const say = useWords(RULE_WORDS);
  const rule = ruleOfEdited(edited);
  const draft = edited.by === 'json' && rule !== undefined ? readDraftSafely(rule) : undefined;
  if (edited.by === 'form') {
    return (
      <div class="stack">
        <RuleForm draft={edited.draft} onDraft={(next) => onEdited({ by: 'form', draft: next })} />
        <div>
          <button
            type="button"
            class="button quiet small"
            onClick={() => onEdited({ by: 'json', text: JSON.stringify(rule, null, 2) })}
          >
            {say('asJson')}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="stack">
      <TextAreaField
        label={say('json')}
        value={edited.text}
        onValue={(text) => onEdited({ by: 'json', text })}
        fault={rule === undefined ? say('jsonBad') : undefined}
      />
      {draft === undefined ? (
        <p class="note">{say('onlyJson')}</p>
      ) : (
        <div>
          <button type="button" class="button quiet small" onClick={() => onEdited({ by: 'form', draft })}>
            {say('asForm')}
          </button>
        </div>
      )}
    </div>
  );
}

/** What somebody typed may be JSON and no rule; the server says what is wrong with it. */
function readDraftSafely(rule: SegmentRule): RuleDraft | undefined {
  try {
    return readDraft(rule);
  } catch {
    return undefined;
  }
}

interface EditorProps {
  readonly id: string | undefined;
  readonly segment: RuleSegment | undefined;
}

function DeleteRule({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(RULE_WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const { go } = useConsole();
  const { act, isBusy, failure } = useAct();
  const [isAsked, setIsAsked] = useState(false);
  const remove = async (): Promise<void> => {
    const question: Question = { method: 'DELETE', path: '/v1/sites/{site}/rule-segments/{id}', params: { site, id } };
    if ((await act(question, v.null())) === null) go(pathOf('rules'));
  };
  return (
    <>
      <button type="button" class="button danger" onClick={() => setIsAsked(true)}>
        {say('delete')}
      </button>
      {isAsked ? (
        <Dialog
          title={say('delete')}
          onClose={() => setIsAsked(false)}
          actions={
            <>
              <button type="button" class="button" onClick={() => setIsAsked(false)}>
                {say('cancel')}
              </button>
              <button type="button" class="button danger" disabled={isBusy} onClick={() => void remove()}>
                {say('delete')}
              </button>
            </>
          }
        >
          <p>{say('sure')}</p>
          {failure === undefined ? null : <Failed failure={failure} />}
        </Dialog>
      ) : null}
    </>
  );
}

const faultsSchema = v.object({ problems: v.array(v.object({ pointer: v.string(), detail: v.string() })) });

/** What is wrong with a rule, each with its place. */
function RuleFaults({ failure }: { readonly failure: Failure }): JSX.Element {
  const read = failure.kind === 'problem' ? v.safeParse(faultsSchema, failure.more) : undefined;
  return (
    <div class="stack">
      <Failed failure={failure} />
      {read?.success === true ? (
        <ul class="stack">
          {read.output.problems.map(({ pointer, detail }) => (
            <li key={pointer}>
              <span class="code">{pointer}</span> {detail}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

interface ActionsProps {
  readonly id: string | undefined;
  readonly isReady: boolean;
  readonly asked: Question;
  readonly onLook: () => void;
}

function Actions({ id, isReady, asked, onLook }: ActionsProps): JSX.Element {
  const say = useWords(RULE_WORDS);
  const mayWrite = useScopes().has('segments:write');
  return (
    <div class="row">
      {mayWrite ? (
        <button type="submit" class="button primary" disabled={!isReady}>
          {say('save')}
        </button>
      ) : null}
      <button type="button" class="button" disabled={!isReady} onClick={onLook}>
        {say('preview')}
      </button>
      <CopyCurl question={asked} />
      {mayWrite && id !== undefined ? <DeleteRule id={id} /> : null}
    </div>
  );
}

function Editor({ id, segment }: EditorProps): JSX.Element {
  const say = useWords(RULE_WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const { go } = useConsole();
  const [name, setName] = useState(segment?.name ?? '');
  const [edited, setEdited] = useState<Edited>(() => editedOf(segment?.rule ?? FIRST_RULE));
  const [preview, setPreview] = useState<Preview | undefined>();
  const [isSaved, setIsSaved] = useState(false);
  const { act, isBusy, failure } = useAct();
  const rule = ruleOfEdited(edited);
  const asked: Question = {
    method: 'POST',
    path: '/v1/sites/{site}/rule-segments/preview',
    params: { site },
    body: { rule, explain: true },
  };
  const look = async (): Promise<void> => setPreview(await act(asked, previewSchema));
  const save = async (): Promise<void> => {
    const at = '/v1/sites/{site}/rule-segments' as const;
    const question: Question =
      id === undefined
        ? { method: 'POST', path: at, params: { site }, body: { id: slugOf(name), name, rule } }
        : { method: 'PUT', path: `${at}/{id}`, params: { site, id }, body: { name, rule } };
    const saved = await act(question, ruleSegmentSchema);
    setIsSaved(saved !== undefined);
    if (saved !== undefined && id === undefined) go(pathOf('rules', saved.id));
  };
  return (
    <form
      class="page-body"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Panel title={say('conditions')}>
        <div class="stack">
          <div class="form-row">
            <TextField label={say('name')} value={name} onValue={setName} isRequired />
          </div>
          <RuleFields edited={edited} onEdited={setEdited} />
          {failure === undefined ? null : <RuleFaults failure={failure} />}
          {isSaved ? <Notice icon="check" tone="good" title={say('saved')} /> : null}
          <Actions id={id} isReady={!isBusy && rule !== undefined} asked={asked} onLook={() => void look()} />
        </div>
      </Panel>
      {preview === undefined ? null : (
        <Panel title={say('previewTitle')} note={say('previewNote')} question={asked}>
          <PreviewView preview={preview} />
        </Panel>
      )}
    </form>
  );
}

/** Its size as it was last published. */
function Size({ segment: { size, withheld, id } }: { readonly segment: RuleSegment }): JSX.Element {
  const say = useWords(RULE_WORDS);
  const site = useSite();
  const { number } = useFormats();
  const why = useWhyWithheld();
  return (
    <Panel
      title={say('size')}
      note={say('sizeNote')}
      question={{ path: '/v1/sites/{site}/rule-segments/{id}', params: { site, id } }}
    >
      {size === null ? <Withheld why={why(withheld)} /> : <p class="tile-value">≈ {number(size)}</p>}
    </Panel>
  );
}

function Existing({ id }: { readonly id: string }): JSX.Element {
  const site = useSite();
  const read = useRead({ path: '/v1/sites/{site}/rule-segments/{id}', params: { site, id } }, ruleSegmentSchema);
  return (
    <ReadView read={read} height={320}>
      {(segment) => (
        <>
          <Size segment={segment} />
          <Editor id={id} segment={segment} />
          <SegmentMembers id={id} />
        </>
      )}
    </ReadView>
  );
}

/** The page of one rule. */
export function RuleEditor({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(RULE_WORDS);
  const pathOf = usePathOf();
  return (
    <Page
      title={id === 'new' ? say('new') : id}
      back={
        <Link to={pathOf('rules')} class="back">
          <Icon name="next" size={14} />
          {say('all')}
        </Link>
      }
    >
      {id === 'new' ? <Editor id={undefined} segment={undefined} /> : <Existing id={id} />}
    </Page>
  );
}
