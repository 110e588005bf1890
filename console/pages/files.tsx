// console/pages/files.tsx: history in, events out: imports and exports, begun here, with how far they are.
import type { JSX } from 'preact';
import { useWords } from '../app/context.ts';
import { Page } from '../parts/page.tsx';
import { ExportPanels } from './export-panels.tsx';
import { ImportPanels } from './import-panels.tsx';

const WORDS = {
  title: ['Imports and exports', '导入与导出'],
  lead: [
    'History comes in as a file, each line once; events go out as files of some days. What goes out is out of reach of erasures.',
    '历史数据以文件导入,每行仅计一次;事件按日期导出为文件。导出后的数据不再受删除操作影响。',
  ],
} as const;

/** The page. */
export function FilesPage(): JSX.Element {
  const say = useWords(WORDS);
  return (
    <Page title={say('title')} note={say('lead')}>
      <ExportPanels />
      <ImportPanels />
    </Page>
  );
}
