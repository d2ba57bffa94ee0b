import { Problem } from '../api.js';
import { gettext } from '../words.js';

/**
 * Why something could not be done, to stand where it happened.
 * @param {unknown} error
 * @returns {string}
 */
export function reasonOf(error) {
  return error instanceof Problem ? error.message : gettext('The server doesn’t answer. Please try again in a moment.');
}
