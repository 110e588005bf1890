// console/parts/field.tsx: inputs with their labels, help and what is wrong with them.
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly fault?: string | undefined;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password' | 'date' | 'number' | 'email';
  readonly isRequired?: boolean;
  readonly autocomplete?: string;
  readonly placeholder?: string;
  /** What is proposed while it is typed; anything else may be typed too. */
  readonly proposed?: readonly (readonly [value: string, label: string])[];
}

const Around = ({
  id,
  label,
  help,
  fault,
  children,
}: FieldProps & { readonly id: string; readonly children: ComponentChildren }): JSX.Element => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
    {help === undefined ? null : (
      <p class="help" id={`${id}-help`}>
        {help}
      </p>
    )}
    {fault === undefined ? null : (
      <p class="fault" id={`${id}-fault`} role="alert">
        {fault}
      </p>
    )}
  </div>
);

const describedBy = (id: string, { help, fault }: FieldProps): string | undefined =>
  [help === undefined ? '' : `${id}-help`, fault === undefined ? '' : `${id}-fault`]
    .filter((one) => one !== '')
    .join(' ') || undefined;

const Proposed = ({
  id,
  proposed,
}: { readonly id: string } & Required<Pick<TextFieldProps, 'proposed'>>): JSX.Element => (
  <datalist id={id}>
    {proposed.map(([value, label]) => (
      <option key={value} value={value} label={label} />
    ))}
  </datalist>
);

/** One line of text. */
export function TextField(props: TextFieldProps): JSX.Element {
  const id = useId();
  const {
    value,
    onValue,
    type = 'text',
    isRequired = false,
    autocomplete = 'off',
    placeholder,
    proposed,
    ...field
  } = props;
  // Preact's types want one literal; each of these takes the same attributes. A number may have decimals: shares do.
  const kind: Readonly<Record<string, string>> = {
    type,
    ...(type === 'number' ? { step: 'any' } : {}),
    ...(proposed === undefined ? {} : { list: `${id}-list` }),
  };
  return (
    <Around id={id} {...field}>
      <input
        id={id}
        {...kind}
        value={value}
        required={isRequired}
        autocomplete={autocomplete}
        {...(placeholder === undefined ? {} : { placeholder })}
        spellcheck={false}
        aria-describedby={describedBy(id, field)}
        aria-invalid={field.fault === undefined ? undefined : true}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {proposed === undefined ? null : <Proposed id={`${id}-list`} proposed={proposed} />}
    </Around>
  );
}

interface SelectFieldProps<Value extends string> extends FieldProps {
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly onValue: (value: Value) => void;
}

/** One of some. */
export function SelectField<Value extends string>(props: SelectFieldProps<Value>): JSX.Element {
  const id = useId();
  const { value, options, onValue, ...field } = props;
  return (
    <Around id={id} {...field}>
      <select
        id={id}
        value={value}
        aria-describedby={describedBy(id, field)}
        onChange={(event) => {
          const chosen = options.find(([one]) => one === event.currentTarget.value);
          if (chosen !== undefined) onValue(chosen[0]);
        }}
      >
        {options.map(([one, name]) => (
          <option key={one} value={one} selected={one === value}>
            {name}
          </option>
        ))}
      </select>
    </Around>
  );
}

interface CheckFieldProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onToggle: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

/** On or off. */
export const CheckField = ({ label, isOn, onToggle, isDisabled = false }: CheckFieldProps): JSX.Element => (
  <label class="check">
    <input
      type="checkbox"
      checked={isOn}
      disabled={isDisabled}
      onChange={(event) => onToggle(event.currentTarget.checked)}
    />
    {label}
  </label>
);

interface FileFieldProps extends FieldProps {
  /** Endings and types that the browser's own choice begins with. */
  readonly accept: string;
  readonly onFile: (file: File | undefined) => void;
}

/** A file of this machine. */
export function FileField(props: FileFieldProps): JSX.Element {
  const id = useId();
  const { accept, onFile, ...field } = props;
  return (
    <Around id={id} {...field}>
      <input
        id={id}
        type="file"
        accept={accept}
        aria-describedby={describedBy(id, field)}
        onChange={(event) => onFile(event.currentTarget.files?.[0])}
      />
    </Around>
  );
}

interface TextAreaFieldProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** Several lines of text, for code. */
export function TextAreaField(props: TextAreaFieldProps): JSX.Element {
  const id = useId();
  const { value, onValue, ...field } = props;
  return (
    <Around id={id} {...field}>
      <textarea
        id={id}
        value={value}
        spellcheck={false}
        aria-describedby={describedBy(id, field)}
        aria-invalid={field.fault === undefined ? undefined : true}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Around>
  );
}
