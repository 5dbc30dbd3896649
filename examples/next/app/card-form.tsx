'use client';
// The card fields: frames of the Elements origin, which this page cannot look into.
import { OzError, OzVault } from '@ozura/elements';
import { type FormEvent, useEffect, useRef, useState } from 'react';

interface Props {
  readonly product: string;
  readonly elementsUrl?: string | undefined;
  readonly pubKey?: string | undefined;
}

const BILLING = {
  firstName: 'Ines',
  lastName: 'Duarte',
  email: 'ines@example.com',
  phone: '+14155550134',
  address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
};

const field = { border: '1px solid #889', borderRadius: 6, padding: '.5rem', height: '2.5rem', marginBottom: '.75rem' };

export function CardForm({ product, elementsUrl, pubKey }: Props) {
  const vault = useRef<OzVault | undefined>(undefined);
  const [message, setMessage] = useState('');

  useEffect(() => {
    const closing = new AbortController();
    const options = {
      sessionUrl: '/api/oz-session',
      ...(elementsUrl && { frameBaseUrl: elementsUrl }),
      ...(pubKey && { pubKey }),
    };
    OzVault.create(options, closing.signal).then(
      (opened) => {
        if (closing.signal.aborted) return opened.destroy();
        vault.current = opened;
        opened.createElement('cardNumber').mount('#card-number');
        opened.createElement('expirationDate').mount('#expiration-date');
        opened.createElement('cvv').mount('#cvv');
      },
      // Called off by the clean-up below, which React runs twice in development.
      (error: Error) => closing.signal.aborted || setMessage(error.message),
    );
    return () => {
      closing.abort();
      vault.current?.destroy();
      vault.current = undefined;
    };
  }, [elementsUrl, pubKey]);

  const pay = async (event: FormEvent) => {
    event.preventDefault();
    setMessage('One moment …');
    try {
      const token = await vault.current?.createToken({ billing: BILLING });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch('/api/charge', {
        method: 'POST',
        headers,
        body: JSON.stringify({ product, ...token }),
      });
      const { error, amount, cardLastFour } = await answer.json();
      setMessage(answer.ok ? `Paid $${amount} with the card ending in ${cardLastFour}` : error);
    } catch (error) {
      setMessage(error instanceof OzError ? error.message : 'Something went wrong. Nothing was charged.');
    }
  };

  return (
    <form onSubmit={pay}>
      <div id="card-number" style={field} />
      <div id="expiration-date" style={field} />
      <div id="cvv" style={field} />
      <button type="submit">Pay</button>
      <p role="status">{message}</p>
    </form>
  );
}
