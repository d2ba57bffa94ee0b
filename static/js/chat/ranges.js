/** A set of whole numbers, kept as closed ranges. */
export class Ranges {
  /** @type {[number, number][]} ascending, neither touching nor overlapping */
  #ranges = [];

  /** @param {Iterable<[number, number]>} [ranges] */
  constructor(ranges = []) {
    for (const [from, to] of ranges) this.add(from, to);
  }

  /**
   * @param {number} from
   * @param {number} [to]
   */
  add(from, to = from) {
    /** @type {[number, number][]} */
    const apart = [];
    for (const [a, b] of this.#ranges) {
      if (b < from - 1 || a > to + 1) apart.push([a, b]);
      else {
        from = Math.min(from, a);
        to = Math.max(to, b);
      }
    }
    apart.push([from, to]);
    this.#ranges = apart.sort((one, other) => one[0] - other[0]);
  }

  /** @param {number} number */
  has(number) {
    return this.#ranges.some(([from, to]) => number >= from && number <= to);
  }

  /** @returns {[number, number][]} */
  toArray() {
    return this.#ranges.map(([from, to]) => [from, to]);
  }
}
