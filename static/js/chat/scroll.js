/** The arithmetic of an endless list that never jumps; the element measures and moves. */

/** Rows in the document at most, and rows beyond the screen that are never taken away. */
export const MOST_ROWS = 400;
const MARGIN_ROWS = 80;
/** So near the end one reads along: new rows pull the list with them. */
const NEAR_END = 48;
/** Further rows are asked for this many screens ahead. */
const AHEAD = 2;

/** @typedef {{top: number, bottom: number}} Span */

/**
 * The row that must not move: the first whose content is wholly in view, else the first that is in view at all.
 * @param {Span[]} rows top to bottom
 * @param {Span} view
 * @returns {number} index, -1 without any row in view
 */
export function anchorAmong(rows, view) {
  const whole = rows.findIndex((row) => row.top >= view.top && row.bottom <= view.bottom);
  if (whole !== -1) return whole;
  return rows.findIndex((row) => row.bottom > view.top && row.top < view.bottom);
}

/**
 * Which rows stay when there are too many: those in view with a margin, and as many as allowed on the side to which
 * the person moves.
 * @param {number} count
 * @param {{first: number, last: number, direction: 'before'|'after'}} view indices of the rows in view
 * @returns {{from: number, to: number}|null} indices to keep, null if all may stay
 */
export function rowsToKeep(count, { first, last, direction }) {
  if (count <= MOST_ROWS) return null;
  if (direction === 'before') {
    const to = Math.max(MOST_ROWS - 1, Math.min(count - 1, last + MARGIN_ROWS));
    return to >= count - 1 ? null : { from: 0, to };
  }
  const from = Math.min(count - MOST_ROWS, Math.max(0, first - MARGIN_ROWS));
  return from <= 0 ? null : { from, to: count - 1 };
}

/**
 * @param {number} distance pixels between the lower edge of the view and the end of the rows
 */
export function isAtEnd(distance) {
  return distance <= NEAR_END;
}

/**
 * Which side wants more rows.
 * @param {{above: number, below: number, height: number}} view pixels of rows above and below it, and its height
 * @param {{hasBefore: boolean, hasAfter: boolean}} window
 * @returns {'before'|'after'|null}
 */
export function sideToFill({ above, below, height }, { hasBefore, hasAfter }) {
  if (hasBefore && above < AHEAD * height && above <= below) return 'before';
  if (hasAfter && below < AHEAD * height) return 'after';
  if (hasBefore && above < AHEAD * height) return 'before';
  return null;
}
