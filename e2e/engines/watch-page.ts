// e2e/engines/watch-page.ts: what runs first in every page of the suite.

/** What the suite reads of a page. */
export type Watched = Window & {
  /** Errors that reached the page, and what its content security policy forbade. */
  readonly faults: readonly string[];
  /** Uses of what stores or sends. */
  readonly touched: readonly string[];
};

/** Notes errors; and unless told otherwise hides that a program drives the browser, which the edge would count as a bot. */
export function watchPage(saysItIsDriven: boolean): void {
  const faults: string[] = [];
  Object.assign(window, { faults });
  addEventListener('error', ({ message }) => faults.push(message));
  addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));
  addEventListener('securitypolicyviolation', ({ violatedDirective }) => faults.push(violatedDirective));
  if (!saysItIsDriven) Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });
}
