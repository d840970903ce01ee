/** Dresses the page much as Slack dresses its own. */
export const style = `
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: grid; grid-template: auto 1fr / 11rem minmax(0, 3fr) minmax(0, auto);
  font: 15px/1.46 Lato, system-ui, sans-serif; color: #1d1c1d; }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; padding: .5rem 1rem;
  background: #350d36; color: #fff; }
header a { color: #cfc3cf; } header a.chosen { color: #fff; font-weight: 700; } .people { margin-left: auto; }
nav { background: #3f0e40; padding: 1rem .5rem; } nav a { display: block; padding: .2rem .6rem; color: #cfc3cf; border-radius: 6px; }
nav a.chosen { background: #1164a3; color: #fff; }
main, aside { overflow-y: auto; padding: 1rem 0; }
aside { border-left: 1px solid #ddd; width: 34rem; max-width: 45vw; } aside h1 { font-size: 1.1rem; margin: 0 1rem .5rem; }
a { color: #1264a3; text-decoration: none; } a:hover { text-decoration: underline; } .close { float: right; font-size: 14px; }
article { display: flex; gap: .6rem; padding: .5rem 1rem; } article:hover { background: #f8f8f8; }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #1d3d5c; color: #fff; text-align: center; font-size: 22px; }
.body { min-width: 0; flex: 1; overflow-wrap: anywhere; } .by time, .edited { color: #616061; font-size: 12px; }
.app { background: #ddd; color: #454245; border-radius: 2px; font-size: 10px; padding: 1px 3px; }
.section { white-space: pre-wrap; margin: .3rem 0; } .context { white-space: pre-wrap; color: #616061; font-size: 13px; margin: .3rem 0; }
h2 { font-size: 18px; margin: .3rem 0; } .row { display: flex; flex-wrap: wrap; gap: .5rem; margin: .4rem 0; }
code { background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; color: #e01e5a; padding: 1px 3px; font-size: 12px; }
pre { background: #f6f6f6; border: 1px solid #ddd; border-radius: 4px; padding: .5rem; white-space: pre-wrap; font-size: 12px; margin: .3rem 0; }
.mention { background: #fbf3e0; color: #1264a3; border-radius: 3px; padding: 0 2px; }
button { font: inherit; font-weight: 700; font-size: 14px; border-radius: 4px; padding: .2rem .8rem; border: 1px solid #bbb; background: #fff; color: #1d1c1d; cursor: pointer; }
button.primary { background: #007a5a; border-color: #007a5a; color: #fff; } button.danger { background: #e01e5a; border-color: #e01e5a; color: #fff; }
.edited { margin-right: .6rem; } .replies { display: inline-block; font-weight: 700; font-size: 13px; margin-top: .2rem; }
.whisper { background: #f8f8f8; } .whisper .by { color: #616061; font-size: 12px; } .unknown { color: #e01e5a; }
[popover] { border: 1px solid #bbb; border-radius: 8px; padding: 1rem 1.5rem; max-width: 28rem; box-shadow: 0 8px 30px #0004; }
[popover]::backdrop { background: #0006; } [popover] h3 { margin: 0; } [popover] .row { justify-content: end; }
@media (max-width: 60rem) { body { grid-template: auto auto minmax(0, 1fr) auto / 1fr; } nav { padding: .3rem; display: flex; }
  aside { width: auto; max-width: none; max-height: 60vh; border: 0; border-top: 3px solid #ddd; } }
`;
