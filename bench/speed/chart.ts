// Line charts as SVG: one panel beside the other, a logarithmic y axis, one legend. Readable on light and on dark pages.

export interface Chart {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Names of the places on the x axis, left to right. */
  readonly places: readonly string[];
  readonly xLabel: string;
  readonly yLabel: string;
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly name: string;
  /** One for each place; absent ones interrupt nothing, they are left out. */
  readonly values: readonly (number | undefined)[];
}

const panel = { width: 360, height: 260, left: 56, top: 56, gap: 48 } as const;
const legend = { top: 44, rowHeight: 20, columnWidth: 260 } as const;
const COLORS = ['#2563eb', '#d97706', '#059669', '#dc2626', '#7c3aed', '#0891b2', '#be185d', '#65a30d'];
const DARK_COLORS = ['#60a5fa', '#fbbf24', '#34d399', '#f87171', '#a78bfa', '#22d3ee', '#f472b6', '#a3e635'];

export function drawChart({ title, panels, places, xLabel, yLabel }: Chart): string {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const width = panel.left + panels.length * (panel.width + panel.gap);
  const columns = Math.max(1, Math.floor((width - panel.left) / legend.columnWidth));
  const legendTop = panel.top + panel.height + legend.top;
  const height = legendTop + Math.ceil(names.length / columns) * legend.rowHeight + 8;
  const y = scaleOf(panels.flatMap(({ lines }) => lines.flatMap(({ values }) => values)).filter(isPositive));
  const drawn = panels.map((one, i) => {
    const left = panel.left + i * (panel.width + panel.gap);
    return `<g transform="translate(${left} ${panel.top})">${panelOf(one, { names, places, xLabel, y })}</g>`;
  });
  const keys = names.map((name, i) => {
    const [x, top] = [
      panel.left + (i % columns) * legend.columnWidth,
      legendTop + Math.floor(i / columns) * legend.rowHeight,
    ];
    return `<g transform="translate(${x} ${top})">${line(i, `M0 0H22`)}${mark(i, 11, 0)}${label(30, 4, name)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${style()}</style>
<rect class="page" width="${width}" height="${height}" rx="6"/>
<text class="title" x="${panel.left - 40}" y="22">${escaped(title)}</text>
<text class="quiet" x="${panel.left - 40}" y="40">${escaped(yLabel)}</text>
${drawn.join('\n')}
${keys.join('\n')}
</svg>
`;
}

interface Frame {
  readonly names: readonly string[];
  readonly places: readonly string[];
  readonly xLabel: string;
  readonly y: Scale;
}

function panelOf({ title, lines }: Panel, { names, places, xLabel, y }: Frame): string {
  const { width, height } = panel;
  const step = width / places.length;
  const xOf = (i: number): number => round(step * (i + 0.5));
  const yOf = (value: number): number => round(height * (1 - y.share(value)));
  const grid = y.ticks.map(
    (tick) => `<path class="grid" d="M0 ${yOf(tick)}H${width}"/>${label(-8, yOf(tick) + 4, short(tick), 'end')}`,
  );
  const below = places.map((place, i) => label(xOf(i), height + 16, place, 'middle'));
  const drawn = lines.map(({ name, values }) => {
    const points = values.flatMap((value, i) => (isPositive(value) ? [[xOf(i), yOf(value)] as const] : []));
    const path = points.map(([x, top], i) => `${i === 0 ? 'M' : 'L'}${x} ${top}`).join('');
    const which = names.indexOf(name);
    return line(which, path) + points.map(([x, top]) => mark(which, x, top)).join('');
  });
  return [
    `<text class="panel" x="${width / 2}" y="-6" text-anchor="middle">${escaped(title)}</text>`,
    ...grid,
    `<path class="axis" d="M0 0V${height}H${width}"/>`,
    ...below,
    `<text class="quiet" x="${width / 2}" y="${height + 32}" text-anchor="middle">${escaped(xLabel)}</text>`,
    ...drawn,
  ].join('\n');
}

interface Scale {
  readonly ticks: readonly number[];
  /** 0 at the bottom, 1 at the top. */
  share(value: number): number;
}

/** From a round number below the smallest to one above the largest, in steps of 1, 2, 5. */
function scaleOf(values: readonly number[]): Scale {
  const steps: number[] = [];
  for (let power = -2; power <= 7; power += 1) for (const digit of [1, 2, 5]) steps.push(digit * 10 ** power);
  const [least, most] = [Math.min(...values, 1e7), Math.max(...values, 0.01)];
  const low = steps.findLast((step) => step <= least) ?? 0.01;
  const high = steps.find((step) => step >= most && step > low) ?? 1e7;
  const all = steps.filter((step) => step >= low && step <= high);
  // Many powers of ten have room for those alone.
  const ticks = all.length > 9 ? all.filter((step) => Number.isInteger(Math.round(Math.log10(step) * 1e6) / 1e6)) : all;
  return { ticks, share: (value) => Math.log(value / low) / Math.log(high / low) };
}

const isPositive = (value: number | undefined): value is number => value !== undefined && value > 0;
const round = (value: number): number => Math.round(value * 10) / 10;
const short = (value: number): string => (value >= 1_000 ? `${value / 1_000}k` : String(round(value * 10) / 10));
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const line = (which: number, path: string): string => `<path class="line c${which % COLORS.length}" d="${path}"/>`;
const mark = (which: number, x: number, y: number): string =>
  `<circle class="mark m${which % COLORS.length}" cx="${x}" cy="${y}" r="3.5"/>`;
const label = (x: number, y: number, text: string, anchor = 'start'): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`;

const paint = (colors: readonly string[]): string =>
  colors.map((color, i) => `.c${i}{stroke:${color}}.m${i}{fill:${color}}`).join('');

const style = (): string => `
text{font:12px system-ui,sans-serif;fill:#374151}.title{font-size:15px;font-weight:600;fill:#111827}.panel{font-weight:600}
.quiet{fill:#6b7280}.page{fill:#fff}.grid{stroke:#e5e7eb}.axis{stroke:#9ca3af;fill:none}.line{fill:none;stroke-width:2}${paint(COLORS)}
@media (prefers-color-scheme:dark){text{fill:#d1d5db}.title{fill:#f9fafb}.quiet{fill:#9ca3af}.page{fill:#111827}.grid{stroke:#374151}
.axis{stroke:#6b7280}${paint(DARK_COLORS)}}
`;
