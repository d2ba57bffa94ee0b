/**
 * What people read, in their language. English source strings are the keys, as in Python and in templates;
 * `manage.py words` finds the calls in this folder by the names of these functions.
 */

import catalogue from './words/catalogue.js';

/**
 * The functions over one catalogue; the house uses those of the reader's, a test may make others.
 *
 * @param {import('./words/catalogue.js').Catalogue} catalogue
 */
export function wordsOf({ plural, words }) {
  return {
    /** @param {string} text */
    gettext(text) {
      return /** @type {string} */ (words[text] ?? text);
    },

    /**
     * @param {string} singular
     * @param {string} many
     * @param {number} count
     */
    ngettext(singular, many, count) {
      const forms = words[singular] ?? [singular, many];
      return /** @type {string} */ (forms[plural(count)]);
    },
  };
}

export const { gettext, ngettext } = wordsOf(catalogue);

/**
 * Fills `%(name)s` places. A place without a value is left as it is, so that the fault is seen. Latin letters that
 * come to stand beside Chinese ones get a space, as Chinese is written.
 *
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name, /** @type {number} */ at) => {
    const value = String(values[name] ?? place);
    const before = /\p{Script=Han}$/u.test(text.slice(0, at)) && /^[\p{Script=Latin}\d]/u.test(value) ? ' ' : '';
    const after = /^\p{Script=Han}/u.test(text.slice(at + place.length)) && /[\p{Script=Latin}\d]$/u.test(value) ? ' ' : '';
    return before + value + after;
  });
}
