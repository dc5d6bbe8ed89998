import type { Http } from '../system/interfaces/http.js';

/**
 * A client with at most so many requests to one origin under way. The others wait here, where the time limit of an
 * exchange has not begun.
 */
export function inTurns(http: Http, perHost: number): Http {
  const underWay = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const enter = async (origin: string): Promise<void> => {
    const count = underWay.get(origin) ?? 0;
    if (count < perHost) return void underWay.set(origin, count + 1);
    const queue = waiting.get(origin) ?? [];
    waiting.set(origin, queue);
    await new Promise<void>((resolve) => queue.push(resolve));
  };
  const leave = (origin: string): void => {
    const next = waiting.get(origin)?.shift();
    if (next === undefined) underWay.set(origin, (underWay.get(origin) ?? 1) - 1);
    else next();
  };
  return {
    exchange: async (request, limits, observe) => {
      const { origin } = new URL(request.url);
      await enter(origin);
      try {
        return await http.exchange(request, limits, observe);
      } finally {
        leave(origin);
      }
    },
    close: () => http.close(),
  };
}
