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

/**
 * A pause that can be cut short.
 * @param {number} milliseconds
 * @returns {{done: Promise<void>, end: () => void}}
 */
export function pause(milliseconds) {
  /** @type {() => void} */
  let end = () => {};
  /** @type {Promise<void>} */
  const done = new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { done, end };
}
