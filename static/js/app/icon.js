const SVG = 'http://www.w3.org/2000/svg';

/**
 * A picture from static/icons.svg, silent for screen readers.
 *
 * @param {string} name
 * @param {'small' | 'large' | ''} [size]
 * @returns {SVGSVGElement}
 */
export function icon(name, size = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', size ? `icon icon--${size}` : 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${document.documentElement.dataset.icons}#i-${name}`);
  svg.append(use);
  return svg;
}
