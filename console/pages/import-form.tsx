// console/pages/import-form.tsx: chooses a file and how it is read, and sends it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { useFormats, useServerWord, useSite, useWords } from '../app/context.ts';
import { fromLine } from '../app/file-lines.ts';
import { CopyCurl } from '../parts/copy.tsx';
import { CheckField, FileField, SelectField, TextAreaField, TextField } from '../parts/field.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { IMPORT_WORDS } from './import-words.ts';

/** What a line that states none stands under; the server takes purposes with commas between them. */
const CONSENTS = ['unasked', 'refused', 'measure', 'measure,profile', 'measure,profile,personalise'] as const;
type Consent = (typeof CONSENTS)[number];
const MAPPING = `{
  "columns": { "Order": "id", "Created": "time", "Total": "params.value" },
  "constants": { "name": "purchase", "params.currency": "GBP" }
}`;
const NAMELESS = 'history.ndjson';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

interface NewImportProps {
  readonly line: number;
  readonly onLine: (line: number) => void;
  /** Told when a file begins to go out, and when an answer came. */
  readonly onSending: (is: boolean) => void;
}

interface SourceProps extends Pick<NewImportProps, 'line' | 'onLine'> {
  readonly consent: Consent;
  readonly onConsent: (consent: Consent) => void;
  readonly onFile: (file: File | undefined) => void;
}

/** The file, from which line on, and what its lines stand under. */
function Source({ line, onLine, consent, onConsent, onFile }: SourceProps): JSX.Element {
  const say = useWords(IMPORT_WORDS);
  const word = useServerWord();
  const { number } = useFormats();
  return (
    <>
      {line === 1 ? null : (
        <Notice icon="info" title={say('goOn', { n: number(line) })}>
          <p>{say('goOnDo', { n: number(line) })}</p>
        </Notice>
      )}
      <div class="form-row">
        <FileField label={say('file')} accept=".ndjson,.jsonl,.json,.csv" onFile={onFile} />
        <SelectField
          label={say('consent')}
          value={consent}
          options={CONSENTS.map((one) => [one, one.split(',').map(word).join(', ')] as const)}
          onValue={onConsent}
        />
        <TextField
          label={say('line')}
          help={say('lineHelp')}
          type="number"
          value={String(line)}
          onValue={(text) => onLine(Math.max(1, Math.trunc(Number(text)) || 1))}
        />
      </div>
    </>
  );
}

/** The form. */
export function NewImport({ line, onLine, onSending }: NewImportProps): JSX.Element {
  const say = useWords(IMPORT_WORDS);
  const site = useSite();
  const { act, isBusy, failure } = useAct();
  const [file, setFile] = useState<File | undefined>();
  const [consent, setConsent] = useState<Consent>('unasked');
  const [mapping, setMapping] = useState(MAPPING);
  const [dryRun, setDryRun] = useState(true);
  const isCsv = file?.name.toLowerCase().endsWith('.csv') === true;
  const questionOf = (content: Blob): Question => ({
    method: 'POST',
    path: '/v1/sites/{site}/imports',
    params: { site },
    query: { consent, line, dryRun: dryRun ? 'true' : undefined, mapping: isCsv ? mapping : undefined },
    file: { content, name: file?.name ?? NAMELESS, type: isCsv ? 'text/csv' : 'application/x-ndjson' },
  });
  const send = async (): Promise<void> => {
    if (file === undefined) return;
    onSending(true);
    // Of a CSV, whose first row names the columns, all is sent and the server passes over what it has.
    const sent = await act(questionOf(isCsv ? file : await fromLine(file, line)), v.unknown());
    if (sent !== undefined && !dryRun) onLine(1);
    onSending(false);
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Source line={line} onLine={onLine} consent={consent} onConsent={setConsent} onFile={setFile} />
      {isCsv ? (
        <TextAreaField
          label={say('mapping')}
          value={mapping}
          onValue={setMapping}
          fault={isJson(mapping) ? undefined : say('unfit')}
        />
      ) : null}
      <CheckField label={say('dryRun')} isOn={dryRun} onToggle={setDryRun} />
      {failure === undefined ? null : <Failed failure={failure} />}
      <div class="row">
        <button
          type="submit"
          class="button primary"
          disabled={isBusy || file === undefined || (isCsv && !isJson(mapping))}
        >
          {say('start')}
        </button>
        <CopyCurl question={questionOf(file ?? new Blob())} />
        <span class="faint" role="status">
          {isBusy ? say('busy') : ''}
        </span>
      </div>
    </form>
  );
}
