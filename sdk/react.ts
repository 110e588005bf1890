'use client';
// sdk/react.ts: entry of @hushtag/tag/react. Page views come by themselves: the tag hears of every route.
import type { ReactElement, ReactNode } from 'react';
import { createContext, createElement, useContext, useEffect, useRef, useState } from 'react';
import type { Hushtag, TagOptions } from './api.ts';
import { createTag } from './npm.ts';
import { noCalls } from './start-once.ts';

/** The tag's options, and what may call it. Of later renders `consent` alone counts: each change is told to the tag. */
export type HushtagProviderProps = TagOptions & { readonly children?: ReactNode };

const Tag = createContext<Hushtag | undefined>(undefined);

/** Starts the tag in the browser, before any effect of its children runs; on a server it does nothing. */
export function HushtagProvider({ children, ...options }: HushtagProviderProps): ReactElement {
  const { consent } = options;
  const [tag] = useState(() => createTag(options));
  // A list of purposes is a new object in every render: its words tell whether it is a new choice.
  const said = JSON.stringify(consent);
  const told = useRef(said);
  useEffect(() => {
    if (consent === undefined || told.current === said) return;
    told.current = said;
    tag.consent(consent);
  });
  return createElement(Tag.Provider, { value: tag }, children);
}

/** The tag's calls, the same object in every render. Outside a provider they do nothing, and the console says so (S1). */
export function useHushtag(): Hushtag {
  const tag = useContext(Tag);
  const [none] = useState(noCalls);
  useEffect(() => {
    if (!tag)
      console.error('hushtag: nothing is tracked here: put <HushtagProvider site collector> around this component');
  }, [tag]);
  return tag ?? none;
}
