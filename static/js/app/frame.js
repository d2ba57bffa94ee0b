/** The panes as landmarks: on a phone without an open item the list is what the page is about. */

const PHONE = matchMedia('(width < 48rem)');

export function listenForFrame() {
  const app = document.querySelector('.app');
  const list = app?.querySelector(':scope > .pane--list');
  if (!app || !list) return;
  const tell = () => {
    if (PHONE.matches && !app.classList.contains('app--open')) list.setAttribute('role', 'main');
    else list.removeAttribute('role');
  };
  PHONE.addEventListener('change', tell);
  new MutationObserver(tell).observe(app, { attributeFilter: ['class'] });
  tell();
}
