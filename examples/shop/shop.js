// examples/shop/shop.js: addresses to pages, with real history navigation.
import { empty, linesOf, QUANTITY_MAX, setQuantity } from './basket.js';
import { startConsent } from './consent.js';
import { basketPage, checkoutPage, homePage, missingPage, privacyPage, productPage, thanksPage } from './pages.js';
import { tellAdd, tellBasket, tellCheckout, tellPurchase, tellRemove, tellView } from './tracking.js';

const SHOP = 'Marigold & Finch';
const TOAST_MS = 4000;
const main = document.getElementById('main');
const { products } = await (await fetch('/products.json')).json();
const productOf = (id) => products.find((product) => product.id === id);
let toastTimer = 0;

function toast(text) {
  const element = document.getElementById('toast');
  element.textContent = text;
  element.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => element.classList.remove('shown'), TOAST_MS);
}

function countBasket() {
  const pieces = linesOf(products).reduce((sum, line) => sum + line.quantity, 0);
  const badge = document.getElementById('basket-count');
  badge.textContent = String(pieces);
  badge.setAttribute('aria-label', pieces === 1 ? '1 item' : `${pieces} items`);
}

function add(product, quantity) {
  const before = linesOf(products).find((line) => line.product === product)?.quantity ?? 0;
  setQuantity(product.id, before + quantity);
  countBasket();
  tellAdd(product, quantity);
  toast(`${quantity} × ${product.title} added to your basket`);
}

function change(product, quantity) {
  const before = linesOf(products).find((line) => line.product === product)?.quantity ?? 0;
  setQuantity(product.id, quantity);
  countBasket();
  if (quantity > before) tellAdd(product, quantity - before);
  if (quantity < before) tellRemove(product, before - quantity);
  main.replaceChildren(...basketPage(linesOf(products), QUANTITY_MAX, change));
}

function place() {
  const lines = linesOf(products);
  const order = `W${crypto.getRandomValues(new Uint32Array(1))[0].toString(36).toUpperCase().padStart(7, '0')}`;
  tellPurchase(order, lines);
  empty();
  countBasket();
  go('/thanks', { order });
}

/** The page of an address: its title, what it shows, and what it tells the tag once it is shown. */
function pageOf(path, state) {
  const product = path.startsWith('/product/') ? productOf(path.slice('/product/'.length)) : undefined;
  const lines = linesOf(products);
  if (product !== undefined) {
    const related = product.boughtWith.map(productOf);
    const view = productPage(product, related, QUANTITY_MAX, (quantity) => add(product, quantity));
    return { title: product.title, view, tell: () => tellView(product) };
  }
  switch (path) {
    case '/':
      return { title: 'Bestsellers', view: homePage(products) };
    case '/basket':
      return {
        title: 'Basket',
        view: basketPage(lines, QUANTITY_MAX, change),
        tell: () => lines.length > 0 && tellBasket(lines),
      };
    case '/checkout':
      return {
        title: 'Checkout',
        view: checkoutPage(lines, place),
        tell: () => lines.length > 0 && tellCheckout(lines),
      };
    case '/thanks':
      return { title: 'Thank you', view: thanksPage(state?.order) };
    case '/privacy':
      return { title: 'Privacy', view: privacyPage(() => document.getElementById('privacy-choices').click()) };
    default:
      return { title: 'Nothing here', view: missingPage() };
  }
}

function show({ isFirst }) {
  const { title, view, tell } = pageOf(location.pathname, history.state);
  document.title = `${title} · ${SHOP}`;
  main.replaceChildren(...view);
  for (const anchor of document.querySelectorAll('header nav a')) {
    anchor.toggleAttribute('aria-current', anchor.pathname === location.pathname);
  }
  // A screen reader is told of the new page by moving to its heading; on load the browser does that itself.
  if (!isFirst) main.querySelector('h1')?.focus({ preventScroll: true });
  tell?.();
}

function go(path, state = null) {
  history.pushState(state, '', path);
  scrollTo(0, 0);
  show({ isFirst: false });
}

document.addEventListener('click', (event) => {
  const anchor = event.target.closest?.('a[data-link]');
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!anchor || !isPlain) return;
  event.preventDefault();
  if (anchor.pathname !== location.pathname) go(anchor.pathname);
});
addEventListener('popstate', () => show({ isFirst: false }));
startConsent();
countBasket();
show({ isFirst: true });
