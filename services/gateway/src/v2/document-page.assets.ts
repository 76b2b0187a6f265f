export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --dim: #777; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 0 1rem 4rem; }
header { position: sticky; top: 0; background: Canvas; padding: .5rem 0; border-bottom: 1px solid var(--line); }
h1 { margin: .2rem 0; font-size: 1.5rem } h1 small { color: var(--dim); font-weight: normal; font-size: 1rem }
h2 { margin: 1.5rem 0 .3rem; font-size: 1.1rem } h3 { margin: .8rem 0 .2rem; font-size: .9rem; color: var(--dim) }
header p { margin: .2rem 0; color: var(--dim) }
input { width: 100%; box-sizing: border-box; font: inherit; padding: .4rem .6rem; margin: .3rem 0 }
details.operation { border: 1px solid var(--line); border-radius: 6px; margin: .3rem 0; padding: .2rem .7rem }
summary { cursor: pointer } code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { overflow: auto; max-height: 30rem; background: #8881; padding: .5rem; border-radius: 4px }
table { border-collapse: collapse; width: 100% } td { border-top: 1px solid var(--line); padding: .25rem .5rem; vertical-align: top }
.say { color: var(--dim) } [hidden] { display: none }
.get, .post, .put, .delete { display: inline-block; width: 4.2rem; font-weight: 600; font-size: .8em }
.get { color: #2a7de1 } .post { color: #2a9d5c } .put { color: #c07d10 } .delete { color: #d0453e }
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
  if (target && target.tagName === 'DETAILS') target.open = true;
};
addEventListener('hashchange', open);
open();
`;
