// core/account.test.ts: one account has one spelling, and two have two.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountIdsOf, parseAccountId, withoutAccountIds } from './account.ts';

const valueOf = (kind: 'user_id' | 'email' | 'phone', text: string, callingCode?: string): string | undefined => {
  const id = parseAccountId(kind, text, callingCode);
  return id.ok ? id.value.value : undefined;
};

describe('P1: e-mail addresses have one spelling', () => {
  it.each([
    [' Jo@Mail.Example ', 'jo@mail.example'],
    ['jo\uff20mail.example', 'jo@mail.example'],
    ['JO@B\u00dcCHER.example', 'jo@xn--bcher-kva.example'],
    ['jo@xn--bcher-kva.example', 'jo@xn--bcher-kva.example'],
    ['j\u00fcrgen@mail.example', 'j\u00fcrgen@mail.example'],
    ['ju\u0308rgen@mail.example', 'j\u00fcrgen@mail.example'],
    ['jo@mail.example.', 'jo@mail.example'],
    ['jo.doe+news@gmail.com', 'jo.doe+news@gmail.com'],
    [`${'a'.repeat(64)}@mail.example`, `${'a'.repeat(64)}@mail.example`],
    [`${'a'.repeat(65)}@mail.example`, undefined],
    ['"jo"@mail.example', undefined],
    ['a@b@mail.example', undefined],
    ['jo@localhost', undefined],
    ['jo@192.0.2.7', undefined],
    ['jo@[192.0.2.7]', undefined],
    ['jo@mail..example', undefined],
    ['jo@mail.example/x', undefined],
    ['@mail.example', undefined],
    ['jo', undefined],
  ])('%j is %j', (text, value) => expect(valueOf('email', text)).toBe(value));

  it('keeps dots of every provider: who writes them otherwise is taken for another', () => {
    expect(valueOf('email', 'j.o@gmail.com')).not.toBe(valueOf('email', 'jo@gmail.com'));
  });

  it('is a law: what was brought to its spelling stays as it is', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        const once = valueOf('email', ` ${text.toUpperCase()}`);
        if (once !== undefined) expect(valueOf('email', once)).toBe(once);
        expect(valueOf('email', text)).toBe(once);
      }),
    );
  });
});

describe('P1: phone numbers are E.164', () => {
  it.each([
    ['+44 (0)7700 900731', undefined, '+447700900731'],
    ['0044 7700-900731', undefined, '+447700900731'],
    ['07700 900731', '44', '+447700900731'],
    ['7700900731', '44', '+447700900731'],
    ['\uff0b44\uff17\uff17\uff10\uff10 900731', undefined, '+447700900731'],
    ['(201) 555-0123', '1', '+12015550123'],
    ['1 201 555 0123', '1', '+12015550123'],
    ['011 44 7700 900731', '1', '+447700900731'],
    ['8 912 345-67-89', '7', '+79123456789'],
    ['06 12345678', '39', '+390612345678'],
    ['06 20 123 4567', '36', '+36201234567'],
    ['07700 900731', undefined, undefined],
    ['+1234567', undefined, undefined],
    ['+12345678', undefined, '+12345678'],
    ['+123456789012345', undefined, '+123456789012345'],
    ['+1234567890123456', undefined, undefined],
    ['+0123456789', undefined, undefined],
    ['call me', '44', undefined],
    ['', '44', undefined],
  ])('%j with the country %j is %j', (text, code, value) => expect(valueOf('phone', text, code)).toBe(value));
});

describe('user ids', () => {
  it.each([
    [' u-1 ', 'u-1'],
    ['aB1', 'aB1'],
    ['12345', '12345'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), undefined],
    ['Undefined', undefined],
    ['null', undefined],
    ['0', undefined],
    ['Guest', undefined],
    ['[object Object]', undefined],
    ['  ', undefined],
  ])('%j is %j', (text, value) => expect(valueOf('user_id', text)).toBe(value));
});

describe('an event’s ids', () => {
  it('are read by name, strongest first; numbers are texts and empty ones nothing', () => {
    const ids = accountIdsOf({ phone: '', email: 'A@mail.example', user_id: 7, plan: 'gold' });
    expect(ids).toEqual({
      ok: true,
      value: [
        { kind: 'user_id', value: '7' },
        { kind: 'email', value: 'a@mail.example' },
      ],
    });
    expect(withoutAccountIds({ email: 'A@mail.example', plan: 'gold' })).toEqual({ plan: 'gold' });
  });
  it('are refused by the name of the one that is malformed', () => {
    expect(accountIdsOf({ user_id: 'u', phone: '12' })).toEqual({ ok: false, error: 'phone' });
  });
});
