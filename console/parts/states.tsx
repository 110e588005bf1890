// console/parts/states.tsx: what stands where there is nothing to show yet, or at all, and what to do about it.
import type { ComponentChildren, JSX } from 'preact';
import type { Failure } from '../api/failure.ts';
import { useWords } from '../app/context.ts';
import type { Say } from '../app/words.ts';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';

const WORDS = {
  offline: ['The server did not answer', '服务器没有响应'],
  offlineDo: [
    'Check that it runs and that this machine is online, then try again.',
    '请检查服务器是否运行、本机是否联网,然后重试。',
  ],
  notOffered: ['Not available on this server', '此服务器不提供该功能'],
  notOfferedDo: [
    'This part of the API is not there. Update hushtag on the server; nothing else on this page depends on it.',
    '该服务器没有这部分 API。请更新服务器上的 hushtag;本页其他内容不受影响。',
  ],
  noPermission: ['You may not see this', '您没有查看权限'],
  noPermissionDo: [
    'It needs the permission “{scope}”. Ask an owner of the site for a role that has it.',
    '需要权限“{scope}”。请向站点所有者申请具备该权限的角色。',
  ],
  signedOut: ['Your session has ended', '会话已结束'],
  signedOutDo: ['Sign in again to go on.', '请重新登录。'],
  misread: ['The answer could not be read', '无法读取响应'],
  misreadDo: [
    'Server and console are of different versions (at “{where}”). Reload the page; if that does not help, build the console again.',
    '服务器与控制台版本不一致(位于“{where}”)。请刷新页面;若无效,请重新构建控制台。',
  ],
  again: ['Try again', '重试'],
  request: ['Request {id}', '请求编号 {id}'],
  tooSmall: ['Withheld', '不予显示'],
  tooSmallDo: [
    'Fewer visitors than the site’s floor. A number that small could speak of one person, so it is not shown.',
    '访客数低于站点下限。过小的数字可能指向个人,因此不显示。',
  ],
  loading: ['Loading…', '加载中…'],
} as const;

interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  readonly tone?: 'plain' | 'bad' | 'warn' | 'good';
  readonly children?: ComponentChildren;
}

/** A state in words: what it is, and what to do next. */
export const Notice = ({ icon, title, tone = 'plain', children }: NoticeProps): JSX.Element => (
  <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
    <span class="notice-icon">
      <Icon name={icon} size={20} />
    </span>
    <div class="notice-text">
      <p class="notice-title">{title}</p>
      {children}
    </div>
  </div>
);

interface Told {
  readonly icon: IconName;
  readonly tone: 'plain' | 'bad' | 'warn';
  readonly title: string;
  readonly todo: string;
}

function told(say: Say<typeof WORDS>, failure: Failure): Told {
  switch (failure.kind) {
    case 'offline':
      return { icon: 'warn', tone: 'bad', title: say('offline'), todo: say('offlineDo') };
    case 'not_offered':
      return { icon: 'info', tone: 'plain', title: say('notOffered'), todo: say('notOfferedDo') };
    case 'no_permission':
      return {
        icon: 'lock',
        tone: 'plain',
        title: say('noPermission'),
        todo: say('noPermissionDo', { scope: failure.scope ?? '—' }),
      };
    case 'signed_out':
      return { icon: 'lock', tone: 'warn', title: say('signedOut'), todo: say('signedOutDo') };
    case 'misread':
      return { icon: 'warn', tone: 'bad', title: say('misread'), todo: say('misreadDo', { where: failure.where }) };
    case 'problem':
      return { icon: 'warn', tone: 'bad', title: failure.title, todo: failure.detail };
  }
}

/** Says what failed and what to do. */
export function Failed({
  failure,
  onAgain,
}: {
  readonly failure: Failure;
  readonly onAgain?: () => void;
}): JSX.Element {
  const say = useWords(WORDS);
  const { icon, tone, title, todo } = told(say, failure);
  const isWorthAgain = failure.kind === 'offline' || failure.kind === 'problem' || failure.kind === 'misread';
  return (
    <Notice icon={icon} tone={tone} title={title}>
      <p>{todo}</p>
      {failure.kind === 'problem' && failure.requestId !== undefined ? (
        <p class="faint code">{say('request', { id: failure.requestId })}</p>
      ) : null}
      {isWorthAgain && onAgain !== undefined ? (
        <button type="button" class="button small" onClick={onAgain}>
          <Icon name="reload" size={16} />
          {say('again')}
        </button>
      ) : null}
    </Notice>
  );
}

/** A number that is not told, and why. */
export function Withheld({ why }: { readonly why?: string }): JSX.Element {
  const say = useWords(WORDS);
  return (
    <Notice icon="hidden" title={say('tooSmall')}>
      <p>{why ?? say('tooSmallDo')}</p>
    </Notice>
  );
}

/** In place of one number in a line. */
export function WithheldMark({ why }: { readonly why?: string }): JSX.Element {
  const say = useWords(WORDS);
  return (
    <span class="withheld" title={why ?? say('tooSmallDo')}>
      <Icon name="hidden" size={16} />
      {say('tooSmall')}
    </span>
  );
}

/** Grey bars of the size of what comes, so that nothing moves when it does. */
export function Skeleton({ lines = 4, height }: { readonly lines?: number; readonly height?: number }): JSX.Element {
  const say = useWords(WORDS);
  return (
    <div class="skeleton" role="status" style={height === undefined ? undefined : { minHeight: `${height}px` }}>
      <span class="unseen">{say('loading')}</span>
      {Array.from({ length: lines }, (_, nth) => (
        <span key={nth} class="skeleton-line" style={{ width: `${[92, 76, 84, 60][nth % 4] ?? 80}%` }} />
      ))}
    </div>
  );
}
