/** `npm run bench`: what the gateway costs (`[quick]`), or what the guardrails find (`guardrails FOLDER`). */
const [what, folder] = process.argv.slice(2);

if (what === 'guardrails') {
  const { benchGuardrails } = await import('./guardrails.ts');
  if (folder === undefined) throw new Error('usage: npm run bench -- guardrails FOLDER');
  process.stdout.write(`${benchGuardrails(folder)}\n`);
} else {
  await import('./gateway.ts');
}
