// tools/docs-site.mjs: `npm run docs`: makes a site of pages without scripts from README, docs/ and its neighbours, in dist/docs/.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import MarkdownIt from 'markdown-it';
import { GROUPS } from './docs-nav.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PICTURES = /\.(?:png|svg|jpg|webp)$/;

const STYLE = `:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent);--soft:color-mix(in srgb,currentColor 6%,transparent)}
*{box-sizing:border-box}body{margin:0;font:16px/1.6 system-ui,sans-serif}
.skip{position:absolute;left:-99em}.skip:focus{left:1em}
header{padding:.75em 1.5em;border-bottom:1px solid var(--line)}header a{font-weight:600;text-decoration:none;color:inherit}
.frame{display:grid;grid-template-columns:16em minmax(0,1fr);max-width:76em;margin:auto}
nav{padding:1em 1.5em;font-size:.9em;border-right:1px solid var(--line)}nav ul{list-style:none;padding:0;margin:0 0 1em}
nav h2{font-size:.8em;text-transform:uppercase;letter-spacing:.05em;margin:1em 0 .25em}nav a{text-decoration:none}
nav [aria-current]{font-weight:600}main{padding:1em 2em 4em;overflow-wrap:anywhere}
pre{padding:1em;overflow:auto;background:var(--soft);border-radius:6px}code{font:.9em ui-monospace,monospace}
:not(pre)>code{background:var(--soft);padding:.1em .3em;border-radius:4px}
table{border-collapse:collapse;display:block;overflow:auto}td,th{border:1px solid var(--line);padding:.35em .6em;text-align:left;vertical-align:top}
img{max-width:100%}h2,h3{scroll-margin-top:1em}
@media(max-width:52em){.frame{display:block}nav{border-right:0;border-bottom:1px solid var(--line)}main{padding:1em}}
`;

/** What GitHub makes of a heading; tools/docs.test.ts checks links by the same rule. */
export const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Every page there is in the repository, by its path. */
export const pagesOf = () => [
  ...readdirSync(root).filter((name) => /^(?:README|ARCHITECTURE|CONTRIBUTING).*\.md$/.test(name)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join('docs', name.replaceAll('\\', '/'))),
];

/** Where a page is on the site. */
const placeOf = (page) => {
  if (page === 'README.md') return 'index.html';
  return page.replace(/^docs\//, '').replace(/\.md$/, '.html');
};

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const titleOf = (text, page) => /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? page;

/** A link of a page as the site has it; undefined where it leads to a file that is not on the site. */
function hrefOnSite(page, href, places) {
  if (/^[a-z]+:/.test(href)) return href;
  const [path, anchor] = href.split('#');
  const after = anchor === undefined ? '' : `#${anchor}`;
  if (path === '') return after;
  const target = posix.normalize(posix.join(posix.dirname(page), path));
  const place = places.get(target) ?? (PICTURES.test(target) ? target.replace(/^docs\//, '') : undefined);
  if (place === undefined) return undefined;
  return `${posix.relative(posix.dirname(places.get(page)), place)}${after}`;
}

/** Markdown as our pages use it: headings with anchors, links between pages made links between files. */
function rendererOf(places) {
  const markdown = new MarkdownIt({ html: true });
  const { rules } = markdown.renderer;
  rules.heading_open = (tokens, at) => {
    const text = tokens[at + 1].children.map(({ content }) => content).join('');
    return `<${tokens[at].tag} id="${escaped(anchorOf(text))}">`;
  };
  rules.table_open = () => '<table>\n';
  rules.link_open = (tokens, at, options, { page, open }, self) => {
    const href = hrefOnSite(page, tokens[at].attrGet('href'), places);
    open.push(href !== undefined);
    if (href === undefined) return '';
    tokens[at].attrSet('href', href);
    return self.renderToken(tokens, at, options);
  };
  rules.link_close = (_tokens, _at, _options, { open }) => (open.pop() === true ? '</a>' : '');
  const { image } = rules;
  rules.image = (tokens, at, options, env, self) => {
    tokens[at].attrSet('src', hrefOnSite(env.page, tokens[at].attrGet('src'), places) ?? '');
    return image(tokens, at, options, env, self);
  };
  return (text, page) => markdown.render(text, { page, open: [] });
}

function navigation(groups, page, titles, places) {
  const from = posix.dirname(places.get(page));
  const item = (one) =>
    `<li><a href="${posix.relative(from, places.get(one))}"${one === page ? ' aria-current="page"' : ''}>${escaped(titles.get(one))}</a></li>`;
  return groups.map(({ title, pages }) => `<h2>${title}</h2>\n<ul>${pages.map(item).join('')}</ul>`).join('\n');
}

/** The groups of docs-nav.mjs, and behind them what is in none. @throws where a group names a page that there is not. */
function groupsOf(pages) {
  const shown = GROUPS.flatMap((group) => group.pages);
  const absent = shown.filter((page) => !pages.includes(page));
  if (absent.length > 0) throw new Error(`tools/docs-nav.mjs names what there is not: ${absent.join(', ')}`);
  const stray = pages.filter((page) => !shown.includes(page) && !page.startsWith('docs/adr/'));
  return stray.length === 0 ? GROUPS : [...GROUPS, { title: 'More', pages: stray }];
}

function frame(page, body, { groups, titles, places }) {
  const up = posix.relative(posix.dirname(places.get(page)), '.') || '.';
  const language = page.endsWith('.zh.md') ? 'zh' : 'en';
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'self';img-src 'self'">
<title>${escaped(titles.get(page))} · hushtag</title><link rel="stylesheet" href="${up}/style.css"></head>
<body><a class="skip" href="#content">Skip to content</a><header><a href="${up}/index.html">hushtag</a></header>
<div class="frame"><nav aria-label="Pages">${navigation(groups, page, titles, places)}</nav><main id="content">
${body}</main></div></body></html>
`;
}

/** Writes the site to a folder. @throws where a group names a page that there is not. */
export function buildDocs(folder) {
  const pages = pagesOf();
  const groups = groupsOf(pages);
  const places = new Map(pages.map((page) => [page, placeOf(page)]));
  const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), 'utf8')]));
  const titles = new Map([...texts].map(([page, text]) => [page, titleOf(text, page)]));
  const render = rendererOf(places);
  rmSync(folder, { recursive: true, force: true });
  for (const [page, text] of texts) {
    const path = join(folder, places.get(page));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, frame(page, render(text, page), { groups, titles, places }));
  }
  writeFileSync(join(folder, 'style.css'), STYLE);
  for (const name of readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }))
    if (PICTURES.test(name)) cpSync(join(root, 'docs', name), join(folder, name));
  return { pages: pages.length, folder };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && existsSync(join(root, 'docs'))) {
  const { pages } = buildDocs(join(root, 'dist/docs'));
  console.log(`${pages} pages in dist/docs/; open dist/docs/index.html`);
}
