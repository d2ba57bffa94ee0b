/**
 * The pane at the end. Where the window is wide it stands beside, below that it is a drawer that opens over the rest;
 * the two are remembered apart, so that a narrow window doesn’t begin covered. A button with `data-panel-toggle` moves it.
 */

const WIDE = '(width >= 80rem)';

/** Wires the page’s panel, if it has one. */
export function listenForPanel() {
  const app = document.querySelector('.app');
  const panel = app?.querySelector(':scope > .pane--panel');
  if (!app || !(panel instanceof HTMLElement)) return;

  /** @type {Element | null} */
  let opener = null;
  const isOpen = () => app.classList.contains(stateName());

  /** @param {boolean} open */
  const set = (open) => {
    app.classList.toggle(stateName(), open);
    tell();
    if (open && stateName() === 'app--drawer') panel.querySelector('button, a, [tabindex="0"]')?.focus();
    else if (!open && opener instanceof HTMLElement) opener.focus();
  };
  const tell = () => {
    for (const button of document.querySelectorAll('[data-panel-toggle]'))
      if (!panel.contains(button)) button.setAttribute('aria-expanded', String(isOpen()));
  };

  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-panel-toggle]') : null;
    if (!button) return;
    if (!panel.contains(button)) opener = button;
    set(!isOpen());
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || stateName() !== 'app--drawer' || event.defaultPrevented) return;
    event.preventDefault();
    set(false);
  });
  matchMedia(WIDE).addEventListener('change', tell);
  tell();
}

function stateName() {
  return matchMedia(WIDE).matches ? 'app--panel' : 'app--drawer';
}
