// The three pages of the charity. What is inserted is an address of our own or of the Checkout API, or a payment's own facts.

interface Payment {
  readonly transactionId: string;
  readonly amount: string;
  readonly currency: string;
  readonly cardBrand: string;
  readonly cardLastFour: string;
}

export const donationPage = (linkUrl: string): string =>
  page(`<h1>A new roof for the Harbour Library</h1>
<p>Give what you like, by card. We never see your card.</p>
<p><a class="button" href="${linkUrl}">Donate</a></p>
<p><img src="${linkUrl}/qr.svg" width="180" height="180" alt="The same link as a QR code"></p>`);

export const thanksPage = ({ transactionId, amount, currency, cardBrand, cardLastFour }: Payment): string =>
  page(`<h1>Thank you</h1>
<p>You gave <strong>${amount} ${currency}</strong> with ${cardBrand} ···· ${cardLastFour}.</p>
<p>Receipt: ${transactionId}</p>`);

export const notPaidPage = (text: string): string =>
  page(`<h1>No donation</h1>
<p>${text}</p>
<p><a href="/">Back</a></p>`);

const page = (body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Harbour Library</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.1rem/1.5 system-ui; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; }
.button { display: inline-block; padding: .6rem 1.6rem; border-radius: .5rem; background: #2456b8; color: #fff; text-decoration: none; }
img { background: #fff; padding: .5rem; }
</style>
<main>
${body}
</main>
`;
