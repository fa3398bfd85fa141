/** The process log, the only place that knows pino. Never a body, a header, a credential. */
import { type DestinationStream, pino, type Logger } from 'pino';

/** The part of pino that is used. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug' | 'fatal' | 'child' | 'isLevelEnabled'>;

/** JSON lines, to standard output unless said otherwise; fields with the names of credentials are hidden, two deep. */
export function createLog(level: string, out: DestinationStream = standardOutput()): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: HIDDEN, censor: '[hidden]' },
    serializers: { err: (error: unknown) => maskError(error) },
  };
  return pino(options, out);
}

/** The same log for what must leave the house: at `info` whatever the level, unless nothing is logged at all. */
export function always(log: Log): Log {
  return log.child({}, { level: log.isLevelEnabled('fatal') ? 'info' : 'silent' });
}

const HIDDEN = [
  'authorization',
  'apiKey',
  'key',
  'secret',
  'password',
  'url',
  '*.authorization',
  '*.apiKey',
  '*.key',
  '*.secret',
  '*.password',
  '*.url',
  'headers',
];

const UNWRITTEN_BYTES_MAX = 1_048_576;

/** Written at once. What a full disk does not take waits for it, up to a bound, and ends no process. */
function standardOutput(): DestinationStream {
  const out = pino.destination({ fd: 1, sync: true, maxLength: UNWRITTEN_BYTES_MAX });
  out.on('error', () => undefined);
  // Only this: `flushSync`, which pino calls for a fatal line, would wait for such a disk for ever.
  return { write: (line) => void out.write(line) };
}

/** Errors of drivers and sockets carry addresses and credentials in their text: what looks like one is hidden. */
function maskError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  return { type: error.name, message: mask(error.message), stack: mask(error.stack ?? '') };
}

function mask(text: string): string {
  return text
    .replace(/\b(?:sk|sp)-[A-Za-z0-9_-]{8,}/g, '[hidden]')
    .replace(/:\/\/[^\s/@]*@/g, '://[hidden]@');
}
