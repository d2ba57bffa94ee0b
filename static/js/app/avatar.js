/** @import {Presence} from '../presence.js' */

/**
 * @param {Element} dot on an avatar
 * @param {Presence} presence
 */
export function showPresence(dot, presence) {
  dot.className = 'avatar__presence';
  if (presence !== 'online') dot.classList.add(`avatar__presence--${presence}`);
}
