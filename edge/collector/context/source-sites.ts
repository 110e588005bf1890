// edge/collector/context/source-sites.ts: which kind of site a host is, for the channel groups.
//
// Our own list, compiled 2026-11-24 from the sites' own names; GA4 publishes one of the same kinds ("Source categories",
// Google Analytics Help 9756891). A name alone stands for its host under every ending (google.de, google.co.uk); one with a
// dot for itself and what is under it.

/** Kinds of sites that have a channel of their own. */
export type SiteKind = 'search' | 'social' | 'video' | 'shopping' | 'email' | 'ai_assistant';

const LISTS: Readonly<Record<SiteKind, string>> = {
  ai_assistant:
    'chatgpt.com chat.openai.com perplexity.ai claude.ai gemini.google.com copilot.microsoft.com chat.mistral.ai chat.deepseek.com ' +
    'grok.com meta.ai poe.com you.com phind.com',
  email:
    'mail.google.com outlook.live.com outlook.office.com outlook.office365.com mail.yahoo.com mail.proton.me mail.aol.com ' +
    'mail.yandex.ru mail.yandex.com mail.ru webmail.freenet.de navigator.gmx.net navigator.web.de mail.zoho.com fastmail.com ' +
    'deref-gmx.net deref-web.de deref-mail.com com.google.android.gm',
  search:
    'google bing yahoo duckduckgo baidu yandex ecosia.org qwant.com startpage.com search.brave.com kagi.com mojeek.com ask.com ' +
    'search.aol.com naver.com daum.net sogou.com so.com seznam.cz search.ch metager.de swisscows.com presearch.com ' +
    'suche.t-online.de suche.web.de suche.gmx.net msn.com rambler.ru onet.pl virgilio.it lite.qwant.com search.lycos.com ' +
    'dogpile.com webcrawler.com lilo.org coccoc.com searx.be',
  social:
    'facebook instagram linkedin lnkd.in twitter.com t.co x.com pinterest reddit tiktok.com threads.net threads.com bsky.app ' +
    'mastodon.social mastodon.online whatsapp.com wa.me t.me telegram.org telegram.me vk.com ok.ru weibo.com xing.com tumblr.com ' +
    'snapchat.com discord.com discord.gg quora.com medium.com news.ycombinator.com stackoverflow.com stackexchange.com fb.me fb.com ' +
    'messenger.com line.me wechat.com weixin.qq.com nextdoor.com meetup.com disqus.com slack.com badoo.com flipboard.com mix.com ' +
    'lemmy.world substack.com hootsuite.com dribbble.com behance.net goodreads.com ravelry.com deviantart.com',
  video:
    'youtube youtu.be vimeo.com twitch.tv dailymotion.com netflix.com disneyplus.com hulu.com rumble.com bilibili.com niconico.jp ' +
    'odysee.com iqiyi.com youku.com crackle.com ted.com',
  shopping:
    'amazon ebay etsy.com alibaba.com aliexpress walmart.com shopping.google.com idealo shopzilla.com pricegrabber.com kelkoo ' +
    'zalando otto.de kaufland rakuten mercadolibre mercadolivre.com.br shopee taobao.com tmall.com jd.com temu.com shein geizhals ' +
    'billiger.de check24.de cdiscount.com fnac.com bol.com allegro.pl shop.app shopify.com stripe.com',
};

const HOSTS: ReadonlyMap<string, SiteKind> = new Map(
  (Object.keys(LISTS) as SiteKind[]).flatMap((kind) => LISTS[kind].split(' ').map((name) => [name, kind] as const)),
);

/** Short names that campaigns give their source; a host is not one of them. */
const SHORT_NAMES: ReadonlyMap<string, SiteKind> = new Map([
  ['fb', 'social'], ['ig', 'social'], ['meta', 'social'], ['twitter', 'social'], ['tiktok', 'social'], ['snapchat', 'social'],
  ['whatsapp', 'social'], ['telegram', 'social'], ['xing', 'social'], ['threads', 'social'], ['bluesky', 'social'], ['badoo', 'social'],
  ['vimeo', 'video'], ['twitch', 'video'], ['dailymotion', 'video'], ['netflix', 'video'], ['disneyplus', 'video'],
  ['ecosia', 'search'], ['qwant', 'search'], ['naver', 'search'], ['brave', 'search'], ['adwords', 'search'],
  ['etsy', 'shopping'], ['walmart', 'shopping'], ['shopify', 'shopping'], ['alibaba', 'shopping'], ['stripe', 'shopping'],
  ['google shopping', 'shopping'], ['chatgpt', 'ai_assistant'], ['openai', 'ai_assistant'], ['perplexity', 'ai_assistant'],
  ['claude', 'ai_assistant'], ['gemini', 'ai_assistant'], ['copilot', 'ai_assistant'],
]); // biome-ignore format: pairs read better in rows

/** Endings of two parts under which names are registered (`co.uk`); a name before one of these is the site's own. */
const DOUBLE_ENDING = /^(?:com?|net|org|ac|gov|edu)$/;
/** Labels of a host that are looked at, from its end. */
const LABELS_MAX = 6;

/** The kind of a host, or undefined: the longest listed part of it decides, then the name it is registered under. */
export function kindOfHost(host: string): SiteKind | undefined {
  const labels = host.toLowerCase().split('.').slice(-LABELS_MAX);
  for (let from = 0; from < labels.length - 1; from += 1) {
    const kind = HOSTS.get(labels.slice(from).join('.'));
    if (kind !== undefined) return kind;
  }
  // Not just any label: google.evil.example is no search engine.
  const ending = labels.length > 2 && DOUBLE_ENDING.test(labels.at(-2) ?? '') ? 3 : 2;
  return HOSTS.get(labels.at(-ending) ?? '');
}

/** The kind of a campaign's source, which is a host or a name. */
export function kindOfSource(source: string): SiteKind | undefined {
  const name = source.toLowerCase();
  return SHORT_NAMES.get(name) ?? (name.includes('.') ? kindOfHost(name) : HOSTS.get(name));
}
