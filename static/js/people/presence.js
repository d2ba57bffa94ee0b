/** Dots on the avatars that can be seen, and this window among those who are there. */

import { Attendance, PresenceBook } from '../chat/presence.js';
import { Socket } from '../socket.js';

const MOVES = ['pointermove', 'keydown', 'scroll', 'focus'];

/** @param {string} organization its handle */
export function followPresence(organization) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const url = `${scheme}//${location.host}/ws/v1/orgs/${organization}/`;
  const socket = new Socket(url, { isOnline: () => navigator.onLine });
  const book = new PresenceBook((members) => socket.send({ type: 'presence.watch', members }));
  const attendance = new Attendance((state) => socket.send({ type: 'presence.set', state }));

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
      const presence = book.of(memberOf(avatar));
      if (dot) dot.className = presence === 'online' ? 'avatar__presence' : `avatar__presence avatar__presence--${presence}`;
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
  socket.addEventListener('presence', (event) => book.take(/** @type {CustomEvent} */ (event).detail.members));
  socket.addEventListener('hello', () => {
    book.again();
    if (attendance.state === 'away') socket.send({ type: 'presence.set', state: 'away' });
  });
  // Signed out elsewhere: the server says the rest.
  socket.addEventListener('ended', () => location.reload());
  addEventListener('online', () => socket.networkUp());
  addEventListener('offline', () => socket.networkDown());
  for (const move of MOVES) addEventListener(move, () => attendance.moved(), { passive: true, capture: true });
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
