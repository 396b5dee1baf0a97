/** How the page looks: on paper, by day and by night. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#faf9f6;--card:#fff;--ink:#1d2126;--muted:#626a73;--line:#e2dfd7;--soft:#f1efe9;--accent:#2d5bd0;
--passed:#1a7f4b;--failed:#c2362b;--skipped:#8f6400;--broken:#6b4bb0;--passed-soft:#e3f2e9;--failed-soft:#fbe9e7;--skipped-soft:#f8efd9;--broken-soft:#efeafa}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--paper:#15181c;--card:#1c2026;--ink:#e6e7e4;--muted:#9aa3ad;--line:#30363e;--soft:#242931;--accent:#86a8ff;
--passed:#5cc48d;--failed:#ff8a7d;--skipped:#e0b458;--broken:#b79cff;--passed-soft:#1b3327;--failed-soft:#3d2220;--skipped-soft:#372e18;--broken-soft:#2c2542}}
:root[data-theme=dark]{color-scheme:dark;--paper:#15181c;--card:#1c2026;--ink:#e6e7e4;--muted:#9aa3ad;--line:#30363e;--soft:#242931;--accent:#86a8ff;
--passed:#5cc48d;--failed:#ff8a7d;--skipped:#e0b458;--broken:#b79cff;--passed-soft:#1b3327;--failed-soft:#3d2220;--skipped-soft:#372e18;--broken-soft:#2c2542}
:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}
html{scroll-padding-top:4.5rem;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,header.top{max-width:1120px;margin:0 auto;padding:0 24px}
code,pre,.id,.sequence,kbd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
a{color:var(--accent)}
.duty code,.what code{font-size:.92em;background:var(--soft);border-radius:4px;padding:.05em .3em}
h1,h2,h3,h4,p{margin:0}
h2{font-size:1.25rem;letter-spacing:-.01em;margin:3rem 0 1rem}
h2 small{font-weight:400;color:var(--muted);font-size:.95rem;margin-left:.5rem}
.muted{color:var(--muted)}
.passed{--tone:var(--passed);--tint:var(--passed-soft)}.failed,.hang,.not_reached{--tone:var(--failed);--tint:var(--failed-soft)}.slow{--tone:var(--skipped);--tint:var(--skipped-soft)}
.skipped,.partial,.warned{--tone:var(--skipped);--tint:var(--skipped-soft)}.broken{--tone:var(--broken);--tint:var(--broken-soft)}
.conformant{--tone:var(--passed);--tint:var(--passed-soft)}.untested,.unchecked{--tone:var(--muted);--tint:var(--soft)}
.mark{display:inline-block;padding:.08rem .5rem;border-radius:99px;background:var(--tint);color:var(--tone);font-size:.78rem;font-weight:600;white-space:nowrap}
header.top{padding-top:40px!important}
.kicker{display:flex;justify-content:space-between;gap:16px;align-items:center;color:var(--muted);font-size:.9rem}
.verdict{margin-top:20px;padding:26px 28px;background:var(--card);border:1px solid var(--line);border-radius:14px;border-left:6px solid var(--tone)}
.verdict h1{font-size:2.3rem;line-height:1.15;letter-spacing:-.025em;font-weight:700;overflow-wrap:anywhere}
.verdict .word{color:var(--tone)}
.verdict>p{margin-top:6px;font-size:1.02rem}.verdict dl{display:flex;flex-wrap:wrap;gap:6px 28px;margin:14px 0 0;font-size:.9rem}
dl div{display:flex;gap:.5rem}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:14px;margin-top:14px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px}
.tile b{display:block;font-size:1.75rem;line-height:1.2;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tile b small{font-size:1rem;font-weight:400;color:var(--muted)}
.tile span{color:var(--muted);font-size:.86rem}
svg.bar{display:block;width:100%;height:6px;margin-top:10px;border-radius:3px;background:var(--soft)}
.bar .p{fill:var(--passed)}.bar .f{fill:var(--failed)}.bar .s,.bar .w{fill:var(--skipped)}.bar .b{fill:var(--broken)}
.map{display:flex;flex-wrap:wrap;gap:16px 26px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px}
.map figure{margin:0}.map figcaption{font-size:.78rem;color:var(--muted);margin-bottom:5px}
.map div{display:flex;flex-wrap:wrap;gap:3px;max-width:330px}
.cell{width:12px;height:12px;border-radius:3px;background:var(--tone);display:block}.cell.passed{opacity:.55}
.cell:hover,.cell:focus-visible{opacity:1;outline:2px solid var(--tone);outline-offset:1px}
.profiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:14px}
.profile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px}
.profile header{display:flex;justify-content:space-between;align-items:center;gap:10px}
.profile h3{font-size:1rem;font-weight:600}.profile p{font-size:.86rem;color:var(--muted);margin-top:4px}
.failure{background:var(--card);border:1px solid var(--line);border-radius:14px;margin-bottom:20px;overflow:hidden;border-top:3px solid var(--tone)}
.failure>*{padding:0 24px}
.failure .said{padding-top:20px}.failure .said>p.muted{margin-top:14px;font-size:.9rem}
.failure h3{font-size:1.1rem;margin-top:6px;letter-spacing:-.01em}
.said .message{margin-top:12px;padding:12px 16px;background:var(--tint);border-radius:8px;overflow-wrap:anywhere;white-space:pre-wrap}
.said .message b{color:var(--tone)}
.duty{margin:14px 0 0;padding:2px 0 2px 16px;border-left:3px solid var(--line);font-size:1.02rem}
.duty .id{font-size:.8rem;color:var(--muted);display:block;font-family:inherit}.duty .id a,.duty .id b{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.id{font-size:.82rem;overflow-wrap:anywhere}
.replay{display:flex;gap:10px;align-items:center;margin:18px 0 0;padding-bottom:20px}
.replay code{flex:1;background:var(--soft);border-radius:8px;padding:9px 14px;font-size:.84rem;overflow-x:auto;white-space:nowrap}
button,input{font:inherit;color:inherit}
button{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.35rem .8rem;cursor:pointer;font-size:.86rem}
button:hover{border-color:var(--muted)}button[aria-pressed=true]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.scroll{overflow-x:auto;margin-top:18px;padding:4px 24px 8px;border-top:1px solid var(--line);background:linear-gradient(var(--soft),transparent 60px)}
.sequence{display:block;margin:8px auto;font-size:12px}
.lane line{stroke:var(--line);stroke-width:1.5}.lane rect{fill:var(--card);stroke:var(--line)}.lane text{fill:var(--ink);text-anchor:middle;font-weight:600;font-size:12px}
.lane.testee rect{fill:var(--ink);stroke:var(--ink)}.lane.testee text{fill:var(--paper)}
.moment text{fill:var(--ink)}.moment .time{fill:var(--muted);text-anchor:end;font-size:10.5px}
.moment .label{text-anchor:middle;font-size:11.5px;paint-order:stroke;stroke:var(--card);stroke-width:4px}
.moment .shaft{stroke:var(--accent);stroke-width:1.5}.moment .head{fill:var(--accent)}.moment .end{stroke:var(--accent);stroke-width:1.8;fill:var(--card)}
.moment.contract .shaft{stroke:var(--muted);stroke-dasharray:4 3}.moment.contract .head{fill:var(--muted)}
.moment.closed .shaft,.moment.closed .end{stroke:var(--muted)}.moment.opened .shaft{stroke:var(--muted);stroke-dasharray:1 3}.moment.opened .end{stroke:var(--muted)}
.moment.evidence .shaft,.moment.fault .shaft,.moment.evidence .end{stroke:var(--failed);stroke-width:2.2}.moment.evidence .head,.moment.fault .head{fill:var(--failed)}
.moment.evidence .label,.moment.fault .label{fill:var(--failed);font-weight:700}
.moment .hit{fill:transparent}.moment:hover .hit{fill:var(--accent);opacity:.08}.moment .band{fill:var(--soft)}.moment .told{fill:var(--muted);font-size:11.5px}
details>summary{cursor:pointer}
.entries{padding-bottom:20px!important}
.entries>summary{padding:10px 0;color:var(--muted);font-size:.88rem}
.entry{border-top:1px solid var(--line);font-size:.86rem}.entry>summary{padding:5px 0;display:flex;gap:12px;overflow-wrap:anywhere}
.entry .when{color:var(--muted);min-width:64px;text-align:right;font-variant-numeric:tabular-nums}.entry.evidence>summary{color:var(--failed);font-weight:600}
pre{margin:6px 0 12px;padding:12px 14px;background:var(--soft);border-radius:8px;overflow-x:auto;font-size:.78rem;line-height:1.5}
.tools{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--line);padding:10px 0;display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.tools input{flex:1;min-width:180px;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.4rem .8rem}
.list{background:var(--card);border:1px solid var(--line);border-radius:12px;margin-top:14px;overflow:hidden}
.row{border-top:1px solid var(--line);padding:0}.row:first-child{border-top:0}
.row>summary,.row>.flat{display:grid;grid-template-columns:104px minmax(0,1fr) auto;gap:12px;padding:8px 18px;align-items:baseline;list-style:none}
.row>summary::-webkit-details-marker{display:none}.row>summary:hover{background:var(--soft)}
.row .what .id{color:var(--muted);display:block}.row .far{color:var(--muted);font-size:.84rem;white-space:nowrap;font-variant-numeric:tabular-nums;text-align:right}
.row .body{padding:2px 18px 14px 134px}.row .body ul{margin:0;padding-left:0;list-style:none}.row .body li{padding:3px 0;font-size:.9rem}
.none{display:none;padding:18px;color:var(--muted);text-align:center}.list.empty .none{display:block}
[hidden]{display:none!important}
footer{max-width:1120px;margin:56px auto 40px;padding:18px 24px 0;color:var(--muted);font-size:.84rem}
@media (max-width:760px){.tiles{grid-template-columns:repeat(2,1fr)}.verdict h1{font-size:1.7rem}.row>summary,.row>.flat{grid-template-columns:1fr auto}.row .what{grid-column:1/-1;grid-row:2}.row .body{padding-left:18px}main,header.top{padding:0 14px}.failure>*{padding:0 14px}}
@media print{:root,:root:not([data-theme=light]),:root[data-theme=dark]{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--muted:#555;--line:#ccc;--soft:#f4f4f4;--accent:#2d5bd0;--passed:#1a7f4b;--failed:#c2362b;--skipped:#8f6400;--broken:#6b4bb0;--passed-soft:#fff;--failed-soft:#fff;--skipped-soft:#fff;--broken-soft:#fff}
body{font-size:11px}.tools,button,.entries{display:none!important}.failure,.profile,.tile,.row{break-inside:avoid}.sequence{width:100%;height:auto}.scroll{overflow:visible}.replay code{white-space:normal}h2{break-after:avoid}*{print-color-adjust:exact}}
`
