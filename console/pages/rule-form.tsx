// console/pages/rule-form.tsx: the conditions of a rule as rows of a form.
import type { JSX } from 'preact';
import { KNOWN_EVENTS, PURPOSES } from '../../contract/index.ts';
import { useConsole, useServerWord, useWords } from '../app/context.ts';
import type { DraftCondition, RuleDraft } from '../app/rule-draft.ts';
import { DRAFT_KINDS, NEW_CONDITION } from '../app/rule-draft.ts';
import { TRAIT_IDS, traitName } from '../app/trait-words.ts';
import { textIn } from '../app/words.ts';
import { CheckField, SelectField, TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { RULE_WORDS } from './rule-words.ts';

/** What a kind of condition begins with. */
const FIRST: Readonly<Record<DraftCondition['kind'], Partial<DraftCondition>>> = {
  event: { name: 'purchase', atLeast: '1', withinDays: '30' },
  trait: { name: 'views', atLeast: '1', withinDays: '' },
  category: { name: '', atLeast: '1', withinDays: '' },
  topic: { name: '', atLeast: '1', withinDays: '' },
  segment: { name: 'cluster-1', atLeast: '', atMost: '', withinDays: '' },
  consent: { name: 'profile', atLeast: '', atMost: '', withinDays: '' },
};

interface RowProps {
  readonly draft: DraftCondition;
  readonly onChange: (draft: DraftCondition) => void;
  readonly onRemove: () => void;
}

function Which({ draft, onChange }: Pick<RowProps, 'draft' | 'onChange'>): JSX.Element {
  const say = useWords(RULE_WORDS);
  const { language } = useConsole();
  const word = useServerWord();
  const { kind, name } = draft;
  const options: readonly (readonly [string, string])[] | undefined =
    kind === 'event'
      ? [...KNOWN_EVENTS].map((one) => [one, word(one)])
      : kind === 'trait'
        ? TRAIT_IDS.map((one) => [one, textIn(language, traitName(one))])
        : kind === 'consent'
          ? PURPOSES.map((one) => [one, word(one)])
          : undefined;
  const choose = (value: string): void => onChange({ ...draft, name: value });
  if (options === undefined) return <TextField label={say('what')} value={name} onValue={choose} isRequired />;
  const known = options.some(([one]) => one === name) ? options : [[name, name] as const, ...options];
  return <SelectField label={say('what')} value={name} options={known} onValue={choose} />;
}

function Row({ draft, onChange, onRemove }: RowProps): JSX.Element {
  const say = useWords(RULE_WORDS);
  const { kind, of, atLeast, atMost, withinDays, isNot } = draft;
  const hasRange = kind !== 'segment' && kind !== 'consent';
  return (
    <li class="condition">
      <SelectField
        label={say('kind')}
        value={kind}
        options={DRAFT_KINDS.map((one) => [one, say(one)] as const)}
        onValue={(next) => onChange({ ...draft, ...FIRST[next], kind: next })}
      />
      {kind === 'category' ? (
        <SelectField
          label={say('of')}
          value={of}
          options={(['viewed', 'carted', 'bought', 'interest'] as const).map((one) => [one, say(one)] as const)}
          onValue={(next) => onChange({ ...draft, of: next })}
        />
      ) : null}
      <Which draft={draft} onChange={onChange} />
      {hasRange ? (
        <>
          <TextField
            label={say('atLeast')}
            type="number"
            value={atLeast}
            onValue={(value) => onChange({ ...draft, atLeast: value })}
          />
          <TextField
            label={say('atMost')}
            type="number"
            value={atMost}
            onValue={(value) => onChange({ ...draft, atMost: value })}
          />
        </>
      ) : null}
      {kind === 'event' ? (
        <TextField
          label={say('within')}
          type="number"
          value={withinDays}
          onValue={(value) => onChange({ ...draft, withinDays: value })}
        />
      ) : null}
      <CheckField label={say('not')} isOn={isNot} onToggle={(isOn) => onChange({ ...draft, isNot: isOn })} />
      <button type="button" class="button quiet icon-only" aria-label={say('remove')} onClick={onRemove}>
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly onDraft: (draft: RuleDraft) => void;
}

/** The form. */
export function RuleForm({ draft, onDraft }: RuleFormProps): JSX.Element {
  const say = useWords(RULE_WORDS);
  const { match, conditions } = draft;
  const put = (nth: number, next?: DraftCondition): void =>
    onDraft({
      match,
      conditions: conditions.flatMap((one, at) => (at === nth ? (next === undefined ? [] : [next]) : [one])),
    });
  return (
    <div class="stack">
      <div class="form-row">
        <SelectField
          label={say('match')}
          value={match}
          options={[
            ['all', say('matchAll')],
            ['any', say('matchAny')],
          ]}
          onValue={(value) => onDraft({ match: value, conditions })}
        />
      </div>
      <ol class="conditions">
        {conditions.map((one, nth) => (
          <Row key={nth} draft={one} onChange={(next) => put(nth, next)} onRemove={() => put(nth)} />
        ))}
      </ol>
      <div>
        <button
          type="button"
          class="button small"
          onClick={() => onDraft({ match, conditions: [...conditions, NEW_CONDITION] })}
        >
          {say('add')}
        </button>
      </div>
    </div>
  );
}
