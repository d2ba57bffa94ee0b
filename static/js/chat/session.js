/** @import {Chat} from './chat.js' */

/** The chat of this page; set before any element of it is defined. */
/** @type {Chat} */
export let chat;

/** @param {Chat} begun */
export function begin(begun) {
  chat = begun;
}
