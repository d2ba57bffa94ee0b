/** Where a floating box goes: plain arithmetic, no DOM. */

const MARGIN = 8;
const GAP = 4;

/**
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{width: number, height: number}} Size
 */

/**
 * Under the anchor with its end edge on the anchor’s; above it if there is no room below; always inside the window.
 *
 * @param {Box} anchor
 * @param {Size} box
 * @param {Size} window
 * @param {{align?: 'start' | 'end'}} [options]
 * @returns {{left: number, top: number}}
 */
export function beside(anchor, box, window, { align = 'end' } = {}) {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - box.height;
  const fitsBelow = below + box.height <= window.height - MARGIN;
  const top = fitsBelow || above < MARGIN ? below : above;
  const left = align === 'end' ? anchor.right - box.width : anchor.left;
  return {
    left: clamp(left, MARGIN, window.width - box.width - MARGIN),
    top: clamp(top, MARGIN, window.height - box.height - MARGIN),
  };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}
