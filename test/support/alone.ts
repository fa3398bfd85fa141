/**
 * A program for a sandbox without a network: starts the gateway that it is given as a user would, calls it once, and
 * prints what it saw as JSON. Alone in its network, it takes the ports of the default configuration.
 */
import { spawn } from 'node:child_process';
import { networkInterfaces } from 'node:os';

const [, , main = ''] = process.argv;
const gateway = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
let told = '';
const key = await new Promise<string>((resolve, reject) => {
  gateway.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    const [, found] = /Caller key +(\S+)\s/.exec(told) ?? [];
    if (found !== undefined) resolve(found);
  });
  gateway.once('exit', (code) => reject(new Error(`ended with ${code}: ${told}`)));
});
const answer = await fetch('http://127.0.0.1:8787/v1/chat/completions', {
  method: 'POST',
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
});
await answer.arrayBuffer();
gateway.removeAllListeners('exit');
const ended = new Promise<number | null>((resolve) => gateway.once('exit', resolve));
gateway.kill('SIGTERM');
const seen = { status: answer.status, exit: await ended, networks: Object.keys(networkInterfaces()) };
process.stdout.write(JSON.stringify(seen));
