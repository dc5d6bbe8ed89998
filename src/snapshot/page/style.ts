import type { CertificateStatus } from '../snapshot.js';
import { type Axis, place, placeRules } from './axis.js';

/** The style of the page. Every colour of text has a contrast of 4.5 : 1 or more. */
export function styleText(certificates: readonly CertificateStatus[], axis: Axis): string {
  const root = `:root{color-scheme:light dark;--now:${place(axis, axis.now)}%;${LIGHT}}`;
  return `${root}@media(prefers-color-scheme:dark){:root{${DARK}}}${RULES}${placeRules(certificates, axis)}`;
}

const LIGHT =
  '--page:#f5f6f8;--card:#fff;--line:#dfe3e8;--text:#1b2430;--faint:#57606c;--good:#1a6b43;--good-soft:#e0f2e7;' +
  '--bad:#b3231b;--bad-soft:#fdeae8;--doubtful:#845100;--doubtful-soft:#fdf1d8;--calm:#2f5fa8;--calm-soft:#e4edfa;' +
  '--life:#8fd0ab;--ill:#f2a9a2;--over:#d3dae1;--mark:#1b2430;--focus:#1f5fd0;';
const DARK =
  '--page:#10151b;--card:#19202a;--line:#2c3643;--text:#e6ebf1;--faint:#9ca8b6;--good:#7fd6a3;--good-soft:#16382a;' +
  '--bad:#ff9d94;--bad-soft:#47201f;--doubtful:#f0bf67;--doubtful-soft:#3d2f13;--calm:#9dc1fa;--calm-soft:#1d3050;' +
  '--life:#2f7d55;--ill:#8e3a36;--over:#333f4d;--mark:#f4f7fa;--focus:#8db6ff;';

const RULES = `
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:1240px;margin:0 auto;padding:0 20px}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 2px;letter-spacing:-.01em}
h2{font-size:1.1rem;margin:0 0 10px}
p{margin:0}
body{overflow-wrap:anywhere}
code{font:.92em ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
.faint{color:var(--faint)}
.small{font-size:.85rem}
a:focus-visible,input:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:4px}
header{padding-top:28px;padding-bottom:18px}
.verdict{display:flex;gap:14px;align-items:center}
.verdict svg{flex:none;width:44px;height:44px}
.verdict circle{fill:var(--good)}.verdict.bad circle{fill:var(--bad)}
.verdict path{fill:none;stroke:var(--card);stroke-width:4;stroke-linecap:round;stroke-linejoin:round}
.runs{margin-top:10px}
.chips{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:16px 0 0;padding:0}
.tag{display:inline-block;border-radius:99px;padding:1px 10px;font-size:.82rem;font-weight:600;white-space:nowrap;background:var(--over);color:var(--text)}
.good{background:var(--good-soft);color:var(--good)}
.person{background:var(--bad-soft);color:var(--bad)}
.warning{background:var(--doubtful-soft);color:var(--doubtful)}
.calm{background:var(--calm-soft);color:var(--calm)}
.doubt{margin-top:14px;padding:10px 14px;border-radius:8px;background:var(--doubtful-soft);color:var(--doubtful);font-weight:600}
main>section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:0 0 18px}
.attention{border-color:var(--bad);border-left-width:5px}
.attention ul{list-style:none;margin:0;padding:0}
.attention li+li{margin-top:12px;padding-top:12px;border-top:1px solid var(--line)}
.attention .hint{margin-top:2px}
.two{display:grid;align-items:start;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:18px;margin-bottom:18px}
.two>section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;min-width:0}
tbody th{min-width:6rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child>td,tr:last-child>th{border-bottom:0}
th,td{overflow-wrap:break-word}
tbody th{overflow-wrap:anywhere}
td:nth-child(3){min-width:8rem}
thead th{white-space:nowrap;color:var(--faint);font-weight:600;font-size:.85rem}
tbody th{font-weight:600}
.scroll{overflow:auto;max-height:16rem}
.days{display:block;width:100%;height:104px;overflow:visible}
.days .u{fill:var(--life)}.days .f{fill:var(--bad)}.days .b{fill:var(--line)}
.days text{fill:var(--faint);font-size:12px}
summary{cursor:pointer;color:var(--faint);font-size:.85rem;margin-top:8px}
.search{display:flex;gap:12px;align-items:center;margin:0 0 10px;flex-wrap:wrap}
.search[hidden]{display:none}
.search input{font:inherit;color:inherit;background:var(--page);border:1px solid var(--faint);border-radius:8px;padding:6px 12px;width:min(26rem,100%)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin-bottom:8px}
.legend span{display:inline-flex;align-items:center;gap:6px}
.legend svg{width:22px;height:14px}
.row,.head{display:grid;grid-template-columns:minmax(0,22rem) minmax(0,1fr) 8.5rem;gap:0 18px;align-items:center}
.head{position:sticky;top:0;background:var(--card);z-index:1;border-bottom:1px solid var(--line);padding:4px 0;font-size:.85rem;font-weight:600;color:var(--faint)}
.rows{list-style:none;margin:0;padding:0}
.row{content-visibility:auto;contain-intrinsic-size:auto 64px;min-height:64px;padding:8px 0;border-bottom:1px solid var(--line)}
.full{content-visibility:auto;contain-intrinsic-size:auto 6400px}
.searched .full{content-visibility:visible}
.row[hidden],.rows[hidden]{display:none}
.rows:last-child>.row:last-child{border-bottom:0}
.row bdi{font-weight:600}
.who{min-width:0}
.facts{color:var(--faint);font-size:.8rem;line-height:1.35;overflow-wrap:anywhere}
.left{font-variant-numeric:tabular-nums;font-size:.88rem;text-align:right}
.left small{display:block;color:var(--faint);font-size:.8rem}
.life{position:relative;min-width:0;align-self:stretch;display:grid;align-items:center}
.life::after{content:"";position:absolute;left:var(--now);top:-8px;bottom:-8px;width:2px;margin-left:-1px;background:var(--calm);opacity:.75}
.head .life::after{top:16px;bottom:-5px}
.bar{position:relative;height:26px;overflow:hidden;--left:var(--life)}.ill .bar{--left:var(--ill)}
.bar::before,.bar::after{content:"";position:absolute;inset:0;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.bar::before{top:8px;bottom:8px;background:linear-gradient(90deg,var(--over) var(--now),var(--left) 0);clip-path:inset(0 calc(100% - var(--u)) 0 var(--f) round 3px)}
.bar::after{background:linear-gradient(90deg,#0000 var(--c),var(--bad) 0 calc(var(--c) + 3px),#0000 0) 0 4px/100% 18px no-repeat,radial-gradient(circle at var(--r) 13px,var(--card) 3.75px,var(--mark) 4.25px 5.75px,#0000 6.25px)}
.key .l{fill:var(--life)}.key .o{fill:var(--over)}.key .c{fill:var(--bad);height:14px;width:3px;rx:1px}
.key circle{fill:var(--card);stroke:var(--mark);stroke-width:2px;cy:7px;r:5px}
.scale{display:block;width:100%;height:22px;overflow:hidden}
.scale .t{fill:var(--line);width:1px;y:16px;height:6px}
.scale text{fill:var(--faint);font-size:12px;text-anchor:middle}
.scale .n{fill:var(--calm);font-weight:700}
.none{color:var(--faint);font-size:.88rem;line-height:26px}
footer{padding-bottom:32px;color:var(--faint);font-size:.85rem}
@media(max-width:760px){
header,main,footer{padding-left:12px;padding-right:12px}
h1{font-size:1.35rem}
.two{grid-template-columns:minmax(0,1fr)}
main>section,.two>section{padding:14px}
.row,.head{grid-template-columns:minmax(0,1fr) auto;gap:2px 12px}
.row .who{grid-column:1}.row .left{grid-column:2;grid-row:1}.row .life{grid-column:1/-1}
.head>:not(.life){display:none}.head .life{grid-column:1/-1}
.row{contain-intrinsic-size:auto 104px}
.life::after{top:-2px;bottom:-9px}
}
@media print{.row{content-visibility:visible}.search{display:none}.head{position:static}}
`;
