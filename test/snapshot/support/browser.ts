import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A page in headless Chromium, driven by the DevTools protocol over a pipe. */
export interface Browser {
  /** Sends a command of the protocol. */
  send<T = object>(method: string, params?: object): Promise<T>;
  /** Opens a file and waits until it is loaded. */
  open(file: string): Promise<void>;
  /** Waits until the page is drawn, and what comes into sight has its final size. */
  drawn(): Promise<void>;
  /** Evaluates an expression, which may be a promise. The policy of the page does not apply to it. */
  evaluate<T>(expression: string): Promise<T>;
  screenshot(): Promise<Buffer>;
  /** The messages of the console, the log and the network since the page was opened. */
  readonly complaints: string[];
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
  readonly result?: object;
  readonly error?: { readonly message: string };
}

type Settle = (message: Message) => void;

/** Starts Chromium with a profile of its own, and one page. */
export async function openBrowser(chromium: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'ocspbot-chromium-'));
  const options = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--no-first-run',
    '--hide-scrollbars',
    `--user-data-dir=${profile}`,
    '--remote-debugging-pipe',
  ];
  const child = spawn(chromium, options, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const pending = new Map<number, Settle>();
  const loads: (() => void)[] = [];
  const complaints: string[] = [];
  let session: string | undefined;
  let count = 0;

  const take = (message: Message) => {
    if (message.id !== undefined) pending.get(message.id)?.(message);
    else if (message.method === 'Page.loadEventFired') loads.shift()?.();
    else if (COMPLAINTS.test(message.method ?? '')) complaints.push(JSON.stringify(message));
    else if (message.method === 'Network.requestWillBeSent') {
      const { url } = (message.params?.['request'] ?? {}) as { url?: string };
      if (!/^(file|data):/.test(url ?? '')) complaints.push(`request of ${url}`);
    }
  };
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) take(JSON.parse(message) as Message);
  });

  const send = async <T>(method: string, params: object = {}): Promise<T> => {
    count += 1;
    const id = count;
    const answer = new Promise<Message>((resolve, reject) => {
      pending.set(id, resolve);
      child.once('exit', () => reject(new Error(`Chromium ended during ${method}`)));
    });
    input.write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`);
    const { result, error } = await answer;
    pending.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as T;
  };

  child.setMaxListeners(0);
  const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  const attached = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  session = attached.sessionId;
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);

  const evaluate = async <T>(expression: string): Promise<T> => {
    const parameters = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send<Evaluation<T>>('Runtime.evaluate', parameters);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };

  return {
    send,
    complaints,
    evaluate,
    drawn: () =>
      evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))'),
    open: async (file) => {
      complaints.length = 0;
      const loaded = new Promise<void>((resolve) => loads.push(resolve));
      await send('Page.navigate', { url: `file://${file}` });
      await loaded;
    },
    screenshot: async () =>
      Buffer.from((await send<{ data: string }>('Page.captureScreenshot')).data, 'base64'),
    close: async () => {
      session = undefined;
      input.write(`${JSON.stringify({ id: 0, method: 'Browser.close' })}\0`);
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const COMPLAINTS =
  /^(Log\.entryAdded|Runtime\.exceptionThrown|Runtime\.consoleAPICalled|Network\.loadingFailed)$/;

interface Evaluation<T> {
  readonly result: { readonly value: T };
  readonly exceptionDetails?: object;
}
