/** The process log, the only place that knows pino. Never a body, a header, a credential. */
import { pino, type Logger } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug' | 'fatal'>;

export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
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
      ],
      censor: '[hidden]',
    },
    serializers: { err: (error: unknown) => maskError(error) },
  });
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
