// examples/shop/basket.js: what the visitor is about to buy, kept for as long as the tab is open.
const KEY = 'shop-basket';
export const QUANTITY_MAX = 99;

/** Storage may be blocked; then the basket lives as long as the page. */
let kept = {};
const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '{}') ?? {};
  } catch {
    return kept;
  }
};
const write = (quantities) => {
  kept = quantities;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(quantities));
  } catch {
    // Blocked or full.
  }
};

/** The basket as lines of known products, in the shop's order. */
export const linesOf = (products) => {
  const quantities = read();
  return products
    .map((product) => ({ product, quantity: Math.min(Math.trunc(Number(quantities[product.id]) || 0), QUANTITY_MAX) }))
    .filter((line) => line.quantity > 0);
};

/** Sets how many of a product there are; 0 takes it out. */
export const setQuantity = (id, quantity) => {
  const { [id]: _, ...others } = read();
  write(quantity > 0 ? { ...others, [id]: Math.min(quantity, QUANTITY_MAX) } : others);
};

export const empty = () => write({});
