const cases = [...document.querySelectorAll('.case')];
const buttons = [...document.querySelectorAll('button[data-show]')];
const field = (id) => document.getElementById(id);
let verdict = '';
function show() {
  const word = field('search').value.trim().toLowerCase();
  let count = 0;
  for (const one of cases) {
    const fits = (!verdict || one.dataset.verdict === verdict)
      && (!field('kind').value || one.dataset.kind === field('kind').value)
      && (!field('theme').value || one.dataset.theme === field('theme').value)
      && (!word || one.textContent.toLowerCase().includes(word));
    one.hidden = !fits;
    count += fits;
  }
  for (const button of buttons) button.setAttribute('aria-pressed', button.dataset.show === verdict);
  field('count').textContent = count + ' shown';
}
for (const button of buttons) button.addEventListener('click', () => { verdict = button.dataset.show; show(); });
for (const id of ['search', 'kind', 'theme']) field(id).addEventListener('input', show);
show();
