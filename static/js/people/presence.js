/** Dots on the avatars that can be seen, and this window among those who are there. */

import { listenForAttendance } from '../app/attendance.js';
import { showPresence } from '../app/avatar.js';
import { Attendance, PresenceBook } from '../presence.js';
import { Socket } from '../socket.js';

/** @param {string} organization its handle */
export function followPresence(organization) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const url = `${scheme}//${location.host}/ws/v1/orgs/${organization}/`;
  const socket = new Socket(url, { isOnline: () => navigator.onLine });
  const book = new PresenceBook(socket);

  /** @type {Set<Element>} */
  const inSight = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting) inSight.add(target);
      else inSight.delete(target);
    book.show('people', [...inSight].map(memberOf));
    paint();
  });
  const paint = () => {
    for (const avatar of inSight) {
      const dot = dotOf(avatar);
      if (dot) showPresence(dot, book.of(memberOf(avatar)));
    }
  };
  const look = () => {
    for (const avatar of inSight)
      if (!avatar.isConnected) {
        observer.unobserve(avatar);
        inSight.delete(avatar);
      }
    for (const dot of document.querySelectorAll('[data-presence]')) observer.observe(/** @type {Element} */ (dot.parentElement));
  };

  book.addEventListener('change', paint);
  // Signed out elsewhere: the server says the rest.
  socket.addEventListener('ended', () => location.reload());
  listenForAttendance(socket, new Attendance(socket));
  document.addEventListener('htmx:afterSwap', look);
  look();
  socket.start();
}

/** @param {Element} avatar */
function dotOf(avatar) {
  return avatar.querySelector('[data-presence]');
}

/** @param {Element} avatar */
function memberOf(avatar) {
  return Number(dotOf(avatar)?.getAttribute('data-presence'));
}
