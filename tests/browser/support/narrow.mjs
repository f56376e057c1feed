import assert from 'node:assert/strict';

/** The phone that every page has to fit. */
export const phone = { width: 360, height: 740 };

/** Fails when a page is wider than the window, or a control leaves it. */
export async function fitsWindow(page) {
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const outside = [...document.querySelectorAll('main button, main input, main select, main a')]
      .filter((each) => each.offsetParent !== null)
      .map((each) => [each, each.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.left < -1 || box.right > width + 1))
      .map(([each]) => each.outerHTML.slice(0, 120));
    return { wide: document.documentElement.scrollWidth - width, outside };
  });
  assert.equal(found.wide, 0, 'the page is wider than the window');
  assert.deepEqual(found.outside, [], 'controls outside the window');
}
