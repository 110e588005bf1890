// console/pages/import-words.ts: what the part about imports says.

/** In English and Chinese. */
export const IMPORT_WORDS = {
  new: ['New import', '新建导入'],
  newNote: [
    'Lines of JSON, or a CSV with a mapping. Every line counts once: the same file again changes nothing. Try it first without keeping anything.',
    'JSON 行,或附映射的 CSV。每行仅计一次,重复导入同一文件不会产生变化。建议先试运行。',
  ],
  file: ['File', '文件'],
  consent: ['Consent of lines that state none', '未注明同意状态的行'],
  line: ['From line', '起始行'],
  lineHelp: ['1 but for one that goes on.', '除续传外均为 1。'],
  mapping: ['Mapping: which column is which field', '映射:列与字段的对应关系'],
  dryRun: ['Try only: say what would become of it', '仅试运行:预览结果,不保存'],
  start: ['Start', '开始'],
  busy: ['Sending… keep this page open', '正在上传,请勿关闭页面'],
  unfit: ['This is not JSON.', '不是有效的 JSON。'],
  all: ['Imports', '导入列表'],
  none: ['Nothing was imported here', '尚无导入记录'],
  noneDo: [
    'Choose a file above, or use “hushtag import” on a terminal, which also reads what other tools export.',
    '请在上方选择文件,或在终端使用“hushtag import”,它也能读取其他工具的导出文件。',
  ],
  began: ['Began', '开始'],
  state: ['State', '状态'],
  tried: ['tried only', '试运行'],
  lines: ['Lines', '行数'],
  accepted: ['Accepted', '已接受'],
  refused: ['Refused', '已拒绝'],
  reason: ['{n} × {why}', '{n} × {why}'],
  letters: ['Look at dead letters', '查看死信'],
  next: ['Next', '后续'],
  goOn: ['Go on from line {n}', '从第 {n} 行继续'],
  goOnDo: [
    'Lines before {n} are kept. Choose the same file, then start.',
    '第 {n} 行之前已保存。请选择同一文件并开始。',
  ],
  more: ['Older', '更早'],
  newest: ['Newest', '最新'],
} as const;
