/** A browser as far as cookies and redirects go: it keeps the first, and follows the second only when told to. */

export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #adminUrl: string;

  constructor(adminUrl: string) {
    this.#adminUrl = adminUrl;
  }

  /** With its cookies; what is set is kept, what is cleared is forgotten. Changes come from a page of the console. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0)
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const isChange = init.method !== undefined && init.method !== 'GET';
    if (isChange && !headers.has('origin')) headers.set('origin', this.#adminUrl);
    const url = new URL(path, this.#adminUrl);
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    return answer;
  }

  /** A call of the admin API by the session alone. */
  async call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; code: string | null; body: any }> {
    const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await this.ask(path, { method, ...json });
    const text = await answer.text();
    const code = answer.headers.get('x-sallyport-code');
    return { status: answer.status, code, body: /^[{[]/.test(text) ? JSON.parse(text) : undefined };
  }

  /** Out to the provider and to the address that it sends the browser back to, which is not gone to yet. */
  async goOut(to = ''): Promise<URL> {
    const out = await this.ask(`/console/sign-in${to}`);
    const there = await fetch(out.headers.get('location') ?? '', { redirect: 'manual' });
    return new URL(there.headers.get('location') ?? '');
  }

  /** The whole way; the answer to its last step. */
  async signIn(to = ''): Promise<Response> {
    const back = await this.goOut(to);
    return await this.ask(back.pathname + back.search);
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(at + 1));
  }
}
