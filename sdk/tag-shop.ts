// sdk/tag-shop.ts: entry of dist/tag.shop.js: Full and the reader of the dataLayer, by one script tag.
import { runScript } from './script.ts';
import { startShop } from './shop.ts';

runScript(startShop);
