// The shop window: one kettle and a button.
import { html } from '../html.ts';
import { price, product, quantityMax } from '../product.ts';
import { kettle } from './kettle.ts';
import { page } from './layout.ts';

const quantities = Array.from({ length: quantityMax }, (_, index) => index + 1);

export const productPage = (): string =>
  page({
    title: product.name,
    body: html`<article class="product">
<div class="picture">${kettle}</div>
<div class="details">
<p class="kind">For the stove</p>
<h1>${product.name}</h1>
<p class="price">${price(product.priceCents)}</p>
<p>Cobalt enamel on steel, a beech handle that stays cool, and a spout that pours where you point it.</p>
<form method="post" action="/buy">
<label for="quantity">Quantity</label>
<select id="quantity" name="quantity">${quantities.map((count) => html`<option>${count}</option>`)}</select>
<button>Buy now</button>
</form>
<p class="small">You pay on a secure checkout page. This shop never sees your card.</p>
</div>
</article>`,
  });
