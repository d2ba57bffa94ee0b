import { isAttended } from '../../app/dom.js';
import { chat } from '../session.js';

/** A row counts as displayed when this much of it, or of the view, is filled. */
const SHARE = 0.6;

/** Knows which messages stand in the view, and reports what somebody who looks has had before their eyes. */
export class ReadingWatch {
  /** @type {Set<HTMLElement>} */
  #inView = new Set();
  #observer;

  /** @param {{view: HTMLElement, isAtEnd: () => boolean}} options */
  constructor({ view, isAtEnd }) {
    this.view = view;
    this.isAtEnd = isAtEnd;
    this.#observer = new IntersectionObserver((entries) => this.#moved(entries), { root: view, threshold: [0, SHARE, 1] });
    addEventListener('focus', () => this.report());
    document.addEventListener('visibilitychange', () => this.report());
  }

  /** @param {Element} row */
  observe(row) {
    this.#observer.observe(row);
  }

  /** @returns {{first: number, last: number}|null} numbers of the first and last message in view */
  get span() {
    const seqs = [...this.#inView].map(seqOf).filter(Boolean);
    return seqs.length ? { first: Math.min(...seqs), last: Math.max(...seqs) } : null;
  }

  /** What stands on the screen of somebody who looks was displayed; at the end all was seen. */
  report() {
    const entry = chat.current;
    if (!entry?.window || !isAttended() || !this.view.clientHeight) return;
    for (const row of this.#inView) {
      if (!row.isConnected) this.#inView.delete(row);
      else if (seqOf(row)) chat.markers.displayed(entry.id, seqOf(row));
    }
    if (this.isAtEnd() && entry.window.holdsHead) chat.readToEnd();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #moved(entries) {
    for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const row = /** @type {HTMLElement} */ (target);
      const fillsView = rootBounds && intersectionRect.height >= rootBounds.height * SHARE;
      if (isIntersecting && (intersectionRatio >= SHARE || fillsView)) this.#inView.add(row);
      else this.#inView.delete(row);
    }
    this.report();
  }
}

/**
 * @param {HTMLElement} row
 * @returns {number} of its message, 0 for a post that has none yet
 */
function seqOf(row) {
  return Number(row.dataset.seq ?? 0);
}
