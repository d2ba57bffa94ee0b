/** Small things about the document that every page may need. */

/**
 * A copy of a page's `<template>`.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (template.content.firstElementChild), true));
}

/**
 * @param {ParentNode} node
 * @param {string} name
 * @returns {HTMLElement} the element marked `data-part="name"`
 */
export function part(node, name) {
  return /** @type {HTMLElement} */ (node.querySelector(`[data-part="${name}"]`));
}

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  return /** @type {T} */ (/** @type {unknown} */ (document.getElementById(id)));
}

/**
 * Makes the children of `parent` those of `items`, each the same element as before under its key. Nothing is moved
 * that stands in its place already.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {{keyOf: (item: T) => string, make: (item: T) => Element, fill: (element: Element, item: T) => Element}} how
 *   `fill` may answer another element, which then takes the place
 * @returns {void}
 */
export function reconcile(parent, items, { keyOf, make, fill }) {
  const known = childrenOf.get(parent) ?? new Map();
  /** @type {Map<string, Element>} */
  const kept = new Map();
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const before = known.get(key);
    const element = fill(before ?? make(item), item);
    if (before && before !== element) {
      if (place === before) place = before.nextElementSibling;
      before.replaceWith(element);
    }
    kept.set(key, element);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const [key, element] of known) if (kept.get(key) !== element) element.remove();
  childrenOf.set(parent, kept);
}

/** @type {WeakMap<Element, Map<string, Element>>} */
const childrenOf = new WeakMap();

/**
 * Is this key press part of composing Chinese, Japanese or Korean? Safari ends the composition before the key.
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Does somebody look at this tab? */
export function isAttended() {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/**
 * At most once a frame.
 * @param {() => void} act
 * @returns {() => void}
 */
export function oncePerFrame(act) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      act();
    });
  };
}
