/**
 * A real Chromium without a window, driven over its DevTools protocol; from CHROMIUM or the PATH. Ended by its process
 * id, its folder removed. It opens loopback alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { until } from './until.ts';

/** Whole path of the program; undefined where this machine has none. */
export function chromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(':').filter(Boolean);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

const SWITCHES =
  'headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-sync ' +
  'disable-component-update disable-dev-shm-usage remote-debugging-port=0 window-size=1280,900';
const FLAGS = [
  ...SWITCHES.split(' ').map((name) => `--${name}`),
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export interface Browser extends AsyncDisposable {
  /** Resolves when it is loaded. */
  goto(url: string): Promise<void>;
  /** The value of an expression in the page, awaited; what it throws is thrown. */
  evaluate<T>(expression: string): Promise<T>;
  /** Types it as a person does, over what is there. */
  type(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  /** What a person could read of the page. */
  text(): Promise<string>;
  /** Exceptions, dialogs, and what the page's policy refused. */
  readonly faults: readonly string[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: any;
  readonly result?: any;
  readonly error?: { readonly message: string };
}

type Send = (method: string, params?: object) => Promise<any>;

function protocolOver(socket: WebSocket, onEvent: (method: string, params: any) => void): Send {
  let sent = 0;
  const waiting = new Map<number, PromiseWithResolvers<any>>();
  socket.on('message', (data: Buffer) => {
    const message: Message = JSON.parse(data.toString());
    if (message.id === undefined) return onEvent(message.method ?? '', message.params);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result);
  });
  return (method, params = {}) => {
    const call = Promise.withResolvers<any>();
    waiting.set((sent += 1), call);
    socket.send(JSON.stringify({ id: sent, method, params }));
    return call.promise;
  };
}

/** @throws Error after 40 s if it does not start */
export async function openBrowser(program: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-browser-'));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const [port] = await until(
    () => readFileSync(join(folder, 'DevToolsActivePort'), 'utf8').split('\n'),
    ([found = '']) => found !== '',
  );
  const pages: any = await until(
    async () => (await fetch(`http://127.0.0.1:${port}/json/list`)).json(),
    (all: any) => all.some(({ type }: any) => type === 'page'),
  );
  const socket = new WebSocket(pages.find(({ type }: any) => type === 'page').webSocketDebuggerUrl);
  await once(socket, 'open');
  const faults: string[] = [];
  let loaded = 0;
  const send = protocolOver(socket, (method, params) => {
    if (method === 'Page.loadEventFired') loaded += 1;
    if (method === 'Runtime.exceptionThrown') faults.push(params.exceptionDetails.exception?.description);
    if (method === 'Log.entryAdded' && params.entry.source === 'security') faults.push(params.entry.text);
    if (method === 'Page.javascriptDialogOpening') faults.push(`dialog: ${params.message}`);
  });
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);
  return {
    ...handsOn(send, () => loaded),
    faults,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

const found = (selector: string) => `document.querySelector(${JSON.stringify(selector)})`;

function handsOn(send: Send, loaded: () => number): Omit<Browser, 'faults' | typeof Symbol.asyncDispose> {
  const evaluate = async <T>(expression: string): Promise<T> => {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', params);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    evaluate,
    async goto(url) {
      const before = loaded();
      await send('Page.navigate', { url });
      await until(loaded, (count) => count > before);
    },
    async type(selector, text) {
      await evaluate(`${found(selector)}.focus(), ${found(selector)}.select?.()`);
      await send('Input.insertText', { text });
    },
    click: (selector) => evaluate(`${found(selector)}.click()`),
    text: () => evaluate('document.body.innerText'),
  };
}
