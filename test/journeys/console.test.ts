/**
 * Promise 48: the console shows hostile text inert; and it works, in a real Chromium, where this machine has one (on the
 * PATH, or named by CHROMIUM). Shown false by `innerHTML` in the place of text nodes in elements.js (an `img` in the page),
 * and by a policy with 'unsafe-inline' in the place of 'self' for scripts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { type Browser, chromium, openBrowser } from '../support/browser.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
const PATHS = ['', '/usage', '/audit', '/approvals', '/incidents', '/containment', '/policy', '/mine'];
/** Ways from text to markup, and places that outlive the page. */
const MARKUP =
  /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|setHTML|localStorage|sessionStorage/;
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    env: { OPENAI_API_KEY: undefined },
    config: {
      tools: { needsApproval: ['send_email'] },
    },
  });
});
afterAll(async () => void (await gateway.stop()));

/** What the page loads, and what that loads. */
async function scriptsOf(name: string, known = new Map<string, string>()): Promise<Map<string, string>> {
  if (known.has(name)) return known;
  const answer = await fetch(`${gateway.adminUrl}/console/${name}`);
  expect(answer.headers.get('content-type')).toContain('text/javascript');
  const script = await answer.text();
  known.set(name, script);
  for (const [, other = ''] of script.matchAll(/(?:from |import\()'\.\/([a-z-]+\.js)'/g))
    await scriptsOf(other, known);
  return known;
}

test('every page is text under a strict policy, and none makes markup of what it is told', async () => {
  for (const path of PATHS) {
    const answer = await fetch(`${gateway.adminUrl}/console${path}`);
    expect(answer.headers.get('content-type')).toContain('text/html');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(await answer.text()).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|style=/i);
    const slashed = await fetch(`${gateway.adminUrl}/console${path}/?q=1`, { redirect: 'manual' });
    expect([slashed.status, slashed.headers.get('location')]).toEqual([302, `/console${path}`]);
  }
  const scripts = await scriptsOf('console.js');
  expect(scripts.size).toBe(12);
  for (const [name, script] of scripts) expect([name, ...(MARKUP.exec(script) ?? [])]).toEqual([name]);
});

test('every element that a script asks for is in the page', async () => {
  const page = await (await fetch(`${gateway.adminUrl}/console`)).text();
  const scripts = [...(await scriptsOf('console.js')).values()].join('\n');
  const named = new Set([...scripts.matchAll(/byId\('([a-z-]+)'\)/g)].map(([, id]) => id));
  expect(named.size).toBeGreaterThan(8);
  for (const id of named) expect(page).toContain(`id="${id}"`);
});

const program = chromium();
describe.runIf(program)('in Chromium', () => {
  let browser: Browser;
  const seen = (text: string | RegExp) =>
    until(
      () => browser.text(),
      (all) => (typeof text === 'string' ? all.includes(text) : text.test(all)),
    );
  const open = async (name: string) => {
    await browser.evaluate(
      `[...document.querySelectorAll('nav a')].find((a) => a.text === '${name}').click()`,
    );
    await until(
      () => browser.evaluate<string>("document.querySelector('h1:not(#sign-in h1)')?.innerText ?? ''"),
      (title) => title === name,
    );
  };
  const signIn = async (key: string) => {
    await browser.type('#admin-key', key);
    await browser.click('#with-key button');
  };

  beforeAll(async () => {
    browser = await openBrowser(program ?? '');
    await createKey(gateway, { user: 'ada', team: 'red', name: HOSTILE });
    await fetch(`${gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.callerKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'send_email, please' }],
        tools: [{ type: 'function', function: { name: 'send_email', parameters: { type: 'object' } } }],
      }),
    });
    await admin(gateway, 'POST', '/admin/incidents', { note: HOSTILE, severity: 'high' });
    await admin(gateway, 'POST', '/admin/bans', { user: 'mallory', reason: HOSTILE });
  });
  afterAll(() => browser[Symbol.asyncDispose]());

  test('a key that opens nothing is told so, and nothing is shown', async () => {
    await browser.goto(`${gateway.adminUrl}/console`);
    await signIn('not-a-key');
    expect(await seen('auth.invalid')).not.toContain('Sign out');
  });

  test('signed in once, every page is there; hostile text is text', async () => {
    await signIn(gateway.adminKey);
    await seen('admin (admin)');
    await seen(HOSTILE);
    for (const name of ['Usage', 'Audit log', 'Approvals', 'Incidents', 'Containment', 'Policy'])
      await open(name);
    await open('Containment');
    await seen(HOSTILE);
    await open('Incidents');
    await seen(/the house/);
    await browser.click('#page tbody button');
    await seen(HOSTILE);
    expect(await browser.evaluate('document.images.length')).toBe(0);
  });

  test('a key is made, shown once, and revoked once somebody said yes', async () => {
    await open('Keys');
    await browser.type('#page input[name=user]', 'grace');
    await browser.click('#page form button');
    await seen(/shown once: sk-sp-/);
    const row = "[...document.querySelectorAll('tbody tr')].find((tr) => tr.innerText.includes('grace'))";
    await until(
      () => browser.evaluate<string>(`${row}?.innerText ?? ''`),
      (text) => text.includes('active'),
    );
    const ask = `${row}.querySelector('.danger')`;
    const revoke = async (answer: string) => {
      await until(
        () => browser.evaluate<boolean>(`!${ask}.disabled && (${ask}.click(), true)`),
        (clicked) => clicked,
      );
      await until(
        () => browser.evaluate<boolean>("document.querySelector('dialog').open"),
        (isOpen) => isOpen,
      );
      await browser.click(answer);
    };
    await revoke('#no');
    expect(await browser.evaluate(`${row}.innerText`)).toContain('active');
    await revoke('#yes');
    await until(
      () => browser.evaluate<string>(`${row}?.innerText ?? ''`),
      (text) => text.includes('revoked'),
    );
  });

  test('what a notice links to is decided where it is read, and a reload forgets the key', async () => {
    const { body } = await admin(gateway, 'GET', '/admin/approvals?state=pending');
    const [{ id }] = Object(body).data;
    await browser.goto(`${gateway.adminUrl}/console/approvals#${id}`);
    expect(await browser.text()).not.toContain('send_email');
    await signIn(gateway.adminKey);
    await seen('SHA-256 of this text');
    await browser.click('#page .card .primary');
    await seen('approved by admin');
    const { body: after } = await admin(gateway, 'GET', `/admin/approvals/${id}`);
    expect(after).toMatchObject({ state: 'approved', decidedBy: 'admin' });
    await browser.goto(`${gateway.adminUrl}/console/usage`);
    expect(await browser.text()).toContain('Sign in');
    expect(browser.faults).toEqual([]);
  });
});
