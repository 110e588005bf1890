// console/pages/policy-form.tsx: the fields of a policy as a form.
import type { JSX } from 'preact';
import { POLICIES, PURPOSE_BITS_SEPARATE, PURPOSES, purposesOf } from '../../contract/index.ts';
import { useConsole, useServerWord } from '../app/context.ts';
import type { Policy } from '../app/policy-words.ts';
import { POLICY_FIELDS, POLICY_VALUES } from '../app/policy-words.ts';
import { textIn } from '../app/words.ts';
import { CheckField, SelectField, TextField } from '../parts/field.tsx';

interface PolicyFormProps {
  readonly policy: Policy;
  readonly onPolicy: (policy: Policy) => void;
  readonly isDisabled: boolean;
}

const SEPARATE: ReadonlySet<string> = new Set(purposesOf(PURPOSE_BITS_SEPARATE));
const WITHOUT_CONSENT = ['day', 'count', 'drop'] as const;
const SCRUB_RULES = ['mask', 'reject', 'allow-list'] as const;
const LISTS = ['query', 'allowedProperties', 'allowedTitles'] as const;

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function Purposes({
  policy,
  field,
  onPolicy,
  isDisabled,
}: PolicyFormProps & { readonly field: 'purposes' | 'asks' }): JSX.Element {
  const { language } = useConsole();
  const word = useServerWord();
  const held = policy[field];
  const choices =
    field === 'asks' ? PURPOSES.filter((one) => SEPARATE.has(one)) : PURPOSES.filter((one) => !SEPARATE.has(one));
  return (
    <fieldset>
      <legend>{textIn(language, POLICY_FIELDS[field])}</legend>
      <div class="checks">
        {choices.map((purpose) => (
          <CheckField
            key={purpose}
            label={word(purpose)}
            isOn={held.includes(purpose)}
            isDisabled={isDisabled}
            onToggle={(isOn) =>
              // In the order of the contract, as the server answers them: the same set is then no change.
              onPolicy({
                ...policy,
                [field]: PURPOSES.filter((one) => (one === purpose ? isOn : held.includes(one))),
              })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}

function Lists({ policy, onPolicy }: PolicyFormProps): JSX.Element {
  const { language } = useConsole();
  return (
    <div class="form-row">
      {LISTS.map((field) => (
        <TextField
          key={field}
          label={textIn(language, POLICY_FIELDS[field])}
          value={policy[field].join(', ')}
          onValue={(value) => onPolicy({ ...policy, [field]: listOf(value) })}
        />
      ))}
    </div>
  );
}

/** The form. A site may make its preset stricter, never looser; the server refuses what is. */
export function PolicyForm({ policy, onPolicy, isDisabled }: PolicyFormProps): JSX.Element {
  const { language } = useConsole();
  const nameOf = (field: keyof Policy): string => textIn(language, POLICY_FIELDS[field]);
  const valueOf = (value: string): string => textIn(language, POLICY_VALUES[value] ?? [value, value]);
  const word = useServerWord();
  const presets = Object.keys(POLICIES) as (keyof typeof POLICIES)[];
  const choosePreset = (name: string): void => {
    const preset = presets.find((one) => one === name);
    if (preset === undefined) return;
    const { unknown, refused, purposes, channelData } = POLICIES[preset];
    onPolicy({ ...policy, preset, unknown, refused, purposes: purposesOf(purposes), channelData });
  };
  return (
    <fieldset class="stack" disabled={isDisabled}>
      <div class="form-row">
        <SelectField
          label={nameOf('preset')}
          value={policy.preset}
          options={presets.map((one) => [one as string, word(one)])}
          onValue={choosePreset}
        />
        {(['unknown', 'refused'] as const).map((field) => (
          <SelectField
            key={field}
            label={nameOf(field)}
            value={policy[field]}
            options={WITHOUT_CONSENT.map((one) => [one, valueOf(one)] as const)}
            onValue={(value) => onPolicy({ ...policy, [field]: value })}
          />
        ))}
      </div>
      <Purposes policy={policy} field="purposes" onPolicy={onPolicy} isDisabled={isDisabled} />
      <Purposes policy={policy} field="asks" onPolicy={onPolicy} isDisabled={isDisabled} />
      <CheckField
        label={nameOf('channelData')}
        isOn={policy.channelData}
        onToggle={(channelData) => onPolicy({ ...policy, channelData })}
      />
      <div class="form-row">
        {(['properties', 'titles'] as const).map((field) => (
          <SelectField
            key={field}
            label={nameOf(field)}
            value={policy[field]}
            options={SCRUB_RULES.map((one) => [one, valueOf(one)] as const)}
            onValue={(value) => onPolicy({ ...policy, [field]: value })}
          />
        ))}
        <TextField
          label={nameOf('callingCode')}
          value={policy.callingCode}
          onValue={(callingCode) => onPolicy({ ...policy, callingCode })}
        />
      </div>
      <Lists policy={policy} onPolicy={onPolicy} isDisabled={isDisabled} />
    </fieldset>
  );
}
