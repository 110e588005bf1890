// e2e/support/doc-code.ts: code as a document prints it, so that what is tested is what people copy.
import { readFileSync } from 'node:fs';

/** The marked code blocks of a document: each stands under a comment, `<!-- KIND: NAME -->`. */
export interface DocCode {
  /** Names, in the document's order. */
  readonly names: readonly string[];
  /** The code of one. @throws where the document has none of that name. */
  readonly codeOf: (name: string) => string;
}

/** Reads a document of docs/. */
export function readDocCode(document: string, kind: string): DocCode {
  const page = readFileSync(new URL(`../../docs/${document}`, import.meta.url), 'utf8');
  const marked = new RegExp(`<!-- ${kind}: (\\S+) -->\n\`\`\`[a-z]+\n([\\s\\S]*?)\n\`\`\``, 'g');
  const codes = new Map([...page.matchAll(marked)].map(([, name = '', code = '']) => [name, code]));
  return {
    names: [...codes.keys()],
    codeOf: (name) => {
      const code = codes.get(name);
      if (code === undefined) throw new Error(`docs/${document} has no ${kind} ${name}`);
      return code;
    },
  };
}
