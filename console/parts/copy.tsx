// console/parts/copy.tsx: copies a text; what is shown can be had as a line of curl.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Question } from '../api/client.ts';
import { useConsole, useWords } from '../app/context.ts';
import { Icon } from './icon.tsx';

const WORDS = {
  copied: ['Copied', '已复制'],
  curl: ['Copy as curl', '复制为 curl'],
  failed: ['Could not copy', '无法复制'],
} as const;
const SHOWN_MS = 2_000;

interface CopyProps {
  readonly text: string;
  readonly label: string;
  readonly isQuiet?: boolean;
}

/** A button that copies. What came of it is said beside it. */
export function Copy({ text, label, isQuiet = false }: CopyProps): JSX.Element {
  const say = useWords(WORDS);
  const [came, setCame] = useState<'copied' | 'failed' | undefined>();
  useEffect(() => {
    if (came === undefined) return undefined;
    const timer = setTimeout(() => setCame(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [came]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCame('copied'),
      () => setCame('failed'),
    );
  };
  return (
    <button type="button" class={isQuiet ? 'button quiet small' : 'button small'} onClick={copy}>
      <Icon name={came === 'copied' ? 'check' : 'copy'} size={16} />
      <span aria-live="polite">{came === undefined ? label : say(came)}</span>
    </button>
  );
}

/** The question as a line of curl. */
export function CopyCurl({ question }: { readonly question: Question }): JSX.Element {
  const say = useWords(WORDS);
  const { api } = useConsole();
  return <Copy text={api.curlOf(question)} label={say('curl')} isQuiet />;
}
