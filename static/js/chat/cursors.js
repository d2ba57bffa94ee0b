/** A cursor is `<opaque>~<version>`: the opaque part belongs to the server, the version may be moved on. */

/**
 * @param {string} cursor
 * @returns {number} the version that the cursor stands at
 */
export function versionOf(cursor) {
  return Number(cursor.slice(cursor.lastIndexOf('~') + 1));
}

/**
 * @param {string} cursor
 * @param {number} version
 * @returns {string} the same cursor, standing at another version
 */
export function movedTo(cursor, version) {
  return `${opaqueOf(cursor)}~${version}`;
}

/**
 * @param {string} cursor
 * @returns {string} epoch and visibility as the server wrote them
 */
export function opaqueOf(cursor) {
  return cursor.slice(0, cursor.lastIndexOf('~'));
}
