// edge/api/privacy/access-words.ts: what GDPR Art. 15 (1) and (2) ask a file to say beside the data, in English and Chinese.
import type { ConsentPolicy, Purpose } from '../../../contract/index.ts';
import { purposesOf } from '../../../contract/index.ts';

/** A language of the page; the file as data is in English. */
export type FileLanguage = 'en' | 'zh';

/** A text in each. */
export type FileText = readonly [en: string, zh: string];

/** Which of the two. */
export const inLanguage = (language: FileLanguage, [en, zh]: FileText): string => (language === 'zh' ? zh : en);

/** The language of a page by `Accept-Language`: Chinese where it comes first, else English. */
export const fileLanguageOf = (accept: string | undefined): FileLanguage =>
  /^\s*zh\b/i.test(accept ?? '') ? 'zh' : 'en';

/** What of a site's policy the file explains. */
export interface FileBasis {
  readonly purposes: readonly string[];
  /** What becomes of a visit before a choice, and of one that was refused. */
  readonly unknown: ConsentPolicy['unknown'];
  readonly refused: ConsentPolicy['refused'];
}

/** Takes it of a policy. */
export const basisOf = ({ purposes, asks, unknown, refused }: ConsentPolicy): FileBasis => ({
  purposes: purposesOf(purposes | asks),
  unknown,
  refused,
});

/** Purposes by name. */
export const PURPOSE_WORDS: Readonly<Record<Purpose, FileText>> = {
  measure: ['measuring how the site is used', '统计网站的使用情况'],
  profile: ['computing a profile of you and the groups you are in', '计算您的画像及所属分组'],
  personalise: ['showing what fits the groups you are in', '展示与您所属分组相适应的内容'],
  share: ['giving the groups you are in to others', '向他人提供您所属的分组'],
  cross_border: ['giving data to somebody in another country', '向境外提供个人信息'],
  sensitive: ['handling sensitive personal information', '处理敏感个人信息'],
  publication: ['making personal information public', '公开个人信息'],
};

const CONSENT: FileText = [
  'your consent, GDPR Art. 6 (1) (a); you can withdraw it at any time, and what was done before stays lawful',
  '您的同意（GDPR 第6条第1款(a)；《个人信息保护法》第十三条第一款第一项）；您可以随时撤回，撤回前的处理仍然有效',
];
const WITHOUT_CHOICE: Readonly<Record<ConsentPolicy['unknown'], FileText | undefined>> = {
  drop: undefined,
  count: ['counting visits of nobody in particular', '不针对个人的访问计数'],
  day: ['counting visits within one day, before a choice', '在您作出选择之前，统计同一天内的访问'],
};
const NAMED_BY_SITE: FileText = [
  'no consent is asked for this: the site must name its basis to you (GDPR Art. 6 (1)), ask it',
  '此项无需同意：网站须告知您其法律依据（GDPR 第6条第1款），请向网站询问',
];

/** Purposes with what the law lets them rest on: Art. 15 (1) (a). */
export function purposeRows(basis: FileBasis, language: FileLanguage): readonly (readonly [string, string])[] {
  const say = (text: FileText): string => inLanguage(language, text);
  const agreed = basis.purposes.map((purpose) => {
    const words = PURPOSE_WORDS[purpose as Purpose];
    return [words === undefined ? purpose : say(words), say(CONSENT)] as const;
  });
  const actions = [...new Set([basis.unknown, basis.refused])];
  const unasked = actions.map((action) => WITHOUT_CHOICE[action]).filter((text) => text !== undefined);
  return [...agreed, ...unasked.map((text) => [say(text), say(NAMED_BY_SITE)] as const)];
}

/** Categories of data: Art. 15 (1) (b). */
export const CATEGORIES: readonly FileText[] = [
  [
    'pages seen and actions on them, with time, page address and title after scrubbing',
    '浏览的页面和操作，包括时间、脱敏后的网址和标题',
  ],
  ['orders: products, amounts, a pseudonym of the order', '订单：商品、金额、订单的化名'],
  ['where the visit came from: referring site, campaign parameters, channel', '访问来源：来源网站、推广参数、渠道'],
  [
    'country, region, kind of device, browser and system family, language, time zone, as far as they are kept',
    '所保留的国家、地区、设备类型、浏览器和系统类别、语言、时区',
  ],
  ['a pseudonym in place of the id in your browser, and of logins', '代替浏览器编号和登录名的化名'],
  ['what you agreed to and withdrew', '您同意与撤回的记录'],
  ['traits and groups computed of these', '由上述信息计算得出的特征和分组'],
];

/** Your rights: Art. 15 (1) (e) and (f). */
export const RIGHTS: readonly FileText[] = [
  [
    'Correction of what is wrong (Art. 16): what you did is recorded as it happened; where it is wrong, tell the site, which can have it erased.',
    '更正（第16条）：记录按发生时的情况保存；如有错误，请告知网站，网站可以删除该记录。',
  ],
  [
    'Erasure (Art. 17): in the browser by the same page that gave you this file, or by asking the site. You get a signed receipt.',
    '删除（第17条）：可在提供本文件的同一页面操作，或向网站提出。您会收到带签名的回执。',
  ],
  [
    'Restriction (Art. 18): ask the site; an objection, or a withdrawal of consent, ends profiling at once.',
    '限制处理（第18条）：请向网站提出；提出反对或撤回同意后，画像立即停止。',
  ],
  [
    'Objection to profiling (Art. 21): from then on no profile is made of you; visits are counted on.',
    '反对画像（第21条）：此后不再生成您的画像，但仍统计访问次数。',
  ],
  ['Portability (Art. 20): this file as JSON.', '可携带（第20条）：本文件的 JSON 格式。'],
  ['Withdrawal of consent at any time (Art. 7 (3)).', '随时撤回同意（第7条第3款）。'],
  [
    'Complaint to a data protection authority, such as that of where you live, work, or where you think the law was broken (Art. 77). In the EU: https://www.edpb.europa.eu/about-edpb/about-edpb/members_en',
    '向监管机构投诉，例如您居住地、工作地或您认为违法行为发生地的机构（第77条）；在中国可向履行个人信息保护职责的部门投诉、举报（《个人信息保护法》第六十五条）。',
  ],
];

/** Single texts, by what the law asks. */
export const INFORMATION = {
  controller: [
    'The one who decides about this data is the site named above. Its name, contact and data protection officer are in its privacy notice.',
    '上述网站是个人信息处理者。其名称、联系方式及负责人信息见网站的隐私政策。',
  ],
  source: [
    'The data comes from your own browser while you used the site; where the site sends events of its back end or imported history, from the site itself. Nothing is bought or taken from others.',
    '数据来自您使用网站时的浏览器；网站从其后台发送或导入历史数据时，来自网站自身。不从他人处购买或获取。',
  ],
  automated: [
    'No decision with legal or similar effect is made by this software (Art. 22). Groups are automatic: (1) by rules that the site wrote, which are fulfilled or not; (2) by k-means, which puts visitors with similar traits together: the traits are brought to one scale, and you are in the group whose mean is nearest to yours; (3) chances such as that of another order are computed by a model that was fitted to earlier visitors. A group may decide which content the site shows you.',
    '本软件不作出具有法律效力或类似影响的决定（第22条）。分组是自动进行的：(1) 按网站编写的规则，满足或不满足；(2) 按 k-means，将特征相似的访客归为一组：特征统一尺度后，您属于均值与您最接近的组；(3) 再次下单等可能性由根据以往访客拟合的模型计算。分组可能决定网站向您展示的内容。',
  ],
  transfers: [
    'Where the server stands, and whether somebody who received data is in a third country, is the site’s to tell (Art. 15 (2)).',
    '服务器所在地以及接收方是否位于第三国，由网站告知（第15条第2款）。',
  ],
} as const satisfies Readonly<Record<string, FileText>>;

/** All of it as data. */
export interface FileInformation {
  readonly purposes: readonly { readonly purpose: string; readonly legalBasis: string }[];
  readonly categories: readonly string[];
  readonly rights: readonly string[];
  readonly controller: string;
  readonly source: string;
  readonly automatedDecisions: string;
  readonly transfers: string;
}

/** Puts it together. */
export const informationOf = (basis: FileBasis, language: FileLanguage): FileInformation => ({
  purposes: purposeRows(basis, language).map(([purpose, legalBasis]) => ({ purpose, legalBasis })),
  categories: CATEGORIES.map((text) => inLanguage(language, text)),
  rights: RIGHTS.map((text) => inLanguage(language, text)),
  controller: inLanguage(language, INFORMATION.controller),
  source: inLanguage(language, INFORMATION.source),
  automatedDecisions: inLanguage(language, INFORMATION.automated),
  transfers: inLanguage(language, INFORMATION.transfers),
});
