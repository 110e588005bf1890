// examples/shop/consent.js: the banner. Refusing is as easy as accepting, and nothing is ticked beforehand.
import { tellConsent } from './tracking.js';

const KEY = 'shop-choice';
const byId = (id) => document.getElementById(id);
const boxes = () => [...byId('purposes').querySelectorAll('input')];
let kept = null;

/** The choice itself is kept, so that nobody is asked twice; remembering a "no" needs no consent. */
const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null');
  } catch {
    return kept;
  }
};

function decide(choice) {
  kept = choice;
  try {
    localStorage.setItem(KEY, JSON.stringify(choice));
  } catch {
    // Blocked: the choice holds for this page, and the visitor is asked again on the next.
  }
  tellConsent(choice);
  hide();
  byId('main').focus({ preventScroll: true });
}

function hide() {
  byId('banner').hidden = true;
  expand(false);
}

function expand(isOpen) {
  byId('purposes').hidden = !isOpen;
  byId('save').hidden = !isOpen;
  byId('choose').hidden = isOpen;
  byId('choose').setAttribute('aria-expanded', String(isOpen));
}

/** Opens the banner again with the choice made earlier, so that it can be changed. */
function reopen() {
  const choice = read();
  for (const box of boxes()) {
    box.checked = choice === 'grant' || (choice?.purposes ?? []).includes(box.name);
  }
  byId('banner').hidden = false;
  expand(true);
  byId('banner-title').focus();
}

/** Tells the tag what is known, or asks. */
export function startConsent() {
  byId('accept').addEventListener('click', () => decide('grant'));
  byId('refuse').addEventListener('click', () => decide('refuse'));
  byId('choose').addEventListener('click', () => {
    expand(true);
    boxes()[0].focus();
  });
  byId('save').addEventListener('click', () => {
    const purposes = boxes()
      .filter((box) => box.checked)
      .map((box) => box.name);
    decide(purposes.length === 0 ? 'refuse' : { purposes });
  });
  byId('privacy-choices').addEventListener('click', reopen);
  const choice = read();
  if (choice === null) byId('banner').hidden = false;
  else tellConsent(choice);
}
