// console/shell/looks.tsx: language and theme.
import type { JSX } from 'preact';
import { useConsole, useWords } from '../app/context.ts';
import { THEMES } from '../app/theme.ts';
import { LANGUAGES } from '../app/words.ts';

const WORDS = {
  language: ['Language', '语言'],
  theme: ['Theme', '主题'],
  system: ['System', '跟随系统'],
  light: ['Light', '浅色'],
  dark: ['Dark', '深色'],
} as const;
const NAMES = { en: 'English', zh: '中文' } as const;

/** The two choices. */
export function Looks(): JSX.Element {
  const say = useWords(WORDS);
  const { language, setLanguage, theme, setTheme } = useConsole();
  return (
    <div class="looks">
      <select
        aria-label={say('language')}
        value={language}
        onChange={(event) => setLanguage(LANGUAGES.find((one) => one === event.currentTarget.value) ?? 'en')}
      >
        {LANGUAGES.map((one) => (
          <option key={one} value={one} lang={one} selected={one === language}>
            {NAMES[one]}
          </option>
        ))}
      </select>
      <select
        aria-label={say('theme')}
        value={theme}
        onChange={(event) => setTheme(THEMES.find((one) => one === event.currentTarget.value) ?? 'system')}
      >
        {THEMES.map((one) => (
          <option key={one} value={one} selected={one === theme}>
            {say(one)}
          </option>
        ))}
      </select>
    </div>
  );
}
