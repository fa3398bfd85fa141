/** One gateway before one fake upstream for sockets, for all tests of a file; what upstream saw is forgotten before each. */
import { Agent } from 'node:https';
import { connect, type NetConnectOpts } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createKey, type NewKey } from './admin.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { entriesOf } from './money.ts';
import { openGateway } from './open-gateway.ts';
import { startSocketUpstream, type SocketUpstream } from './socket-upstream.ts';
import { until } from './until.ts';

export interface SocketHouse {
  readonly gateway: Gateway;
  readonly upstream: SocketUpstream;
  /** A key of this user's, and where it opens. */
  readonly doorOf: (user: string, fields?: Partial<NewKey>) => Promise<SocketDoor>;
  /** What the outcomes of this user say, of calls and of sockets, once there are so many. */
  readonly outcomes: (user: string, count: number) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export interface SocketDoor {
  readonly port: number;
  readonly baseUrl: string;
  readonly callerKey: string;
  readonly id: string;
}

/**
 * Call it once, at the top of a file. Keys are of the tier `internal` unless said otherwise.
 * @param start `startGateway` for a process of its own
 */
export function socketHouse(
  { config, ...options }: Omit<GatewayOptions, 'config'> & { readonly config?: object } = {},
  start: (options: GatewayOptions) => Promise<Gateway> = openGateway,
): SocketHouse {
  let upstream: SocketUpstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = await startSocketUpstream();
    gateway = await start({
      upstream,
      key: { tier: 'internal' },
      config: {
        endpoints: { allow: ['sockets'] },
        models: { projectServiceTier: 'default' },
        ...config,
      },
      ...options,
    });
  });
  beforeEach(() => upstream.clear());
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });
  return {
    get gateway() {
      return gateway;
    },
    get upstream() {
      return upstream;
    },
    doorOf: async (user, fields = {}) => {
      const { key, id } = await createKey(gateway, { user, tier: 'internal', ...fields });
      return { port: gateway.port, baseUrl: gateway.baseUrl, callerKey: key, id };
    },
    outcomes: async (user, count) => {
      const found = await until(
        async () =>
          (await entriesOf(gateway)).filter((e) => e.userId === user && e.action === 'exchange.outcome'),
        (each) => each.length >= count,
      );
      return found.map(({ metadata, resource }) => ({ resource, ...metadata }));
    },
  };
}

/** The SDK's clients of Realtime always ask for TLS, which another process may end. */
export class InClear extends Agent {
  override createConnection(options: NetConnectOpts) {
    return connect(options);
  }
}
