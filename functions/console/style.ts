// The console's one style sheet: two themes by the system's choice, nothing told by colour alone, cards instead of tables at 320 px.
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --page: #fff; --card: #f6f8fa; --link: #0550ae; --good: #116329; --bad: #a40e26; --warn: #7d4e00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --line: #3d444d; --page: #0d1117; --card: #161b22; --link: #79c0ff; --good: #56d364; --bad: #ff9492; --warn: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible, select:focus-visible, summary:focus-visible, section:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; } .skip:focus { position: static; }
.bar { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; align-items: center; }
header nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; list-style: none; }
header nav a { display: inline-block; min-height: 1.75rem; }
header nav a[aria-current] { font-weight: 700; color: var(--ink); text-decoration: none; border-bottom: 3px solid currentColor; }
.seen { color: var(--soft); border-block: 1px solid var(--line); padding: 0.35rem 0; margin: 0; } .seen + .seen { border-top: 0; } .seen strong { color: var(--ink); }
h1 { font-size: 1.5rem; margin: 1.25rem 0 0.5rem; } h2 { font-size: 1.125rem; margin: 1.75rem 0 0.5rem; } h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem; }
.badge { display: inline-block; padding: 0 0.5rem; border: 1px solid currentColor; border-radius: 0.25rem; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .plain { color: var(--soft); }
time { white-space: nowrap; } .note { color: var(--soft); }
.sentence { font-size: 1.25rem; line-height: 1.4; margin: 0.5rem 0 1rem; } .count strong { font-size: 2.5rem; } .effect { color: var(--soft); display: block; padding-left: 1.75rem; }
.act { display: inline-block; font-weight: 600; border: 1px solid currentColor; border-radius: 0.25rem; padding: 0 0.75rem; min-height: 1.75rem; text-decoration: none; } p > .act:only-child { background: var(--link); border-color: var(--link); color: var(--page); padding: 0.35rem 1rem; }
.quietly:empty { display: none; } .quietly { color: var(--soft); margin: 0; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding-bottom: 0.25rem; }
th, td { text-align: left; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; } td bdi, td code, td a { overflow-wrap: anywhere; } td { min-width: min(12ch, 10vw); } th, td button, td .badge { overflow-wrap: normal; white-space: nowrap; } .badge { max-width: 100%; } td .badge.wide { white-space: normal; overflow-wrap: break-word; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem 1rem; margin: 0.75rem 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 0.5rem 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem 1rem; margin: 0.75rem 0; }
.facts dt { color: var(--soft); font-size: 0.875rem; } .digest { font-weight: 600; letter-spacing: 0.01em; } .facts dd { margin: 0; }
.filters { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: end; }
ol.timeline, ul.rows { list-style: none; padding: 0; } ol.timeline > li, ul.rows > li { padding: 0.45rem 0; border-bottom: 1px solid var(--line); }
ol.timeline > .gap { color: var(--soft); text-align: center; border-bottom-style: dashed; }
ul.boxes { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.75rem; } ul.boxes > li { border: 1px solid var(--soft); border-radius: 0.5rem; padding: 0.5rem 1rem; background: var(--card); } ul.boxes ul { padding-left: 1rem; margin: 0.25rem 0; }
time, code, pre, textarea { font-family: ui-monospace, monospace; font-size: 0.9em; } pre { white-space: pre-wrap; background: var(--card); padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.25rem; }
button, input, textarea, select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--soft); border-radius: 0.25rem; padding: 0.35rem 0.75rem; min-height: 2.25rem; }
input, textarea { width: 100%; } select { max-width: 100%; } input[type=radio], input[type=checkbox] { width: auto; min-height: 1.5rem; min-width: 1.5rem; vertical-align: middle; margin: 0; }
fieldset { border: 1px solid var(--line); border-radius: 0.25rem; } fieldset label { display: inline; font-weight: 400; }
button { cursor: pointer; background: var(--card); margin: 0.25rem 0.5rem 0.25rem 0; } button.main { background: var(--link); border-color: var(--link); color: var(--page); font-weight: 600; padding: 0.35rem 1.25rem; } form.card > button, form.card > noscript > button { margin-top: 1rem; } .out button { background: none; border-color: var(--line); margin: 0; } button:disabled { opacity: 0.6; cursor: not-allowed; }
label { display: block; margin: 0.75rem 0 0.25rem; font-weight: 600; } progress { width: 100%; max-width: 24rem; height: 1rem; }
summary { min-height: 1.5rem; cursor: pointer; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .note { fill: var(--soft); } svg rect { fill: var(--card); stroke: var(--soft); } svg path, svg line, svg .ring { stroke: var(--soft); fill: none; } svg .ring { stroke-dasharray: 4 3; } svg .dot { fill: var(--link); stroke: var(--page); }
svg a.bad rect { stroke: var(--bad); stroke-width: 2; } svg a.warn rect { stroke: var(--warn); stroke-width: 2; stroke-dasharray: 5 3; }
svg a:focus-visible { outline: none; } svg a:focus-visible rect { stroke: var(--link); stroke-width: 4; }
.pace { margin: 1rem 0; } .pace svg { max-width: 100%; height: auto; border-bottom: 1px solid var(--soft); } .pace svg rect { fill: var(--link); stroke: none; } .pace figcaption { color: var(--soft); }
.scroll { overflow-x: auto; } .scroll svg { max-width: none; }
@media (max-width: 40rem) { table, tbody, tr, td, caption { display: block; } thead { position: absolute; left: -100rem; } tr { border: 1px solid var(--line); border-radius: 0.5rem; margin: 0.5rem 0; padding: 0.25rem 0.75rem; } td { border: 0; padding: 0.15rem 0; min-width: 0; } td[data-label]::before { content: attr(data-label) ": "; font-weight: 600; } }
@media (forced-colors: active) { .badge, .act, .card, .facts, button.main, svg rect { border-color: CanvasText; stroke: CanvasText; } svg rect { fill: Canvas; } .pace svg rect { fill: CanvasText; } svg text, svg .note { fill: CanvasText; } svg path, svg .ring { stroke: CanvasText; } svg a text { fill: LinkText; } svg .dot { fill: LinkText; } }
@media print { header, form, .skip, .tools, #pause { display: none; } body { max-width: none; color: #000; background: #fff; font-size: 10pt; } .card, .facts, pre { background: none; } a { color: inherit; text-decoration: none; } tr, .facts, pre { break-inside: avoid; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
`;
