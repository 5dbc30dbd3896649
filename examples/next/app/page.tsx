// The shop window, drawn on the server; only the form is a client component.
import { connection } from 'next/server';
import { CardForm } from './card-form.tsx';

export default async function Page() {
  // The address of the card fields is known when somebody asks, not when the page is built.
  await connection();
  return (
    <main>
      <h1>A blue kettle</h1>
      <p>$46.00, shipping included.</p>
      <CardForm product="kettle" elementsUrl={process.env.OZURA_ELEMENTS_URL} pubKey={process.env.OZURA_PUB_KEY} />
    </main>
  );
}
