/** The landing page's style: system fonts, both colour schemes, one column on a phone, where the table becomes a list. */
export const style = `
:root { color-scheme: light dark; --text: #1a1d21; --quiet: #5a626c; --back: #fff; --card: #f4f6f8; --line: #d9dee4;
  --critical: #b3261e; --warning: #8a5300; --info: #1f5fa8; --ok: #1d6b3a; --link: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ed; --quiet: #a3acb8; --back: #14171b; --card: #1d2228; --line: #333b44;
  --critical: #ff8a80; --warning: #ffb74d; --info: #82b7ff; --ok: #7fd69b; --link: #82b7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem 1.25rem 2rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; }
header p, .quiet, footer { color: var(--quiet); }
h1 { font-size: 1.6rem; margin: .5rem 0; line-height: 1.2; }
h2 { font-size: 1.2rem; margin: 1.75rem 0 .25rem; }
p { margin: .25rem 0; }
p:empty { display: none; }
a { color: var(--link); }
article { margin: .75rem 0; padding: .6rem .9rem .8rem; background: var(--card); border-left: .3rem solid var(--tone); border-radius: .25rem; }
.critical { --tone: var(--critical); } .warning { --tone: var(--warning); } .info { --tone: var(--info); } .ok { --tone: var(--ok); }
.badge { color: var(--tone); font-weight: 700; }
code { display: block; margin-top: .4rem; padding: .3rem .5rem; background: var(--back); border: 1px solid var(--line); border-radius: .25rem;
  font: .85rem/1.4 ui-monospace, monospace; user-select: all; }
figure { margin: .75rem 0; }
svg { display: block; width: 100%; max-width: 32rem; height: auto; }
polyline { fill: none; stroke: var(--text); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
circle { fill: var(--text); }
line.target { stroke: var(--critical); stroke-dasharray: 6 4; vector-effect: non-scaling-stroke; }
table { width: 100%; border-collapse: collapse; margin-top: .5rem; }
th, td { padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top; }
tbody tr:not(.more), thead tr { border-top: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 400; border: 0; }
tr.more td { padding-top: 0; color: var(--quiet); font-size: .9rem; }
summary { cursor: pointer; }
details { margin: .1rem 0 .3rem; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .5rem; font-size: .9rem; }
@media (max-width: 40rem) {
  thead { display: none; }
  table, tbody, tr, td, tbody th { display: block; }
  tbody tr:not(.more) { padding-top: .5rem; }
  th, td { padding: .1rem 0; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); }
  tr.more { padding-bottom: .6rem; }
}
`;
