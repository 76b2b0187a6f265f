/** Contrast is 4.5 at least in either scheme. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --dim: light-dark(#595959, #b0b0b0) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 0 1rem 4rem; overflow-wrap: anywhere }
header { position: sticky; top: 0; background: Canvas; padding: .5rem 0; border-bottom: 1px solid var(--line) }
h1 { margin: .2rem 0; font-size: 1.5rem } h1 small { color: var(--dim); font-weight: normal; font-size: 1rem }
h2 { margin: 1.5rem 0 .3rem; font-size: 1.1rem } h3 { margin: .8rem 0 .2rem; font-size: .9rem; color: var(--dim) }
header p { margin: .2rem 0; color: var(--dim) }
a { color: light-dark(#0550ae, #79b8ff) }
input { width: 100%; box-sizing: border-box; font: inherit; padding: .4rem .6rem; margin: .3rem 0 }
main > section > details { border: 1px solid var(--line); border-radius: 6px; margin: .3rem 0; padding: .2rem .7rem; scroll-margin-top: 9rem }
summary { cursor: pointer } code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { overflow: auto; max-height: 30rem; background: #8881; padding: .5rem; border-radius: 4px; overflow-wrap: normal }
table { border-collapse: collapse; width: 100% } td { border-top: 1px solid var(--line); padding: .25rem .5rem; vertical-align: top }
td:first-child { white-space: nowrap } .say, .problems { color: var(--dim) } [hidden] { display: none }
.get, .post, .put, .delete { display: inline-block; width: 4.2rem; font-weight: 600; font-size: .8em }
.get { color: light-dark(#0b5cad, #79b8ff) } .post { color: light-dark(#17703f, #5fd08f) }
.put { color: light-dark(#855300, #e3b04b) } .delete { color: light-dark(#b3261e, #ff9a91) }
@media (max-width: 40rem) {
  header { position: static } main > section > details { scroll-margin-top: .5rem }
  .say { display: block } td { display: block; border-top: 0; padding: 0 .5rem } tr { display: block; border-top: 1px solid var(--line); padding: .25rem 0 }
}
`;

export const PAGE_SCRIPT = `
const filter = document.getElementById('filter');
filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(/\\s+/);
  for (const one of document.querySelectorAll('.operation')) {
    const said = one.querySelector('summary').textContent.toLowerCase();
    one.hidden = !words.every((word) => said.includes(word));
  }
  for (const section of document.querySelectorAll('section')) {
    const all = [...section.querySelectorAll('.operation')];
    section.hidden = all.length > 0 && all.every((one) => one.hidden);
  }
});
const open = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target || target.tagName !== 'DETAILS') return;
  target.open = true;
  target.scrollIntoView();
};
addEventListener('hashchange', open);
open();
`;
