/**
 * Events as syslog messages (RFC 5424) over TLS, their lengths counted (RFC 5425). The protocol has no acknowledgement:
 * a batch counts when all of it was written and the receiver kept the connection a moment longer.
 */
import { hostname } from 'node:os';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import type { EventSink } from '../../ports/event-sink.ts';

/** A target of this kind in the section `exports`. */
export const syslogExportSchema = z.strictObject({
  kind: z.literal('syslog'),
  name: z.string().regex(/^[a-z0-9-]{1,64}$/),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535).default(6514),
  /** PEM file of certificate authorities to trust instead of Node's. */
  caFile: z.string().optional(),
  /** 0 to 23 (RFC 5424, section 6.2.1); 13 is the log of an audit. */
  facility: z.int().min(0).max(23).default(13),
});
type SyslogSettings = z.infer<typeof syslogExportSchema>;

/** Of the protocol (RFC 5424, section 6.2.1), by OCSF's `severity_id`: 1 informational to 6 fatal. */
const SEVERITIES: Readonly<Record<number, number>> = { 1: 6, 2: 5, 3: 4, 4: 3, 5: 2, 6: 0 };
const NOTICE = 5;
const CONNECT_MS_MAX = 5_000;
const WRITE_MS_MAX = 10_000;
/** In which a receiver that refuses what it read would have closed. */
const SETTLE_MS = 250;

/** Connects when there is something to send, and again after a break. */
export function createSyslogExport(settings: SyslogSettings): EventSink {
  let socket: TLSSocket | undefined;
  const host =
    hostname()
      .replace(/[^\x21-\x7e]/g, '-')
      .slice(0, 255) || '-';
  return {
    async send(events) {
      if (!socket || socket.destroyed || !socket.writable) socket = await connected(settings);
      const own = socket;
      try {
        await written(own, events.map((event) => framed(messageOf(event, settings.facility, host))).join(''));
        await pause(SETTLE_MS, undefined, { ref: false });
        if (own.destroyed || own.readableEnded) throw new Error('the receiver closed the connection');
      } catch (error) {
        own.destroy();
        throw error;
      }
    },
    close() {
      socket?.destroy();
      return Promise.resolve();
    },
  };
}

/** Time and severity are the event's own; what is not known of it is `-`. */
function messageOf(event: string, facility: number, host: string): string {
  const { time, severity_id: severity, class_uid: kind } = headShape.parse(JSON.parse(event));
  const priority = facility * 8 + (SEVERITIES[severity] ?? NOTICE);
  return `<${priority}>1 ${new Date(time).toISOString()} ${host} sallyport ${process.pid} ${kind} - ${event}`;
}
const headShape = z.object({ time: z.number(), severity_id: z.number(), class_uid: z.number() });

function framed(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}

async function connected({ host, port, caFile }: SyslogSettings): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connect({
    host,
    port,
    servername: /^[\d.]+$|:/.test(host) ? '' : host,
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
  });
  // What a receiver says is read, so that its end is seen, and thrown away.
  socket.resume();
  socket.once('secureConnect', () => resolve(socket));
  socket.once('close', () => reject(new Error('the connection was closed')));
  socket.on('error', reject);
  const late = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_MS_MAX);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
  }
}

async function written(socket: TLSSocket, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const broken = (): void => reject(new Error('the connection broke'));
  const late = setTimeout(() => reject(new Error('the receiver takes nothing')), WRITE_MS_MAX);
  socket.once('close', broken);
  socket.write(text, (error) => (error ? reject(error) : resolve()));
  try {
    await promise;
  } finally {
    clearTimeout(late);
    socket.off('close', broken);
  }
}
