// e2e/edge/settings-suite.ts: sites are added and told where their pages are; days are annotated (P6, P7).
import { describe, expect, it } from 'vitest';
import { collect, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { logIn } from '../support/login.ts';
import type { SuiteEdge } from './use-edge.ts';

interface Note {
  readonly id: number;
  readonly text: string;
}

/** Runs these tests against an edge. */
export function settingsSuite(edge: SuiteEdge): void {
  const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;

  describe('a site', () => {
    it('is added by an owner of all sites, once, and takes events from its new origin', async () => {
      const owner = await logIn(edge, [{ site: null, role: 'owner' }]);
      const id = `made-${Date.now().toString(36)}`;
      const add = (over: object = {}): Promise<Response> =>
        owner.fetch('/v1/sites', {
          method: 'POST',
          body: JSON.stringify({ id, origins: ['https://made.example'], policy: 'strict', floor: 20, ...over }),
        });
      for (const wrong of [{ id: 'No Name' }, { origins: [] }, { origins: ['made.example'] }, { floor: 9 }]) {
        expect((await add(wrong)).status).toBe(400);
      }
      const made = await add();
      expect([made.status, await made.json()]).toEqual([
        201,
        { id, origins: ['https://made.example'], preset: 'strict', floor: 20 },
      ]);
      expect((await add()).status).toBe(409);
      const changed = await owner.fetch(`/v1/sites/${id}`, {
        method: 'PATCH',
        body: JSON.stringify({ origins: ['https://made.example', 'https://moved.example'] }),
      });
      expect(await changed.json()).toMatchObject({
        floor: 20,
        origins: expect.arrayContaining(['https://moved.example']) as unknown,
      });
      expect((await owner.fetch(`/v1/sites/${id}`, { method: 'PATCH', body: '{"floor":5}' })).status).toBe(400);
      const first = await json<{ sites: { id: string }[]; next: string }>(await owner.fetch('/v1/sites?limit=1'));
      const rest = await json<{ sites: { id: string }[]; next: null }>(
        await owner.fetch(`/v1/sites?cursor=${first.next}`),
      );
      const all = await json<{ sites: { id: string }[] }>(await owner.fetch('/v1/sites'));
      expect([first.sites.length, rest.next]).toEqual([1, null]);
      expect([...first.sites, ...rest.sites]).toEqual(all.sites);
      const seen = await json<{ versions: object[]; next: null }>(
        await owner.fetch(`/v1/sites/${id}/policy/versions?limit=1`),
      );
      expect(seen).toMatchObject({ versions: [{ version: 1 }], next: null });
      // What collects remembers a site for some seconds.
      const send = () =>
        collect(edge, wireBatch({ s: id, e: [wireEvent({ u: 'https://moved.example/' })] }), {
          origin: 'https://moved.example',
        });
      expect((await until(send, ({ status }) => status === 202)).status).toBe(202);
      const log = await owner.fetch(`/v1/sites/${id}/audit?order=newest`);
      const kinds = await log.text();
      expect(kinds).toContain('site_added');
      expect(kinds).toContain('site_changed');
    });

    it('is changed by nobody who only reads of it, and added by no owner of one site', async () => {
      const site = siteId('shop');
      const analyst = await logIn(edge, [{ site, role: 'analyst' }]);
      expect((await analyst.fetch('/v1/sites/shop', { method: 'PATCH', body: '{"floor":10}' })).status).toBe(403);
      const owner = await logIn(edge, [{ site, role: 'owner' }]);
      expect((await owner.fetch('/v1/sites', { method: 'POST', body: '{}' })).status).toBe(403);
    });
  });

  describe('a note about a day', () => {
    it('is added, read with the days around it by the same site alone, and taken away', async () => {
      const who = await logIn(edge, [{ site: siteId('shop'), role: 'marketer' }]);
      const base = '/v1/sites/shop/annotations';
      const post = (body: object, key: Readonly<Record<string, string>> = {}): Promise<Response> =>
        who.fetch(base, { method: 'POST', body: JSON.stringify(body), headers: key });
      for (const wrong of [
        { date: '2026-02-30', text: 'x' },
        { date: 'today', text: 'x' },
        { date: '2026-02-03', text: ' ' },
        { date: '2026-02-03', text: 'x'.repeat(201) },
      ]) {
        expect((await post(wrong)).status).toBe(400);
      }
      const asked = { date: '2026-02-03', text: ' The spring campaign began ' };
      const key = { 'idempotency-key': 'note-1' };
      const note = await json<Note>(await post(asked, key));
      expect(note.text).toBe('The spring campaign began');
      expect((await json<Note>(await post(asked, key))).id).toBe(note.id);
      const read = async (range: string) =>
        (await json<{ annotations: Note[] }>(await who.fetch(`${base}?${range}`))).annotations;
      expect(await read('from=2026-02-01&to=2026-02-28')).toMatchObject([{ id: note.id, date: '2026-02-03' }]);
      expect(await read('from=2026-02-04&to=2026-02-28')).toEqual([]);
      const elsewhere = await logIn(edge, [{ site: siteId('other'), role: 'marketer' }]);
      const there = `/v1/sites/other/annotations`;
      expect((await elsewhere.fetch(`${there}/${note.id}`, { method: 'DELETE' })).status).toBe(404);
      const officer = await logIn(edge, [{ site: siteId('shop'), role: 'privacy_officer' }]);
      expect((await officer.fetch(`${base}/${note.id}`, { method: 'DELETE' })).status).toBe(403);
      expect((await who.fetch(`${base}/${note.id}`, { method: 'DELETE' })).status).toBe(204);
      expect((await who.fetch(`${base}/${note.id}`, { method: 'DELETE' })).status).toBe(404);
    });
  });
}
