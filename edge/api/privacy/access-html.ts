// edge/api/privacy/access-html.ts: the access file as a page that a person can read, in English or Chinese.
import type { Purpose } from '../../../contract/index.ts';
import type { Markup } from '../../http/html.ts';
import { html, htmlPage, htmlTable } from '../../http/html.ts';
import type { AccessEvent, AccessFile, AccessReceipt, FoundData } from './access-file.ts';
import { amountOf, detailsOf, instantOf, traitValueOf } from './access-values.ts';
import type { FileLanguage, FileText } from './access-words.ts';
import { inLanguage, informationOf, PURPOSE_WORDS } from './access-words.ts';

/** Says a text in the language of the page. */
type Say = (text: FileText) => string;

/** A heading with a table, or a sentence where the table would be empty. */
const section = (
  title: string,
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  empty: string,
): Markup =>
  html`<h2>${title}</h2>
${rows.length === 0 ? html`<p>${empty}</p>` : htmlTable(head, rows)}
`;

const NONE: FileText = ['None.', '无。'];
const WHEN: FileText = ['When', '时间'];
const PURPOSES: FileText = ['Purposes', '目的'];

const purposesIn = (purposes: readonly string[], say: Say): string =>
  purposes.length === 0
    ? say(['none', '无'])
    : purposes.map((one) => (Object.hasOwn(PURPOSE_WORDS, one) ? say(PURPOSE_WORDS[one as Purpose]) : one)).join('; ');

const KINDS: Readonly<Record<string, FileText>> = {
  granted: ['you agreed', '同意'],
  withdrawn: ['you withdrew or refused', '撤回或拒绝'],
};
const SOURCES: Readonly<Record<string, FileText>> = {
  site: ['the site’s own question', '网站自己的询问'],
  import: ['imported history', '导入的历史'],
  tcf: ['a consent platform (TCF)', '同意管理平台（TCF）'],
  gpp: ['a consent platform (GPP)', '同意管理平台（GPP）'],
  gcm: ['Google Consent Mode', 'Google 同意模式'],
  shopify: ['Shopify', 'Shopify'],
  wp: ['WordPress', 'WordPress'],
};
const wordOf = (words: Readonly<Record<string, FileText>>, name: string, say: Say): string => {
  const text = Object.hasOwn(words, name) ? words[name] : undefined;
  return text === undefined ? name : say(text);
};

const gpcText = ({ gpc, effective }: AccessReceipt, say: Say): string =>
  gpc === undefined
    ? say(['not recorded then', '当时未记录'])
    : gpc
      ? `${say(['set by your browser; took effect:', '浏览器已发出该信号；生效的目的：'])} ${purposesIn(effective ?? [], say)}`
      : say(['not set', '未发出']);

const choices = ({ consents, receipts, logins }: FoundData, say: Say): Markup =>
  html`${section(
    say(['Consents your data was taken under', '收集数据时依据的同意']),
    [
      say(PURPOSES),
      say(['Version of the policy', '政策版本']),
      say(['From', '起']),
      say(['Until', '止']),
      say(['Events', '事件数']),
    ],
    consents.map((one) => [
      purposesIn(one.purposes, say),
      one.policyVersion,
      instantOf(one.first),
      instantOf(one.last),
      one.events,
    ]),
    say(NONE),
  )}${section(
    say(['Your choices', '您的选择']),
    [
      say(WHEN),
      say(['What', '内容']),
      say(PURPOSES),
      say(['Global Privacy Control', '全局隐私控制信号（GPC）']),
      say(['Told by', '来源']),
      say(['Version of the policy', '政策版本']),
    ],
    receipts.map((one) => [
      instantOf(one.at),
      wordOf(KINDS, one.kind, say),
      purposesIn(one.purposes, say),
      gpcText(one, say),
      wordOf(SOURCES, one.source, say),
      one.policyVersion,
    ]),
    say(['None is kept.', '没有保留记录。']),
  )}${section(
    say(['Logins your browser was linked to', '与您浏览器关联的登录']),
    [say(['By', '方式']), say(['When last', '最近时间'])],
    logins.map((one) => [one.by, instantOf(one.at)]),
    say(NONE),
  )}`;

const profiled = (
  { profile, segments, segmentsWithheld, objectedAt }: FoundData,
  language: FileLanguage,
  say: Say,
): Markup =>
  html`${
    objectedAt === null
      ? ''
      : html`<p>${say(['You objected to profiling. No profile is made since', '您已反对画像，自此不再生成画像：'])} ${instantOf(objectedAt)}</p>`
  }${section(
    say(['Your profile', '您的画像']),
    [say(['What', '项目']), say(['Value', '数值'])],
    (profile?.traits ?? []).map((one) => [one.description, traitValueOf(one, language)]),
    say(['There is none.', '没有画像。']),
  )}${section(
    say(['Groups you are in', '您所属的分组']),
    [say(['Group', '分组']), say(['What it is', '说明']), say(['Why you are in it', '您属于该组的原因'])],
    segments.map((one) => [one.label ?? one.id, one.description ?? '', one.why]),
    segmentsWithheld === undefined
      ? say(NONE)
      : say([
          'Left out: your browser was logged in, and groups are made of all browsers of a login. Ask the site, and show your login.',
          '未列出：您的浏览器曾登录，分组由同一登录的所有浏览器得出。请向网站出示您的登录信息后询问。',
        ]),
  )}`;

const pageOf = ({ path, title }: AccessEvent): string => [path, title].filter(Boolean).join(' · ');

function happened({ events, eventsLeftOut }: FoundData, language: FileLanguage, say: Say): Markup {
  const more =
    eventsLeftOut === 0
      ? ''
      : say([`, and ${eventsLeftOut} more that did not fit`, `，另有 ${eventsLeftOut} 条未列出`]);
  return section(
    `${say(['Events', '事件'])} (${events.length}${more})`,
    [
      say(WHEN),
      say(['What', '内容']),
      say(['Page', '页面']),
      say(['Amount', '金额']),
      say(PURPOSES),
      say(['Details', '详情']),
    ],
    events.map((one) => [
      instantOf(one.at),
      one.name.replaceAll('_', ' '),
      pageOf(one),
      amountOf(one.value, one.currency, language),
      purposesIn(one.purposes, say),
      html`${detailsOf(one, language).map((line) => html`<div>${line}</div>`)}`,
    ]),
    say(NONE),
  );
}

const aside = ({ keptAside }: FoundData, say: Say): Markup =>
  section(
    `${say(['Events that were refused and are kept aside', '被拒绝而暂存的事件'])} (${keptAside.length})`,
    [say(WHEN), say(['Why', '原因']), say(PURPOSES), say(['As it was sent, scrubbed', '脱敏后的原始内容'])],
    keptAside.map((one) => [
      instantOf(one.at),
      one.reason.replaceAll('_', ' '),
      purposesIn(one.purposes, say),
      JSON.stringify(one.event ?? null),
    ]),
    say(NONE),
  );

/** What GDPR Art. 15 (1) (a) to (h) and (2) ask for beside the data itself. */
function information(file: AccessFile, language: FileLanguage, say: Say): Markup {
  const told = informationOf(file.basis, language);
  const days = Object.entries(file.retentionDays);
  return html`<h2>${say(['Who is responsible', '个人信息处理者'])}</h2>
<p>${told.controller}</p>
${section(
  say(['What data is used for, and on what legal basis', '处理目的与法律依据']),
  [say(['Purpose', '目的']), say(['Basis', '依据'])],
  told.purposes.map((one) => [one.purpose, one.legalBasis]),
  say(NONE),
)}<h2>${say(['What kinds of data there are', '个人信息的种类'])}</h2>
<ul>${told.categories.map((one) => html`<li>${one}</li>`)}</ul>
${section(
  say(['Who receives data', '接收方']),
  [say(['Who', '接收方']), say(['What for', '目的'])],
  file.recipients.map((one) => [one.name, one.purpose]),
  say([
    'No destination is registered. Files that the site exported are not named here.',
    '网站未登记任何接收方。网站导出的文件不在此列。',
  ]),
)}<p>${told.transfers}</p>
${section(
  say(['How long data is kept', '保存期限']),
  [say(['What', '种类']), say(['Days', '天数'])],
  days,
  say(['The site has set no limit yet.', '网站尚未设定期限。']),
)}<h2>${say(['Where the data comes from', '数据来源'])}</h2>
<p>${told.source}</p>
<h2>${say(['Automated decisions and profiling', '自动化决策与画像'])}</h2>
<p>${told.automatedDecisions}</p>
<h2>${say(['Your rights', '您的权利'])}</h2>
<ul>${told.rights.map((one) => html`<li>${one}</li>`)}</ul>
<h2>${say(['What is not kept', '不保存的内容'])}</h2>
<ul>${file.notKept.map((one) => html`<li>${one}</li>`)}</ul>`;
}

/** What was found, or why not. */
function found(file: AccessFile, language: FileLanguage, say: Say): Markup {
  if (file.status === 'found') {
    const { data } = file;
    return html`${profiled(data, language, say)}${choices(data, say)}${happened(data, language, say)}${aside(data, say)}`;
  }
  if (file.status === 'nothing_stored')
    return html`<p><strong>${say(['Nothing is stored under the id you showed.', '您出示的编号下没有存储任何数据。'])}</strong></p>`;
  const title = say([
    `You can not be identified in what is stored (${file.article}).`,
    `无法在所存储的数据中识别您（${file.article}）。`,
  ]);
  return html`<p><strong>${title}</strong> ${file.meaning}</p>`;
}

/** Writes the page. */
export function accessHtml(file: AccessFile, language: FileLanguage = 'en'): string {
  const say: Say = (text) => inLanguage(language, text);
  return htmlPage(
    say([`What ${file.site} has stored of you`, `${file.site} 存储的关于您的数据`]),
    html`<p>${say([`Made ${instantOf(file.madeAt)} for the request ${file.request}. The same as data: the JSON form of this file. Times are UTC.`, `于 ${instantOf(file.madeAt)} 为请求 ${file.request} 生成；机器可读版本为本文件的 JSON 格式。时间均为 UTC。`])}</p>
${found(file, language, say)}${information(file, language, say)}`,
    language,
  );
}
