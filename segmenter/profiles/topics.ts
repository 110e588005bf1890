// segmenter/profiles/topics.ts: what a page is about, by the words of its path and its title.
//
// Letters alone, so that numbers of products, orders and dates make no topic; both texts were scrubbed before they were
// stored (P1). No word list of a language decides but for words that stand on every page.

/** Topics of one page, the first found. */
export const TOPICS_A_PAGE_MAX = 6;
/** Characters of a topic, fewest and most; of Chinese and Japanese two are a word. */
export const TOPIC_CHARS_MIN = 4;
/** See {@link TOPIC_CHARS_MIN}. */
export const TOPIC_CHARS_MAX = 30;
const HAN_CHARS_MAX = 8;
/** Characters of a path and of a title that are looked at. */
const TEXT_CHARS_MAX = 300;

/** Words that say where in a site a page is, or that hold sentences together, and not what it is about. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  `home index html page pages view views product products item items category categories collection collections shop store
  cart checkout basket account login search tags article articles post posts news blog archive default main welcome online
  official website site with your from this that what when where which have will more most best free about into over than
  they them their there here were been only also just some such very how who why and the for
  eine einer einem einen eines oder nicht auch sich wird sind wenn dass über unter nach beim alle alles mehr
  dans pour avec plus sont vous nous leur tout tous cette comme para como esta este todo todos más`.split(/\s+/),
);

/** Runs of letters; those of Han, kana and Hangul by themselves, since no space divides them from others. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|\p{L}+/gu;
// oxlint-disable-next-line no-control-regex -- all of ASCII, whatever it is.
const ASCII = /^[\u0000-\u007f]*$/;
const ASCII_WORD = /[a-z]+/g;
const IS_EAST_ASIAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

function topicOf(word: string): string | undefined {
  if (IS_EAST_ASIAN.test(word)) return word.length < 2 ? undefined : Array.from(word).slice(0, HAN_CHARS_MAX).join('');
  if (word.length < TOPIC_CHARS_MIN || EMPTY_WORDS.has(word)) return undefined;
  return Array.from(word).slice(0, TOPIC_CHARS_MAX).join('');
}

/**
 * Topics of a page view, the path's before the title's, each once. Words that both say come first: they are what the page is
 * about. Of a title what stands behind the last divider is the site's name and is left out.
 * @param page path and title, a line each (store/segmenter.ts).
 */
export function topicsOf(page: string): readonly string[] {
  const [path = '', title = ''] = page.split('\n', 2);
  const inPath = wordsIn(decoded(path));
  const inTitle = wordsIn(title.replace(/\s[|·–—-]\s[^|·–—-]*$/u, ''));
  const both = inPath.filter((word) => inTitle.includes(word));
  return [...new Set([...both, ...inPath, ...inTitle])].slice(0, TOPICS_A_PAGE_MAX);
}

/** Bytes of a path as the letters they stand for; left out where they stand for none. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path.replace(/%[0-9a-f]{2}/gi, ' ');
  }
}

function wordsIn(text: string): string[] {
  const cut = text.slice(0, TEXT_CHARS_MAX);
  const words: string[] = [];
  // Most pages are of plain letters, of which a look by script and a normal form find the same, more slowly.
  if (ASCII.test(cut)) {
    for (const word of cut.toLowerCase().match(ASCII_WORD) ?? []) {
      if (word.length >= TOPIC_CHARS_MIN && !EMPTY_WORDS.has(word)) words.push(word.slice(0, TOPIC_CHARS_MAX));
    }
    return words;
  }
  for (const word of cut.normalize('NFC').toLowerCase().match(WORD) ?? []) {
    const topic = topicOf(word);
    if (topic !== undefined) words.push(topic);
  }
  return words;
}

/** Pages whose topics are kept: those of a large catalogue, some 40 MB. */
const PAGES_CACHED_MAX = 100_000;

/** {@link topicsOf} that remembers. */
export function createTopicReader(): (page: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (page) => {
    let topics = known.get(page);
    if (topics === undefined) {
      topics = topicsOf(page);
      if (known.size >= PAGES_CACHED_MAX) known.clear();
      known.set(page, topics);
    }
    return topics;
  };
}
