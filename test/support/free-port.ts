/** Ports nobody listens on at the moment; another process may still take one first, so starters try again. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below those that outgoing connections take by themselves, here and on most machines: none of them comes in between. */
const LOWEST = 10_000;
const BEYOND = 32_000;

/** So many different ports of loopback. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map(portOf);
  for (const server of servers) server.close();
  return ports;
}

async function listening(): Promise<Server> {
  for (;;) {
    const server = createServer().listen(randomInt(LOWEST, BEYOND), '127.0.0.1');
    const isOpen = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isOpen) return server;
  }
}

/** Where a server listens. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
