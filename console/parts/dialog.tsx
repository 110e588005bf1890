// console/parts/dialog.tsx: a dialog that keeps the focus and closes with Escape, as the browser's own does.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useWords } from '../app/context.ts';
import { Icon } from './icon.tsx';

const WORDS = { close: ['Close', '关闭'] } as const;

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** The dialog; it is open while it is there. */
export function Dialog({ title, onClose, children, actions }: DialogProps): JSX.Element {
  const say = useWords(WORDS);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const opener = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      // The browser gives the focus back where it closes a dialog itself; here the dialog is gone from the page by then.
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-label={title} onCancel={onClose}>
      <header class="dialog-head">
        <h2>{title}</h2>
        <button type="button" class="button quiet icon-only" aria-label={say('close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="dialog-body">{children}</div>
      {actions === undefined ? null : <footer class="dialog-foot">{actions}</footer>}
    </dialog>
  );
}
