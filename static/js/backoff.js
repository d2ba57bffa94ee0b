/** Waiting longer after every failure, each browser a little differently, so that a restarted server is not stormed. */

const SHORTEST = 500;
const LONGEST = 30_000;

/**
 * @param {number} attempt failures so far, from 0
 * @param {() => number} [random] in [0, 1)
 * @returns {number} milliseconds to wait, 500 to 30,000
 */
export function delayAfter(attempt, random = Math.random) {
  const ceiling = Math.min(LONGEST, SHORTEST * 2 ** (attempt + 1));
  return Math.round(SHORTEST + random() * (ceiling - SHORTEST));
}

/** Pauses that one call cuts short. */
export class Pauses {
  /** @type {Set<() => void>} */
  #ends = new Set();

  /**
   * @param {number} milliseconds at most
   * @returns {Promise<void>} when they are over, or were ended
   */
  async wait(milliseconds) {
    /** @type {() => void} */
    let end = () => {};
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      end = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
      this.#ends.add(end);
    });
    this.#ends.delete(end);
  }

  /** Whoever waits goes on now. */
  end() {
    for (const end of this.#ends) end();
  }
}
