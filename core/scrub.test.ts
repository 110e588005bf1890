// core/scrub.test.ts: what could identify a person does not survive scrubbing (P1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrubEventName, scrubProductText, scrubProperties, scrubReferrer, scrubText, scrubUrl } from './scrub.ts';

describe('P1: texts', () => {
  it.each([
    ['mail me at jo.public+x@mail.example please', 'mail me at [email] please'],
    ['jo%40mail.example', '[email]'],
    ['jo%2540mail.example', '[email]'],
    ['50% off for jo%40mail.example', '50% off for [email]'],
    ['jo\uff20mail.example', '[email]'],
    ['jo&#64;mail.example and jo&#x40;mail.example', '[email] and [email]'],
    ['jo&commat;mail.example', '[email]'],
    ['\uff17\uff17\uff10\uff10\uff19\uff10\uff10', '[number]'],
    ['\u0667\u0667\u0660\u0660\u0669\u0660\u0660', '[number]'],
    ['77009\u200b00731', '[number]'],
    ['caf\u00e9 \uff33\uff21\uff2c\uff25 \u00bd &#189;', 'caf\u00e9 \uff33\uff21\uff2c\uff25 \u00bd &#189;'],
    ['Call +44 (0)7700 900731', 'Call [number]'],
    ['order 1234567', 'order [number]'],
    ['order 123456', 'order 123456'],
    ['ip 198.51.100.77 seen', 'ip [number] seen'],
    ['ip 2001:db8:1:2:3:4:5:6 seen', 'ip [number] seen'],
    ['from 2001:db8::8a2e:370:7a20 today', 'from [number] today'],
    ['from fe80::7a21 or ::1', 'from [number] or [number]'],
    ['a std::vector at 12:30', 'a std::vector at 12:30'],
    ['"jane doe"@mail.example', '[email]'],
    ['jane@[192.0.2.7]', '[email]'],
    ['call 44–7700–900141', 'call [number]'],
    ['call_447700900141', 'call_[number]'],
    ['id 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', 'id [token]'],
    ['eyJhbGciOiJFZERTQSJ9abc1', '[token]'],
    ['a-long-article-about-cats-and-dogs', 'a-long-article-about-cats-and-dogs'],
    ['a-long-article-about-summer-2026', 'a-long-article-about-summer-2026'],
    ['100%25 wool', '100%25 wool'],
    ['50 % off, 3 for 2', '50 % off, 3 for 2'],
    ['', ''],
  ])('%j becomes %j', (text, scrubbed) => {
    expect(scrubText(text)).toBe(scrubbed);
  });

  it('masks addresses as the pattern of one does, without its squares', () => {
    const pattern = /(?:"[^"@]{1,64}"|[^\s@<>()[\],;:"]+)@(?:\[[^\]\s]+\]|[^\s@/?&=<>()[\],;:"]+)/gu;
    const piece = fc.constantFrom('@', '@', '"', 'jo', '[', ']', ' ', '/', '?', '=', '.', ';', '\u{1f600}', '\ud800');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        expect(scrubProductText(text)).toBe(text.replaceAll(pattern, '[email]'));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['\u3316', 'a', '"', '@[', 'a@', '@"'])(
    'takes no longer than its length lets it for %j over and over',
    (sign) => {
      // By the square it would take minutes.
      expect(scrubProductText(`${sign.repeat(100_000)} @`)).toBeTypeOf('string');
    },
  );

  it('leaves no e-mail address of any kind, plain or percent-encoded once or twice', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.integer({ min: 0, max: 2 }), (email, rounds) => {
        let text = email;
        for (let round = 0; round < rounds; round += 1) text = encodeURIComponent(text);
        expect(scrubText(`hello ${text}`)).not.toContain(email);
        expect(scrubText(`hello ${text}`)).not.toContain(text);
      }),
    );
  });

  it('is done in one pass: scrubbing again changes nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(scrubText(scrubText(text))).toBe(scrubText(text));
      }),
    );
  });

  it('masks e-mails of products but keeps their numbers', () => {
    expect(scrubProductText('4006381333931 for jo@mail.example')).toBe('4006381333931 for [email]');
  });
});

describe('P1: names of events', () => {
  it.each([
    ['page_view', 'page_view'],
    ['checkout_step_2', 'checkout_step_2'],
    ['ga4_view_item_list_shown', 'ga4_view_item_list_shown'],
    ['abandoned_cart_reminder_seen', 'abandoned_cart_reminder_seen'],
    ['order_123456', 'order_123456'],
    ['order_1234567', 'masked_event'],
    ['call_7700_900_731', 'masked_event'],
    ['u_0190a1b2_c3d4_7e5f_8a9b_0c1d2e3f4a5b', 'masked_event'],
    ['tk_5f4dcc3b5aa765d61d8327de', 'masked_event'],
  ])('%s becomes %s', (name, kept) => {
    expect(scrubEventName(name)).toBe(kept);
  });
});

describe('P1: URLs and referrers', () => {
  it.each([
    ['https://u:p@shop.example/a/b?session=1#x', { path: '/a/b' }],
    ['https://shop.example/a?utm_source=News&utm_medium=&gclid=abc', { path: '/a', campaign: 'utm_source=News' }],
    ['https://shop.example/a?utm_campaign=jo%40mail.example', { path: '/a', campaign: 'utm_campaign=%5Bemail%5D' }],
    ['https://shop.example/u/jo%40mail.example/orders/12345678', { path: '/u/[email]/orders/[number]' }],
    ['https://shop.example/?utm_id=jo&#64;mail.example', { path: '/', campaign: 'utm_id=%5Bemail%5D' }],
    ['https://shop.example', { path: '/' }],
    ['javascript:alert(1)', undefined],
    ['file:///home/jo/secret.html', undefined],
    ['not a url', undefined],
  ])('keeps of %j only %j', (url, kept) => {
    expect(scrubUrl(url)).toEqual(kept);
  });
  it.each([
    ['https://search.example/?q=my+illness', 'search.example'],
    ['https://jo:pw@mail.example/inbox', 'mail.example'],
    ['android-app://com.example', undefined],
    ['', undefined],
  ])('keeps of the referrer %j only %j', (url, host) => {
    expect(scrubReferrer(url)).toBe(host);
  });
});

describe('P1: properties', () => {
  it.each([
    [
      { plan: 'gold', seats: 12, trial: true },
      { plan: 'gold', seats: 12, trial: true },
    ],
    [
      { emailaddress: 'a', EMAILAddress: 'b', client_id: 'c', uid: 'd' },
      { emailaddress: '[masked]', EMAILAddress: '[masked]', client_id: '[masked]', uid: '[masked]' },
    ],
    [{ email: 'gold' }, { email: '[masked]' }],
    [{ customerEmail: 'x' }, { customerEmail: '[masked]' }],
    [{ order_id: 'A1' }, { order_id: '[masked]' }],
    [{ filename: 'price-list.pdf' }, { filename: 'price-list.pdf' }],
    [{ note: 'to jo@mail.example' }, { note: 'to [email]' }],
    [{ reference: 447_700_900_731 }, { reference: '[number]' }],
    [
      { below: 999_999, at: 1_000_000, minus: -1_000_000 },
      { below: 999_999, at: '[number]', minus: '[number]' },
    ],
    [{ 'jo@mail.example': 'yes' }, { '[email]': '[masked]' }],
    [{ 'jo@home.example': 'yes' }, { '[email]': 'yes' }],
  ])('%j becomes %j', (properties, scrubbed) => {
    expect(scrubProperties(properties as never)).toEqual(scrubbed);
  });
});
