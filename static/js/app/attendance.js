/** @import {Attendance} from '../presence.js' */
/** @import {Socket} from '../socket.js' */

/** What people do; focus and scrolling inside the page are often the page's own. */
const MOVES = ['pointermove', 'keydown', 'touchstart', 'wheel'];

/**
 * Tells a page's line to the server what only the window knows: whether there is a network, and whether somebody is
 * there.
 * @param {Socket} socket
 * @param {Attendance} attendance
 */
export function listenForAttendance(socket, attendance) {
  addEventListener('online', () => socket.networkUp());
  addEventListener('offline', () => socket.networkDown());
  addEventListener('focus', () => attendance.moved());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    attendance.moved();
    socket.probe();
  });
  for (const move of MOVES) addEventListener(move, () => attendance.moved(), { passive: true, capture: true });
}
