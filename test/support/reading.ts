/** A streamed answer that is being read: what a gateway breaks off is seen at once. */

export interface Reading {
  readonly id: string;
  /** Everything that came, at its end. */
  readonly ended: Promise<{ readonly text: string; readonly at: number }>;
  readonly leave: AbortController;
}

/** Open, and its first bytes are there. */
export async function reading(open: (signal: AbortSignal) => Promise<Response>): Promise<Reading> {
  const leave = new AbortController();
  const answer = await open(leave.signal);
  const reader = answer.body?.getReader();
  if (answer.status !== 200 || !reader) throw new Error(`no stream: ${answer.status}`);
  const chunks = [(await reader.read()).value];
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done)
        return {
          text: Buffer.concat(chunks.filter((chunk) => chunk !== undefined)).toString(),
          at: performance.now(),
        };
      chunks.push(value);
    }
  })();
  ended.catch(() => undefined);
  return { id: answer.headers.get('x-request-id') ?? '', ended, leave };
}
