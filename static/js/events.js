/**
 * Listens to a custom event and hands on its detail.
 * @param {EventTarget} target
 * @param {string} kind
 * @param {(detail: any) => void} act
 */
export function on(target, kind, act) {
  target.addEventListener(kind, (event) => act(/** @type {CustomEvent} */ (event).detail));
}
