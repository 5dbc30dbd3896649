// The frame of every page.
import type { ReactNode } from 'react';

export const metadata = { title: 'Blue Kettle' };

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: 'system-ui', maxWidth: '26rem', margin: '3rem auto' }}>{children}</body>
    </html>
  );
}
