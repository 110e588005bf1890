// console/app/theme.ts: light, dark, or as the system is.

/** What may be chosen. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** One of them. */
export type Theme = (typeof THEMES)[number];

const STORED = 'hushtag-console-theme';

/** The theme chosen before. */
export const firstTheme = (stored: Storage): Theme => THEMES.find((one) => one === stored.getItem(STORED)) ?? 'system';

/** Puts it in force and keeps it for the next visit. */
export function applyTheme(stored: Storage, theme: Theme): void {
  stored.setItem(STORED, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
