// edge/api/privacy/documents.ts: documents of an officer: sections of sentences and tables, as data, as a page and as Markdown.
import { html, htmlPage, htmlTable } from '../../http/html.ts';

/** One part of a document. */
export interface Section {
  readonly heading: string;
  readonly text?: readonly string[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] };
}

/** A document made from what is configured and stored now. */
export interface PrivacyDocument {
  readonly kind: 'ropa' | 'dpia' | 'breach';
  readonly title: string;
  readonly site: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly sections: readonly Section[];
}

/** The document as a page. */
export const documentHtml = ({ title, madeAt, sections }: PrivacyDocument): string =>
  htmlPage(
    title,
    html`<p>Made ${madeAt} from what was configured and stored then.</p>
${sections.map(
  ({ heading, text = [], table }) => html`<h2>${heading}</h2>
${text.map((one) => html`<p>${one}</p>`)}${table === undefined ? '' : htmlTable(table.head, table.rows)}
`,
)}`,
  );

// A cell may hold a name that somebody chose; a bar or a line break in it must not make another cell.
const cell = (value: string | number): string =>
  String(value).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
const row = (cells: readonly (string | number)[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** The document as Markdown. */
export const documentMarkdown = ({ title, madeAt, sections }: PrivacyDocument): string =>
  [
    `# ${title}`,
    `Made ${madeAt} from what was configured and stored then.`,
    ...sections.flatMap(({ heading, text = [], table }) => [
      `## ${heading}`,
      ...text,
      ...(table === undefined
        ? []
        : [[row(table.head), row(table.head.map(() => '---')), ...table.rows.map(row)].join('\n')]),
    ]),
  ].join('\n\n') + '\n';
