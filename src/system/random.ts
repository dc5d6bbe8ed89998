import { randomBytes } from 'node:crypto';

/** Asked for at once: a few octets take as long as many. */
const STOCK = 1024;

/** Random octets of the operating system, each given out once. */
export function openRandom(): (count: number) => Uint8Array {
  let stock: Uint8Array = new Uint8Array();
  return (count) => {
    if (stock.length < count) stock = randomBytes(Math.max(STOCK, count));
    const taken = stock.subarray(0, count);
    stock = stock.subarray(count);
    return taken;
  };
}
