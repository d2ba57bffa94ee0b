/**
 * The tree of departments, as the ARIA practices describe a navigation tree: one stop for Tab; arrows move, open and close;
 * Enter follows the link. A click on the twist opens and closes without following.
 */
export class DepartmentTree extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', this.#twist);
    this.addEventListener('keydown', this.#move);
    this.#restAt(this.current ?? this.visible[0]);
  }

  /** @returns {HTMLAnchorElement | null} the department that is open */
  get current() {
    return this.querySelector('[aria-current]');
  }

  /** @returns {HTMLAnchorElement[]} the departments that can be seen, from top to bottom */
  get visible() {
    return [.../** @type {NodeListOf<HTMLAnchorElement>} */ (this.querySelectorAll('[role="treeitem"]'))].filter(
      (node) => !node.closest('[hidden]'),
    );
  }

  /**
   * Marks the department whose address this is, and opens it and the way to it.
   *
   * @param {string} address path and query
   */
  mark(address) {
    const node = /** @type {HTMLAnchorElement | null} */ (this.querySelector(`[href="${CSS.escape(address)}"]`));
    if (!node || node === this.current) return;
    this.current?.removeAttribute('aria-current');
    node.setAttribute('aria-current', 'page');
    for (let open = /** @type {HTMLAnchorElement | null} */ (node); open; open = parentOf(open)) expand(open, true);
    this.#restAt(node);
  }

  /** @param {MouseEvent} event */
  #twist = (event) => {
    const twist = event.target instanceof Element ? event.target.closest('.tree__twist') : null;
    const node = /** @type {HTMLAnchorElement | null} */ (twist?.closest('[aria-expanded]') ?? null);
    if (!node) return;
    // Before htmx hears of it: the click was for the twist, not for the link.
    event.preventDefault();
    event.stopPropagation();
    expand(node, !isExpanded(node));
  };

  /** @param {KeyboardEvent} event */
  #move = (event) => {
    const node = event.target instanceof Element ? event.target.closest('[role="treeitem"]') : null;
    if (!(node instanceof HTMLAnchorElement) || event.altKey || event.ctrlKey || event.metaKey) return;
    const nodes = this.visible;
    const at = nodes.indexOf(node);
    switch (event.key) {
      case 'ArrowDown':
        this.#goTo(nodes[at + 1]);
        break;
      case 'ArrowUp':
        this.#goTo(nodes[at - 1]);
        break;
      case 'Home':
        this.#goTo(nodes[0]);
        break;
      case 'End':
        this.#goTo(nodes.at(-1));
        break;
      case 'ArrowRight':
        if (!isExpanded(node)) expand(node, true);
        else this.#goTo(nodes[at + 1]);
        break;
      case 'ArrowLeft':
        if (isExpanded(node)) expand(node, false);
        else this.#goTo(parentOf(node));
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  /** @param {HTMLAnchorElement | null | undefined} node */
  #goTo(node) {
    if (!node) return;
    this.#restAt(node);
    node.focus();
  }

  /** @param {HTMLAnchorElement | undefined} node the only one that Tab reaches */
  #restAt(node) {
    for (const other of this.querySelectorAll('[role="treeitem"]')) other.setAttribute('tabindex', '-1');
    node?.setAttribute('tabindex', '0');
  }
}

/** @param {Element} node */
function isExpanded(node) {
  return node.getAttribute('aria-expanded') === 'true';
}

/**
 * @param {Element} node
 * @param {boolean} open
 */
function expand(node, open) {
  const group = document.getElementById(node.getAttribute('aria-owns') ?? '');
  if (!group) return;
  node.setAttribute('aria-expanded', String(open));
  group.hidden = !open;
}

/**
 * @param {Element} node
 * @returns {HTMLAnchorElement | null}
 */
function parentOf(node) {
  const group = node.closest('[role="group"]');
  return group && document.querySelector(`[aria-owns="${group.id}"]`);
}

customElements.define('department-tree', DepartmentTree);
