import { anchorAmong } from '../scroll.js';

/** Keeps what somebody reads where it stands, whatever comes or goes above it. */
export class RowAnchor {
  /** By so much, less than a pixel, the rows stand lower than they should. */
  #drift = 0;

  /** @param {{scroller: HTMLElement, lane: HTMLElement}} options */
  constructor({ scroller, lane }) {
    this.scroller = scroller;
    this.lane = lane;
  }

  /**
   * Notes where a row stands; the answer puts it back there.
   * @returns {() => void}
   */
  hold() {
    const view = this.scroller.getBoundingClientRect();
    const rows = this.#rows().filter((element) => element.matches('.message, .system'));
    const spans = rows.map((element) => bodyOf(element).getBoundingClientRect());
    const index = anchorAmong(spans, view);
    if (index === -1) return () => {};
    const { key } = rows[index].dataset;
    const before = spans[index].top;
    return () => {
      const element = this.#rows().find((row) => row.dataset.key === key);
      if (!element) return;
      // One scrolls by whole pixels and rows are not that high: what was left over is made good the next time.
      const wanted = before - this.#drift;
      this.scroller.scrollTop += bodyOf(element).getBoundingClientRect().top - wanted;
      const rest = bodyOf(element).getBoundingClientRect().top - wanted;
      // More than that is the end of the list, not a rest.
      this.#drift = Math.abs(rest) < 1 ? rest : 0;
    };
  }

  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.lane.children]);
  }
}

/**
 * What must not move: the words of a row, not the head above them, which comes and goes with its neighbours.
 * @param {Element} row
 */
function bodyOf(row) {
  return row.querySelector('.message__body, .message__editor') ?? row;
}
