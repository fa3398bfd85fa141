/** The console: static files under a strict content security policy; everything it shows comes from the admin API. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** Paths of one page, which goes by the path. */
const PAGES = ['', '/usage', '/audit', '/approvals', '/incidents', '/containment', '/policy', '/mine'];
const SCRIPTS =
  'approvals audit console containment elements incidents keys linked mine policy session usage'.split(' ');
const OTHERS = { 'console.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml' };

export function registerConsole(app: FastifyInstance): void {
  const serve = (urls: readonly string[], file: string, type: string): void => {
    const content = readFileSync(new URL(`./console/${file}`, import.meta.url));
    for (const url of urls) app.get(`/console${url}`, (_request, reply) => reply.type(type).send(content));
  };
  serve(PAGES, 'index.html', 'text/html; charset=utf-8');
  // As people type it; scripts are named from the path without the slash.
  for (const page of PAGES)
    app.get(`/console${page}/`, (_request, reply) => reply.redirect(`/console${page}`));
  for (const name of SCRIPTS) serve([`/${name}.js`], `${name}.js`, 'text/javascript; charset=utf-8');
  for (const [file, type] of Object.entries(OTHERS)) serve([`/${file}`], file, type);
}
