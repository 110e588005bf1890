// console/shell/login.tsx: the way in: a one-time code, a token, or the organisation's own sign-in.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/failure.ts';
import type { Principal } from '../api/session.ts';
import { signIn } from '../api/session.ts';
import { useWords } from '../app/context.ts';
import { TextField } from '../parts/field.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Looks } from './looks.tsx';
import { Mark } from './mark.tsx';

const WORDS = {
  title: ['Sign in', '登录'],
  lead: ['First-party data of your own sites, on your own server.', '自有网站的第一方数据,存放在您自己的服务器上。'],
  code: ['One-time code or token', '一次性代码或令牌'],
  codeHelp: ['Printed when the server first starts.', '服务器首次启动时打印。'],
  enter: ['Sign in', '登录'],
  organisation: ['Sign in with your organisation', '使用组织账号登录'],
  how: ['No code at hand? On the server:', '没有代码?请在服务器上运行:'],
  refused: [
    'This is not a code or token that is good now. Make a new one and paste it whole.',
    '代码或令牌无效或已过期。请重新生成并完整粘贴。',
  ],
  insecure: [
    'This page is not served over HTTPS, so the browser will not keep a session. Open it over HTTPS, or on the server itself.',
    '本页未通过 HTTPS 提供,浏览器无法保持会话。请使用 HTTPS,或在服务器本机打开。',
  ],
} as const;

/** Whether this server hands sign-in to a provider; asked without following it there. */
function useProvider(): boolean {
  const [isThere, setIsThere] = useState(false);
  useEffect(() => {
    fetch('/v1/session/oidc', { redirect: 'manual' }).then(
      (response) => setIsThere(response.type === 'opaqueredirect'),
      () => setIsThere(false),
    );
  }, []);
  return isThere;
}

/** What a refused code gets: the words of this page instead of the server's "token". */
const Refused = ({ failure }: { readonly failure: Failure }): JSX.Element => {
  const say = useWords(WORDS);
  const isRefusal =
    failure.kind === 'signed_out' ||
    failure.kind === 'not_offered' ||
    (failure.kind === 'problem' && failure.status === 403);
  return isRefusal ? (
    <p class="fault" role="alert">
      {say('refused')}
    </p>
  ) : (
    <Failed failure={failure} />
  );
};

/** The page. */
export function Login({ onEnter }: { readonly onEnter: (principal: Principal) => void }): JSX.Element {
  const say = useWords(WORDS);
  const [given, setGiven] = useState('');
  const [failure, setFailure] = useState<Failure | undefined>();
  const [isBusy, setIsBusy] = useState(false);
  const hasProvider = useProvider();
  useEffect(() => {
    document.title = `${say('title')} · hushtag`;
  }, [say]);
  const enter = async (): Promise<void> => {
    setIsBusy(true);
    const entered = await signIn(location.origin, given);
    setIsBusy(false);
    if (entered.ok) onEnter(entered.value);
    else setFailure(entered.error);
  };
  return (
    <div class="login">
      <main class="login-card">
        <Mark />
        <h1>{say('title')}</h1>
        <p class="note lead">{say('lead')}</p>
        {isSecureContext ? null : <Notice icon="warn" tone="warn" title={say('insecure')} />}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void enter();
          }}
        >
          <TextField
            label={say('code')}
            help={say('codeHelp')}
            value={given}
            type="password"
            isRequired
            onValue={setGiven}
          />
          {failure === undefined ? null : <Refused failure={failure} />}
          <button type="submit" class="button primary wide" disabled={isBusy}>
            {say('enter')}
          </button>
        </form>
        {hasProvider ? (
          <a class="button wide" href="/v1/session/oidc">
            {say('organisation')}
          </a>
        ) : null}
        <div class="login-how">
          <p class="note">{say('how')}</p>
          <pre class="code">npx hushtag login-code</pre>
        </div>
      </main>
      <Looks />
    </div>
  );
}
