import { gettext, interpolate } from '../words.js';

/** Moments in the reader's language and time zone. */
export class Calendar {
  #time;
  #day;
  #weekday;
  #weekdayShort;
  #date;
  #dateWithYear;
  #full;

  /** @param {{language: string, timeZone?: string}} options without a zone, that of this machine */
  constructor({ language, timeZone }) {
    /** @param {Intl.DateTimeFormatOptions} options */
    const format = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone: timeZone || undefined });
    this.#time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    this.#day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone: timeZone || undefined });
    this.#weekday = format({ weekday: 'long', day: 'numeric', month: 'long' });
    this.#weekdayShort = format({ weekday: 'short' });
    this.#date = format({ day: 'numeric', month: 'short' });
    this.#dateWithYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
    this.#full = format({ dateStyle: 'full', timeStyle: 'short' });
  }

  /** @param {string} iso */
  time(iso) {
    return this.#time.format(new Date(iso));
  }

  /** @param {string} iso */
  full(iso) {
    return this.#full.format(new Date(iso));
  }

  /**
   * @param {string|Date} moment
   * @returns {string} the calendar day, `2026-11-20`
   */
  day(moment) {
    return this.#day.format(new Date(moment));
  }

  /**
   * How the divider of a day reads.
   * @param {string} iso
   * @param {Date} [now]
   */
  dayName(iso, now = new Date()) {
    const moment = new Date(iso);
    const days = this.#daysBetween(moment, now);
    if (days === 0) return interpolate(gettext('Today · %(date)s'), { date: this.#weekday.format(moment) });
    if (days === 1) return interpolate(gettext('Yesterday · %(date)s'), { date: this.#weekday.format(moment) });
    return this.#isThisYear(moment, now) ? this.#weekday.format(moment) : this.#dateWithYear.format(moment);
  }

  /**
   * As short as it stays clear: the time today, the weekday within six days, else the date.
   * @param {string} iso
   * @param {Date} [now]
   */
  brief(iso, now = new Date()) {
    const moment = new Date(iso);
    const days = this.#daysBetween(moment, now);
    if (days <= 0) return this.#time.format(moment);
    if (days < 6) return this.#weekdayShort.format(moment);
    return this.#isThisYear(moment, now) ? this.#date.format(moment) : this.#dateWithYear.format(moment);
  }

  /**
   * @param {Date} moment
   * @param {Date} now
   */
  #daysBetween(moment, now) {
    return Math.round((Date.parse(this.day(now)) - Date.parse(this.day(moment))) / 86_400_000);
  }

  /**
   * @param {Date} moment
   * @param {Date} now
   */
  #isThisYear(moment, now) {
    return this.day(moment).slice(0, 4) === this.day(now).slice(0, 4);
  }
}
