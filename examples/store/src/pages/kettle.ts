// A drawing of the kettle, so that the shop loads nothing from elsewhere.
import { Html } from '../html.ts';

export const kettle = new Html(`<svg viewBox="0 0 320 300" role="img" aria-label="A blue enamel kettle">
<defs>
<linearGradient id="enamel" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#5b8def"/><stop offset=".55" stop-color="#2456b8"/><stop offset="1" stop-color="#173a80"/></linearGradient>
<linearGradient id="wood" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#e0b483"/><stop offset="1" stop-color="#b07c46"/></linearGradient>
</defs>
<ellipse cx="160" cy="272" rx="112" ry="12" fill="#000" opacity=".12"/>
<path d="M92 128C78 62 112 30 160 30s82 32 68 98" fill="none" stroke="#8b97ab" stroke-width="9" stroke-linecap="round"/>
<path d="M112 52c12-16 28-22 48-22s36 6 48 22" fill="none" stroke="url(#wood)" stroke-width="20" stroke-linecap="round"/>
<path d="M232 176c26-4 34-32 56-50l14 12c-22 30-24 76-72 82z" fill="url(#enamel)"/>
<path d="M286 124l18 15" stroke="#d8e3f8" stroke-width="5" stroke-linecap="round"/>
<path d="M72 196c0-50 36-84 88-84s88 34 88 84c0 36-12 58-26 70-4 4-10 6-16 6H114c-6 0-12-2-16-6-14-12-26-34-26-70z" fill="url(#enamel)"/>
<path d="M96 186c4-28 20-46 42-52" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="9" stroke-linecap="round"/>
<path d="M114 122c6-16 24-24 46-24s40 8 46 24z" fill="#2456b8"/>
<path d="M110 122h100" stroke="#d8e3f8" stroke-width="5" stroke-linecap="round"/>
<circle cx="160" cy="90" r="11" fill="url(#wood)"/>
</svg>`);
