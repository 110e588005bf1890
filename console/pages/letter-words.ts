// console/pages/letter-words.ts: what the pages of dead letters say.

/** The texts. */
export const LETTER_WORDS = {
  title: ['Dead letters', '死信'],
  lead: [
    'Events that were refused by themselves, kept scrubbed, so that they can still become events after a fix.',
    '被单独拒绝的事件,经脱敏保存;修复后仍可成为事件。',
  ],
  all: ['Refused events', '被拒事件'],
  none: ['Nothing was refused', '没有被拒绝的事件'],
  noneDo: [
    'Every event that came is sound. New ones appear here as they are refused.',
    '到达的事件全部有效。新的被拒事件会显示在此。',
  ],
  noneOfReason: ['Nothing was refused for this reason.', '没有因此原因被拒的事件。'],
  letter: ['Letter', '编号'],
  received: ['Received', '收到时间'],
  reason: ['Reason', '原因'],
  place: ['Place', '位置'],
  via: ['Came by', '来源'],
  kept: ['Kept', '保留'],
  replayed: ['Replayed', '已重放'],
  dropped: ['Dropped', '已丢弃'],
  evicted: ['Pushed out', '被挤出'],
  expired: ['Expired', '已过期'],
  look: ['Look', '查看'],
  fix: ['Fix and replay', '修复并重放'],
  replay: ['Replay', '重放'],
  replayAll: ['Replay all', '全部重放'],
  tryOut: ['Try without changing', '试运行'],
  mapping: ['Move fields (optional)', '移动字段(可选)'],
  mappingHelp: [
    'JSON, from pointer to pointer: {"/p/total_minor": "/m/v"}. null leaves a field out.',
    'JSON,从指针到指针:{"/p/total_minor": "/m/v"}。null 表示去除该字段。',
  ],
  mappingBad: ['This is not a JSON object.', '不是有效的 JSON 对象。'],
  filter: ['Only this reason', '仅此原因'],
  would: ['{n} would become events, {m} would not.', '{n} 条会成为事件,{m} 条不会。'],
  came: ['{n} became events, {m} did not.', '{n} 条已成为事件,{m} 条未成功。'],
  more: ['Older', '更早'],
  newest: ['Newest', '最新'],
  noEvent: ['Too large to keep: reason and place alone are known.', '过大未保留,仅知原因与位置。'],
} as const;
