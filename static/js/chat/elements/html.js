/**
 * The only place where text becomes HTML: what the server has sanitised of a message.
 * @param {Element} element
 * @param {string} html
 */
export function showSanitised(element, html) {
  element.innerHTML = html;
  for (const link of element.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
}
