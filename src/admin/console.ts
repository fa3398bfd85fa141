/** The console: static files under a strict content security policy; everything it shows comes from the admin API. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const FILES = [
  ['/console', 'index.html', 'text/html; charset=utf-8'],
  ['/console/console.js', 'console.js', 'text/javascript; charset=utf-8'],
  ['/console/approvals', 'approvals.html', 'text/html; charset=utf-8'],
  ['/console/approvals.js', 'approvals.js', 'text/javascript; charset=utf-8'],
  ['/console/incidents', 'incidents.html', 'text/html; charset=utf-8'],
  ['/console/incidents.js', 'incidents.js', 'text/javascript; charset=utf-8'],
  ['/console/session.js', 'session.js', 'text/javascript; charset=utf-8'],
  ['/console/console.css', 'console.css', 'text/css; charset=utf-8'],
] as const;

export function registerConsole(app: FastifyInstance): void {
  for (const [url, file, type] of FILES) {
    const content = readFileSync(new URL(`./console/${file}`, import.meta.url));
    app.get(url, (_request, reply) => reply.type(type).send(content));
  }
}
