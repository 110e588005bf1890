// sdk/tag-errors.ts: entry of dist/tag.errors.js: tells the class of the page's errors, and nothing of their messages.
import { callTag } from './chunk.ts';
import { safely } from './safely.ts';

/** Errors told of one page. An error in a loop would otherwise fill the queue. */
const ERRORS_MAX = 10;

/** Characters of a script's address that are looked at. */
const FILE_CHARS_MAX = 100;

const told = new Set<string>();

/**
 * Messages, stacks and addresses hold what visitors typed. What leaves is a class (`TypeError`), and the script's file
 * name and line where it has one.
 */
const tell = (kind: string, error: unknown, file = '', line = 0): void => {
  if (told.size >= ERRORS_MAX) return;
  const { name = 'Error' } = (error ?? {}) as Partial<Error>;
  const params = {
    error_kind: kind,
    // A page can call an error anything.
    error_class: /^[A-Z][A-Za-z]{2,39}$/.test(name) ? name : 'Error',
    // Its end alone is looked at: a script in a `data:` address is as long as it is.
    error_file: /[\w.-]{1,80}\.m?js$/.exec(file.split('?', 1).join('').slice(-FILE_CHARS_MAX))?.[0],
    error_line: line || undefined,
  };
  const key = JSON.stringify(params);
  if (told.has(key)) return;
  told.add(key);
  callTag('track', 'js_error', params);
};

safely(() => {
  addEventListener(
    'error',
    safely(({ error, filename, lineno }) => tell('error', error, filename, lineno)),
  );
  addEventListener(
    'unhandledrejection',
    safely(({ reason }) => tell('rejection', reason)),
  );
})();
