// examples/shop/pages.js: what each page shows. Built with DOM calls only, so that the page's CSP needs no exception.

const pounds = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });
const count = new Intl.NumberFormat('en-GB');
export const money = (pence) => pounds.format(pence / 100);

/** Makes an element; `on…` attributes are listeners. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

const link = (href, attributes, ...children) => make('a', { href, 'data-link': true, ...attributes }, ...children);
const heading = (text) => make('h1', { tabindex: '-1' }, text);
const drawing = (product, attributes = {}) =>
  make('img', { src: `/art/${product.id}.svg`, alt: '', width: '400', height: '400', ...attributes });
const total = (lines) => lines.reduce((sum, line) => sum + line.product.pence * line.quantity, 0);

const card = (product) =>
  link(
    `/product/${product.id}`,
    { class: 'card' },
    make('span', { class: 'card-art' }, drawing(product, { loading: 'lazy' })),
    make('span', { class: 'card-name' }, product.title),
    make(
      'span',
      { class: 'card-foot' },
      make('span', { class: 'price' }, money(product.pence)),
      make('span', { class: 'sold' }, `${count.format(product.pieces)} sold`),
    ),
  );

export function homePage(products) {
  const [first, ...others] = products;
  return [
    make(
      'section',
      { class: 'hero' },
      make(
        'div',
        { class: 'hero-text' },
        make('p', { class: 'eyebrow' }, 'Spring 2011, as it was'),
        heading('Small things for happy houses.'),
        make(
          'p',
          { class: 'lead' },
          'Bunting, teacups and a very good jumbo bag: twelve things that a real British gift shop sold by the ' +
            'thousand, at the prices it sold them for.',
        ),
        link(`/product/${first.id}`, { class: 'button' }, 'See the favourite'),
      ),
      link(`/product/${first.id}`, { class: 'hero-art', 'aria-label': first.title }, drawing(first)),
    ),
    make(
      'section',
      { 'aria-labelledby': 'list-title' },
      make('h2', { id: 'list-title' }, 'Bestsellers'),
      make('div', { class: 'grid' }, card(first), ...others.map(card)),
    ),
  ];
}

function quantityPicker(label, value, max, onchange) {
  const input = make('input', {
    type: 'number',
    min: '1',
    max: String(max),
    value: String(value),
    inputmode: 'numeric',
    'aria-label': label,
  });
  const set = (quantity) => {
    const sound = Math.min(Math.max(Math.trunc(quantity) || 1, 1), max);
    input.value = String(sound);
    onchange?.(sound);
  };
  input.addEventListener('change', () => set(Number(input.value)));
  const step = (by, text, name) =>
    make(
      'button',
      { type: 'button', 'aria-label': `${name}: ${label}`, onclick: () => set(Number(input.value) + by) },
      text,
    );
  return {
    input,
    element: make('div', { class: 'quantity' }, step(-1, '−', 'One less'), input, step(1, '+', 'One more')),
  };
}

export function productPage(product, related, max, add) {
  const picker = quantityPicker('Quantity', 1, max);
  return [
    make(
      'nav',
      { class: 'crumbs', 'aria-label': 'Breadcrumb' },
      link('/', {}, 'Bestsellers'),
      ' / ',
      make('span', { 'aria-current': 'page' }, product.title),
    ),
    make(
      'article',
      { class: 'product' },
      make('div', { class: 'product-art' }, drawing(product)),
      make(
        'div',
        { class: 'product-text' },
        heading(product.title),
        make('p', { class: 'price big' }, money(product.pence)),
        make(
          'p',
          { class: 'lead' },
          `On ${count.format(product.invoices)} invoices between December 2010 and June 2011, ` +
            `${count.format(product.pieces)} pieces in all.`,
        ),
        make(
          'div',
          { class: 'buy' },
          picker.element,
          make(
            'button',
            { type: 'button', class: 'button', id: 'add', onclick: () => add(Number(picker.input.value)) },
            'Add to basket',
          ),
        ),
        make(
          'dl',
          { class: 'facts' },
          make('dt', {}, 'Stock code'),
          make('dd', {}, product.id),
          make('dt', {}, 'In the books as'),
          make('dd', {}, product.name),
        ),
      ),
    ),
    make(
      'section',
      { 'aria-labelledby': 'with-title' },
      make('h2', { id: 'with-title' }, 'Most often bought with it'),
      make('div', { class: 'grid three' }, ...related.map(card)),
    ),
  ];
}

const emptyBasket = () => [
  make(
    'section',
    { class: 'empty' },
    heading('Your basket is empty'),
    make('p', { class: 'lead' }, 'There is bunting to be had.'),
    link('/', { class: 'button' }, 'To the bestsellers'),
  ),
];

export function basketPage(lines, max, change) {
  if (lines.length === 0) return emptyBasket();
  return [
    heading('Your basket'),
    make(
      'div',
      { class: 'split' },
      make(
        'ul',
        { class: 'lines' },
        ...lines.map(({ product, quantity }) =>
          make(
            'li',
            {},
            link(
              `/product/${product.id}`,
              { class: 'line-art', tabindex: '-1', 'aria-hidden': 'true' },
              drawing(product),
            ),
            make(
              'div',
              { class: 'line-text' },
              link(`/product/${product.id}`, {}, product.title),
              make('span', { class: 'sold' }, `${money(product.pence)} each`),
            ),
            quantityPicker(product.title, quantity, max, (next) => change(product, next)).element,
            make('strong', { class: 'line-sum' }, money(product.pence * quantity)),
            make(
              'button',
              {
                type: 'button',
                class: 'text-button',
                'aria-label': `Remove ${product.title}`,
                onclick: () => change(product, 0),
              },
              'Remove',
            ),
          ),
        ),
      ),
      summary(lines, link('/checkout', { class: 'button wide', id: 'checkout' }, 'Go to checkout')),
    ),
  ];
}

const summary = (lines, action) =>
  make(
    'aside',
    { class: 'summary', 'aria-label': 'Summary' },
    make(
      'dl',
      {},
      make('dt', {}, 'Items'),
      make('dd', {}, money(total(lines))),
      make('dt', {}, 'Delivery'),
      make('dd', {}, 'None'),
      make('dt', { class: 'sum' }, 'Total'),
      make('dd', { class: 'sum' }, money(total(lines))),
    ),
    action,
  );

export function checkoutPage(lines, place) {
  if (lines.length === 0) return emptyBasket();
  return [
    heading('Checkout'),
    make(
      'div',
      { class: 'split' },
      make(
        'div',
        { class: 'panel' },
        make('h2', {}, 'What you would get'),
        make(
          'ul',
          { class: 'plain' },
          ...lines.map(({ product, quantity }) =>
            make(
              'li',
              {},
              make('span', {}, `${quantity} × ${product.title}`),
              make('span', {}, money(product.pence * quantity)),
            ),
          ),
        ),
        make(
          'p',
          { class: 'notice' },
          'This shop is a demonstration: it asks for no name, address or card, and takes no money. ' +
            'Placing the order does nothing but tell hushtag of a purchase.',
        ),
      ),
      summary(
        lines,
        make('button', { type: 'button', class: 'button wide', id: 'place', onclick: place }, 'Place the order'),
      ),
    ),
  ];
}

export function thanksPage(order) {
  return [
    make(
      'section',
      { class: 'empty' },
      heading('Thank you!'),
      make(
        'p',
        { class: 'lead' },
        order === undefined ? 'There is no order to show.' : 'Your order ',
        ...(order === undefined
          ? []
          : [make('strong', { id: 'order' }, order), ' is placed, in a manner of speaking.']),
      ),
      link('/', { class: 'button' }, 'Look around some more'),
    ),
  ];
}

export function privacyPage(openChoices) {
  const row = (name, text) => [make('dt', {}, name), make('dd', {}, text)];
  return [
    make(
      'article',
      { class: 'prose' },
      heading('What is collected here'),
      make(
        'p',
        { class: 'lead' },
        "One script, hushtag, tells this shop's own collector what is looked at and bought. Nobody else is told.",
      ),
      make(
        'dl',
        { class: 'facts' },
        ...row(
          'Before you choose',
          'Pages and products seen, under a key that is thrown away with the day. Your network address is never stored.',
        ),
        ...row(
          'If you accept',
          'The same, with a random number that this browser keeps for up to thirteen months, so that visits can be joined.',
        ),
        ...row('If you refuse', 'Events are only counted, with nothing that joins two of them.'),
        ...row(
          'In this browser',
          'Your basket (until the tab closes), your choice, and after consent the random number.',
        ),
      ),
      make('p', {}, make('button', { type: 'button', class: 'button', onclick: openChoices }, 'Change my choice')),
    ),
  ];
}

export function missingPage() {
  return [
    make(
      'section',
      { class: 'empty' },
      heading('Nothing here'),
      make('p', { class: 'lead' }, 'This page is not in the shop.'),
      link('/', { class: 'button' }, 'To the bestsellers'),
    ),
  ];
}
