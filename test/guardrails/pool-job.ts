/** The job of the pool's tests: does what its input says. */
import { getPriority } from 'node:os';
import { threadId } from 'node:worker_threads';
import { Refusal } from '../../src/base/errors.ts';

export type Order =
  | { readonly do: 'double'; readonly value: number }
  | { readonly do: 'length'; readonly bytes: Uint8Array }
  | { readonly do: 'niceness' }
  | { readonly do: 'thread'; readonly told?: Int32Array }
  | { readonly do: 'throw' }
  | { readonly do: 'refuse' }
  | { readonly do: 'hang' }
  | { readonly do: 'exit' }
  | { readonly do: 'wait'; readonly gate: Int32Array };

/** A number, or the fault that was ordered. */
export default function obey(order: Order): number {
  switch (order.do) {
    case 'double':
      return 2 * order.value;
    case 'length':
      return order.bytes.length;
    case 'niceness':
      return getPriority();
    case 'thread':
      if (order.told) Atomics.store(order.told, 0, threadId);
      return threadId;
    case 'wait':
      Atomics.wait(order.gate, 0, 0);
      return 0;
    case 'throw':
      throw new Error('ordered to fail');
    case 'refuse':
      throw new Refusal('request.invalid_json', { param: 'messages' });
    case 'exit':
      process.exit(3);
      break;
    case 'hang':
      for (;;);
  }
  return -1;
}
