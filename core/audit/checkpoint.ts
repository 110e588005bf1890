// core/audit/checkpoint.ts: the text a checkpoint signs, as C2SP tlog-checkpoint describes it: origin, size, root, extensions.
import { fromBase64, toBase64 } from './base64.ts';
import type { TreeHead } from './merkle.ts';

/** What a checkpoint says. */
export interface Checkpoint extends TreeHead {
  /** Names the log. */
  readonly origin: string;
  /** Further lines, ours to define. */
  readonly extensions: readonly string[];
}

const ROOT_BYTES = 32;

/** The text to sign. */
export const checkpointText = ({ origin, size, root, extensions }: Checkpoint): string =>
  `${[origin, String(size), toBase64(root), ...extensions].join('\n')}\n`;

/** Reads a text that was signed; undefined where it is no checkpoint in exactly our spelling. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [origin = '', sizeText = '', rootText = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = fromBase64(rootText);
  const size = /^(?:0|[1-9]\d{0,14})$/.test(sizeText) ? Number(sizeText) : undefined;
  if (origin === '' || size === undefined || root?.length !== ROOT_BYTES) return undefined;
  return { origin, size, root, extensions };
}
