// console/pages/segment-words.ts: what list and page of segments say.

/** The texts. */
export const SEGMENT_WORDS = {
  title: ['Segments', '细分群体'],
  lead: [
    'Groups of visitors who agreed to profiling, found by what they do.',
    '在同意画像的访客中,按行为归纳出的群体。',
  ],
  all: ['All segments', '全部群体'],
  name: ['Segment', '群体'],
  size: ['Visitors', '访客'],
  apart: ['What tells it apart', '特征'],
  kind: ['Found by', '来源'],
  cluster: ['clustering', '聚类'],
  rule: ['a rule', '规则'],
  none: ['There are no segments yet', '还没有细分群体'],
  noneDo: [
    'The segmenter runs every hour once visitors who agreed to profiling have come. It needs some time and some events.',
    '当有同意画像的访客后,分群任务每小时运行一次,需要一些时间和事件。',
  ],
  notEnough: ['Too few visitors to segment', '访客太少,无法分群'],
  notEnoughDo: [
    'Segments are made once enough visitors have agreed to profiling that no group would speak of one person.',
    '当同意画像的访客足够多、任何群体都不会指向个人时,才会生成细分群体。',
  ],
  noVary: ['Visitors do not differ enough', '访客差异不足'],
  noVaryDo: [
    'All traits look alike. Send more kinds of events: products seen, carts, orders.',
    '各项特征几乎相同。请发送更多类型的事件:商品浏览、加购、下单。',
  ],
  about: ['About this release', '关于本次发布'],
  version: ['Version', '版本'],
  made: ['Made', '生成时间'],
  window: ['Events from', '事件范围'],
  people: ['Profiled visitors', '画像访客'],
  floor: ['Floor', '下限'],
  quality: ['Silhouette', '轮廓系数'],
  stable: ['Agreement with the last version', '与上一版一致度'],
  sizes: [
    'Sizes carry noise and are rounded to {n}, so that no number speaks of one person. They need not add up.',
    '人数含噪声并按 {n} 取整,任何数字都不会指向个人,因此各项不必相加相等。',
  ],
  below_floor: [
    'Fewer visitors than the floor of {n}: a number that small could speak of one person.',
    '访客少于下限 {n}:过小的数字可能指向个人。',
  ],
  complement_below_floor: [
    'Nearly everybody is in it: its size would tell of the few who are not.',
    '几乎所有人都在其中:公布人数会暴露少数不在其中的人。',
  ],
  release_cap: [
    'As many releases as may be were made in this period. Its numbers come with the next one.',
    '本期发布次数已达上限,数字将在下次发布时公布。',
  ],
  higher: ['higher', '偏高'],
  lower: ['lower', '偏低'],
  similar: ['similar', '相近'],
  here: ['Here', '本群体'],
  everyone: ['Everyone', '全体'],
  trait: ['Trait', '特征'],
  compared: ['Compared', '对比'],
  traits: ['Against everyone', '与全体对比'],
  traitsNote: ['Mean of each trait, here and over all profiled visitors.', '各特征的均值:本群体与全部画像访客。'],
  traitsAlone: [
    'Mean of each trait here. Those of everyone are withheld: they would tell of a segment that is too small to show.',
    '本群体各特征的均值。全体均值不予显示,否则会透露一个过小的群体。',
  ],
  picture: ['Here and everyone', '本群体与全体'],
  members: ['What it is', '群体说明'],
  missing: ['There is no such segment in this release', '本次发布中没有该群体'],
  updated: ['Numbers of {when}', '数据时间:{when}'],
} as const;
