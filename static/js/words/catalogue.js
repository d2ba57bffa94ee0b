/**
 * The words of the reader's language. This file is the English one: empty, because the source is English.
 * The page's import map puts `words/<language>.js` in its place, which `manage.py words` compiles.
 *
 * @typedef {object} Catalogue
 * @property {(count: number) => number} plural which form a count takes
 * @property {Record<string, string | string[]>} words source string to translation, or to its plural forms
 */

/** @type {Catalogue} */
const catalogue = { plural: (count) => Number(count !== 1), words: {} };

export default catalogue;
