// examples/shop/tracking.js: the shop's words to hushtag, in GA4's names. This is all a shop has to write.
const CURRENCY = 'GBP';

/** Calls the tag; calls made before it has loaded wait in a list that the tag reads when it comes. */
function tell(call, ...given) {
  window.hushtag ??= [];
  if (Array.isArray(window.hushtag)) window.hushtag.push([call, ...given]);
  else window.hushtag[call](...given);
}

const itemOf = ({ product, quantity }) => ({
  item_id: product.id,
  item_name: product.name,
  price: product.pence / 100,
  quantity,
});
const commerceOf = (lines) => ({
  currency: CURRENCY,
  value: lines.reduce((sum, line) => sum + line.product.pence * line.quantity, 0) / 100,
  items: lines.map(itemOf),
});

/** `choice` is 'grant', 'refuse' or { purposes: [...] }. */
export const tellConsent = (choice) => tell('consent', choice);
export const tellView = (product) => tell('view_item', commerceOf([{ product, quantity: 1 }]));
export const tellAdd = (product, quantity) => tell('add_to_cart', commerceOf([{ product, quantity }]));
export const tellRemove = (product, quantity) => tell('remove_from_cart', commerceOf([{ product, quantity }]));
export const tellBasket = (lines) => tell('view_cart', commerceOf(lines));
export const tellCheckout = (lines) => tell('begin_checkout', commerceOf(lines));
export const tellPurchase = (order, lines) => tell('purchase', { transaction_id: order, ...commerceOf(lines) });
