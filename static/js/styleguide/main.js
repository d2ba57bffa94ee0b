/** Paints the swatches of /styleguide/, which may not have style attributes either. */

import '../app/main.js';
import { wearDensity } from '../app/preferences.js';

for (const swatch of document.querySelectorAll('[data-colour]'))
  if (swatch instanceof HTMLElement) swatch.style.background = `var(--${swatch.dataset.colour})`;

document.querySelector('[data-compact]')?.addEventListener('change', (event) => {
  wearDensity(/** @type {HTMLInputElement} */ (event.target).checked ? 'compact' : 'comfortable');
});
