// console/pages/rule-form.tsx: the conditions of a rule as rows of a form.
import type { JSX } from 'preact';
import { CLOSEST, KNOWN_EVENTS, PURPOSES } from '../../contract/index.ts';
import { useFormats, useServerWord, useWords } from '../app/context.ts';
import type { DraftCondition, RuleDraft } from '../app/rule-draft.ts';
import { DRAFT_KINDS, NEW_CONDITION, TRAIT_ASKS } from '../app/rule-draft.ts';
import { CheckField, SelectField, TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import type { RuleNames } from './rule-names.ts';
import { useRuleNames } from './rule-names.ts';
import { RULE_WORDS } from './rule-words.ts';

/** What a kind of condition begins with. */
const FIRST: Readonly<Record<DraftCondition['kind'], Partial<DraftCondition>>> = {
  event: { name: 'purchase', atLeast: '1', withinDays: '30' },
  trait: { name: 'views', asks: 'within', is: '', atLeast: '1', withinDays: '' },
  category: { name: '', atLeast: '1', withinDays: '' },
  topic: { name: '', atLeast: '1', withinDays: '' },
  segment: { name: 'cluster-1', atLeast: '', atMost: '', withinDays: '' },
  alike: { name: 'cluster-1', closest: '0.05', atLeast: '', atMost: '', withinDays: '' },
  consent: { name: 'profile', atLeast: '', atMost: '', withinDays: '' },
};

interface RowProps {
  readonly draft: DraftCondition;
  readonly names: RuleNames;
  readonly onChange: (draft: DraftCondition) => void;
  readonly onRemove: () => void;
}
type PartProps = Pick<RowProps, 'draft' | 'names' | 'onChange'>;

function Which({ draft, names, onChange }: PartProps): JSX.Element {
  const say = useWords(RULE_WORDS);
  const word = useServerWord();
  const { kind, name } = draft;
  const choose = (value: string): void => onChange({ ...draft, name: value });
  if (kind === 'event' || kind === 'category' || kind === 'topic') {
    // A site has events, categories and topics of its own.
    const proposed = kind === 'event' ? [...KNOWN_EVENTS].map((one) => [one, word(one)] as const) : undefined;
    const more = proposed === undefined ? {} : { proposed };
    return <TextField label={say('what')} value={name} onValue={choose} isRequired {...more} />;
  }
  const options: readonly (readonly [string, string])[] =
    kind === 'trait'
      ? names.traits.map((one) => [one.id, one.name])
      : kind === 'consent'
        ? PURPOSES.map((one) => [one, word(one)])
        : names.segments;
  const known = options.some(([one]) => one === name) ? options : [[name, name] as const, ...options];
  return <SelectField label={say('what')} value={name} options={known} onValue={choose} />;
}

/** From how much to how much. */
function Range({ draft, names, onChange }: PartProps): JSX.Element {
  const say = useWords(RULE_WORDS);
  const unit = draft.kind === 'trait' ? names.traits.find(({ id }) => id === draft.name)?.unit : undefined;
  const help =
    unit === 'share'
      ? say('share')
      : unit === 'minor_units'
        ? say('minor_units')
        : unit === 'days'
          ? say('unit_days')
          : undefined;
  return (
    <>
      {(['atLeast', 'atMost'] as const).map((limit) => (
        <TextField
          key={limit}
          label={say(limit)}
          help={help}
          type="number"
          value={draft[limit]}
          onValue={(value) => onChange({ ...draft, [limit]: value })}
        />
      ))}
    </>
  );
}

/** What is asked of a trait, or of how much there is of something. */
function Asked(props: PartProps): JSX.Element | null {
  const say = useWords(RULE_WORDS);
  const { percent } = useFormats();
  const { draft, onChange } = props;
  const { kind, asks, is, closest } = draft;
  if (kind === 'segment' || kind === 'consent') return null;
  if (kind === 'alike') {
    return (
      <SelectField
        label={say('closest')}
        value={closest}
        options={CLOSEST.map((one) => [String(one), say('closestShare', { n: percent(one) })] as const)}
        onValue={(next) => onChange({ ...draft, closest: next })}
      />
    );
  }
  if (kind !== 'trait') return <Range {...props} />;
  return (
    <>
      <SelectField
        label={say('asks')}
        value={asks}
        options={TRAIT_ASKS.map((one) => [one, say(one === 'within' ? 'within_limits' : one)] as const)}
        onValue={(next) => onChange({ ...draft, asks: next })}
      />
      {asks === 'within' ? <Range {...props} /> : null}
      {asks === 'is' ? (
        <TextField label={say('value')} value={is} onValue={(value) => onChange({ ...draft, is: value })} isRequired />
      ) : null}
    </>
  );
}

function Row({ draft, names, onChange, onRemove }: RowProps): JSX.Element {
  const say = useWords(RULE_WORDS);
  const { kind, of, withinDays, isNot } = draft;
  const [firstSegment] = names.segments[0] ?? [];
  const begin = (next: DraftCondition['kind']): void => {
    const isOfSegment = (next === 'segment' || next === 'alike') && firstSegment !== undefined;
    onChange({ ...draft, ...FIRST[next], ...(isOfSegment ? { name: firstSegment } : {}), kind: next });
  };
  return (
    <li class="condition">
      <SelectField
        label={say('kind')}
        value={kind}
        options={DRAFT_KINDS.map((one) => [one, say(one)] as const)}
        onValue={begin}
      />
      {kind === 'category' ? (
        <SelectField
          label={say('of')}
          value={of}
          options={(['viewed', 'carted', 'bought', 'interest'] as const).map((one) => [one, say(one)] as const)}
          onValue={(next) => onChange({ ...draft, of: next })}
        />
      ) : null}
      <Which draft={draft} names={names} onChange={onChange} />
      <Asked draft={draft} names={names} onChange={onChange} />
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
  const names = useRuleNames();
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
          <Row key={nth} draft={one} names={names} onChange={(next) => put(nth, next)} onRemove={() => put(nth)} />
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
