// console/pages/snippets.ts: the snippets of docs/install.md, which a test runs, with this server and site put in.
import install from '../../docs/install.md?raw';

/** Stacks with a snippet to begin with: its name in the document, and what people call it. */
export const STACKS = [
  ['html', 'HTML'],
  ['wordpress', 'WordPress'],
  ['shopify', 'Shopify'],
  ['gtm', 'Google Tag Manager'],
  ['npm', 'npm'],
  ['react', 'React'],
  ['vue', 'Vue'],
  ['next', 'Next.js'],
] as const;

/** The code under a name. @param collector this server's origin. */
export function snippetOf(name: string, collector: string, site: string): string {
  const match = new RegExp(`<!-- snippet: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\\n\`\`\``).exec(install);
  return (match?.[1] ?? '')
    .replaceAll('https://YOUR-COLLECTOR', collector)
    .replaceAll(/(data-site="|site="|site: ['"]|dataset\.site = ['"])shop/g, (_whole, before: string) => before + site);
}
