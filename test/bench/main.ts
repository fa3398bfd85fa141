/**
 * `npm run bench`: what the gateway costs (`[quick]`), how late each event is (`events`), what guardrails find
 * (`guardrails FOLDER`), how keys are refused (`credentials`).
 */
const [what, folder] = process.argv.slice(2);

if (what === 'guardrails') {
  const { benchGuardrails } = await import('./guardrails.ts');
  const { longTable } = await import('./guardrails-long.ts');
  if (folder === undefined) throw new Error('usage: npm run bench -- guardrails FOLDER');
  process.stdout.write(`${benchGuardrails(folder)}\n\n${longTable()}\n`);
} else if (what === 'credentials') {
  const { benchCredentials } = await import('./credentials.ts');
  process.stdout.write(`${await benchCredentials()}\n`);
} else if (what === 'events') {
  const { benchEvents } = await import('./events.ts');
  process.stdout.write(`${await benchEvents(folder === 'quick' ? 3 : 10)}\n`);
} else {
  await import('./gateway.ts');
}
