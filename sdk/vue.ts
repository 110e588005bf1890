// sdk/vue.ts: entry of @hushtag/tag/vue. Page views come by themselves: the tag hears of every route.
import type { InjectionKey, MaybeRefOrGetter, Plugin } from 'vue';
import { inject, toValue, watch } from 'vue';
import type { ConsentChoice, Hushtag, TagOptions } from './api.ts';
import { createTag } from './npm.ts';
import { noCalls } from './start-once.ts';

/** The tag's options; `consent` may be a ref or a getter, whose every change is told to the tag. */
export type HushtagOptions = Omit<TagOptions, 'consent'> & {
  readonly consent?: MaybeRefOrGetter<ConsentChoice | undefined>;
};

const TAG: InjectionKey<Hushtag> = Symbol('hushtag');

/** The plugin: `app.use(createHushtag({ … }))` starts the tag in the browser; on a server it does nothing. */
export const createHushtag = ({ consent, ...rest }: HushtagOptions): Plugin => ({
  install: (app) => {
    const tag = createTag({ ...rest, consent: toValue(consent) });
    app.provide(TAG, tag);
    if (typeof window === 'undefined') return;
    const end = watch(
      () => toValue(consent),
      (choice) => {
        if (choice !== undefined) tag.consent(choice);
      },
    );
    app.onUnmount(end);
  },
});

/** The tag's calls. In an app without the plugin they do nothing, and the console says so (S1). */
export const useHushtag = (): Hushtag => {
  const tag = inject(TAG, undefined);
  if (!tag) console.error('hushtag: nothing is tracked here: app.use(createHushtag({ site, collector })) is missing');
  return tag ?? noCalls();
};
