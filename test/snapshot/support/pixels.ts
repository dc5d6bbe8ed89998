import type { Browser } from './browser.js';

/** Returns the colour of each point of what the browser shows, as #rrggbb. */
export async function coloursAt(
  browser: Browser,
  points: readonly { readonly x: number; readonly y: number }[],
): Promise<string[]> {
  const picture = (await browser.screenshot()).toString('base64');
  // The policy of a page forbids to load a picture, but not to make one of octets.
  return await browser.evaluate(`(async () => {
    const octets = Uint8Array.from(atob(${JSON.stringify(picture)}), (one) => one.charCodeAt(0));
    const image = await createImageBitmap(new Blob([octets]));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const colourAt = ({ x, y }) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
    return ${JSON.stringify(points)}.map((point) =>
      '#' + colourAt(point).map((one) => one.toString(16).padStart(2, '0')).join(''));
  })()`);
}
