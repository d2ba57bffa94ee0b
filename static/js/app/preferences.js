/** How the house looks to me: put on at once, then told to the server. */

import { Api } from '../api.js';
import { gettext } from '../words.js';
import { toast } from './toast.js';

const root = document.documentElement;

/** @param {string} theme `light`, `dark` or `system` */
export function wearTheme(theme) {
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  const meta = document.querySelector('meta[name="color-scheme"]');
  meta?.setAttribute('content', theme === 'system' ? 'light dark' : theme);
}

/** @param {string} density `comfortable` or `compact` */
export function wearDensity(density) {
  if (density === 'compact') root.dataset.density = density;
  else delete root.dataset.density;
}

/** Fields with `data-preference="theme"`, `density`, `language` or `time_zone` save themselves. */
export function listenForPreferences() {
  document.addEventListener('change', async (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    const name = field.dataset.preference;
    if (!name) return;
    if (name === 'theme') wearTheme(field.value);
    if (name === 'density') wearDensity(field.value);
    try {
      await new Api('/api/v1').patch('me', { [name]: field.value });
    } catch {
      toast(gettext('Not saved. Please try again when the server answers.'), { icon: 'alert' });
      return;
    }
    // Every word on the page changes with the language, and every time with the zone.
    if (name === 'language' || name === 'time_zone') location.reload();
    else toast(gettext('Saved'));
  });
}
