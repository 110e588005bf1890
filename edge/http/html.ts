// edge/http/html.ts: pages without script for people to read and keep; every value is escaped.

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is markup already. */
export interface Markup {
  readonly markup: string;
}

/** Escapes a value for element content and quoted attributes. */
export const escapeHtml = (value: unknown): string =>
  String(value).replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? one);

const inserted = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'markup' in value && typeof value.markup === 'string'
    ? value.markup
    : Array.isArray(value)
      ? value.map(inserted).join('')
      : escapeHtml(value);

/** A template whose values are escaped, other than markup and lists of it. */
export const html = (parts: TemplateStringsArray, ...values: readonly unknown[]): Markup => ({
  markup: parts.map((part, nth) => part + (nth < values.length ? inserted(values[nth]) : '')).join(''),
});

/** A table with a head; cells are escaped. */
export const htmlTable = (head: readonly string[], rows: readonly (readonly unknown[])[]): Markup =>
  html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}' +
  'table{border-collapse:collapse;width:100%;font-size:.85rem}th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #ccc;overflow-wrap:anywhere}' +
  'pre{background:#f4f4f4;padding:.5rem;overflow:auto;font-size:.85rem}';

/** A whole page. */
export const htmlPage = (title: string, body: Markup, language: 'en' | 'zh' = 'en'): string =>
  `<!doctype html>\n${
    html`<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${title}</title><style>${{ markup: STYLE }}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`
      .markup
  }\n`;

/** Headers of such a page: no cache keeps it, and nothing in it can run or load. */
export const HTML_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'private, no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};
