/** What every form of the house does: it is sent once, and after a mistake the cursor stands where it happened. */

export function listenForForms() {
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.method === 'dialog' || event.defaultPrevented) return;
    if (form.ariaBusy === 'true') event.preventDefault();
    form.ariaBusy = 'true';
  });
  // The page may come back out of the browser’s memory, and a fragment after its answer.
  addEventListener('pageshow', release);
  document.addEventListener('htmx:afterRequest', release);

  const mistake = document.querySelector('[aria-invalid="true"]');
  if (mistake instanceof HTMLElement) mistake.focus();
}

function release() {
  for (const form of document.forms) form.ariaBusy = null;
}
