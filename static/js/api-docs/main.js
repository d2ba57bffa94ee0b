/** The API's documentation, to try out: Swagger UI over our own schema, as whoever is signed in. */

import '../app/main.js';
import { csrfCookie } from '../api.js';

const place = /** @type {HTMLElement} */ (document.querySelector('#operations'));

// Swagger UI knows dark by a class; ours is an attribute, or what the system says.
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const colour = () =>
  document.documentElement.classList.toggle('dark-mode', (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark');
colour();
dark.addEventListener('change', colour);

/** @type {any} */ (window).SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  // Its badge would ask somebody else whether the schema is valid.
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: 'list',
  persistAuthorization: false,
  tryItOutEnabled: true,
  /** @param {{method?: string, headers: Record<string, string>, credentials?: string}} request */
  requestInterceptor(request) {
    if (!request.headers.Authorization) request.headers['X-CSRFToken'] = csrfCookie();
    return request;
  },
});
