// console/shell/login.tsx: the way in: a one-time code, a token, or the organisation's own sign-in.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/failure.ts';
import type { Principal } from '../api/session.ts';
import { signIn, signInProvider } from '../api/session.ts';
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
  organisation: ['Sign in with {name}', '使用 {name} 登录'],
  expired: [
    'Signing in took too long, or began in another browser. Try again.',
    '登录超时,或在其他浏览器中开始。请重试。',
  ],
  provider: [
    'The sign-in service could not be reached, or did not let you in. Try again.',
    '无法连接登录服务,或登录被拒绝。请重试。',
  ],
  unverified: ['The sign-in service has not verified your e-mail address.', '登录服务尚未验证您的电子邮箱。'],
  not_invited: ['Nobody has invited this account here. Ask an owner to add you.', '此账号未受邀。请联系所有者添加。'],
  address_reassigned: [
    'Your address belonged to somebody else before. Ask an owner to set it for you again.',
    '您的邮箱曾属于他人。请联系所有者重新设置。',
  ],
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

const REFUSALS = ['expired', 'provider', 'unverified', 'not_invited', 'address_reassigned'] as const;
const isRefusal = (text: string): text is (typeof REFUSALS)[number] => REFUSALS.some((one) => one === text);

/** What the provider is called that this server hands sign-in to; undefined where it does not. */
function useProvider(): string | undefined {
  const [name, setName] = useState<string | undefined>();
  useEffect(() => {
    void signInProvider(location.origin).then(setName);
  }, []);
  return name;
}

/** Why the provider's answer let nobody in, as the edge says it in the address it sends a browser back to. */
const ProviderRefused = (): JSX.Element | null => {
  const say = useWords(WORDS);
  const refusal = new URLSearchParams(location.search).get('refused') ?? '';
  return isRefusal(refusal) ? (
    <p class="fault" role="alert">
      {say(refusal)}
    </p>
  ) : null;
};

/** What a refused code gets: the words of this page instead of the server's "token". */
const Refused = ({ failure }: { readonly failure: Failure }): JSX.Element => {
  const say = useWords(WORDS);
  const isOfCode =
    failure.kind === 'signed_out' ||
    failure.kind === 'not_offered' ||
    (failure.kind === 'problem' && failure.status === 403);
  return isOfCode ? (
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
  const provider = useProvider();
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
        <ProviderRefused />
        {provider === undefined ? null : (
          <a class="button wide" href="/v1/session/oidc">
            {say('organisation', { name: provider })}
          </a>
        )}
        <div class="login-how">
          <p class="note">{say('how')}</p>
          <pre class="code">npx hushtag login-code</pre>
        </div>
      </main>
      <Looks />
    </div>
  );
}
