"""How a report looks: on a screen, light or dark as the reader's system is, and on A4."""

CSS = """
:root { --ground: #ffffff; --text: #16181d; --faint: #5b6270; --line: #c9ced6; --code: #f3f4f6; --link: #0b62c4;
  color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181d; --text: #eceff4; --faint: #a2abb9; --line: #4a5261;
  --code: #20242b; --link: #5aa9ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 1rem 0 0.3rem; }
h2 { font-size: 1.3rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.3rem; }
h4 { font-size: 1rem; margin: 1rem 0 0.3rem; }
p, ul { margin: 0.4rem 0; }
header p, footer { color: var(--faint); }
.who { display: flex; gap: 1.5rem; color: var(--text); }
.who label { display: flex; gap: 0.5rem; flex: 1; }
.who label:first-child { flex: 3; }
.who input { flex: 1; min-width: 4rem; border: 0; border-bottom: 1px solid var(--text); background: none;
  color: inherit; font: inherit; }
figure { margin: 1rem 0; }
img { display: block; width: 100%; height: auto; border: 1px solid var(--line); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0; font-size: 0.95rem; }
th, td { padding: 0.25rem 0.7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { margin: 0.5rem 0; padding: 0.6rem 0.8rem; overflow-x: auto; background: var(--code); border-radius: 4px;
  font: 0.9rem/1.4 ui-monospace, Consolas, "DejaVu Sans Mono", monospace; }
a, summary { color: var(--link); }
summary { cursor: pointer; margin: 0.4rem 0; }
footer { margin-top: 2rem; font-size: 0.9rem; }
@media print {
  @page { size: A4; margin: 15mm; }
  :root { --ground: #ffffff; --text: #000000; --faint: #333333; --line: #999999; --code: #f3f4f6; --link: #000000; }
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, h3, h4 { break-after: avoid; }
  figure, tr, pre { break-inside: avoid; }
  pre { white-space: pre-wrap; }
  details pre { break-inside: auto; font-size: 8pt; }
}
"""
