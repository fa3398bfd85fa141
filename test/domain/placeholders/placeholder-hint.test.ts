/** The hint about placeholders: once, before anything of the caller's, and only where something was replaced. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PLACEHOLDER_HINT } from '../../../src/domain/placeholders/placeholder-hint.ts';
import { prepared } from '../../support/exchange.ts';

const EMAIL = 'ann@example.com';

/** The body as it goes up, and how much was reserved for its input. */
async function sent(target: string, body: object): Promise<Record<string, unknown>> {
  const { prepared: preparation } = await prepared({ target, body });
  return z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(preparation.bytes ?? []).toString()));
}
const chat = async (messages: unknown[]): Promise<unknown> =>
  (await sent('/v1/chat/completions', { model: 'gpt-4o-mini', messages }))['messages'];

const costs = async (content: string): Promise<number> => {
  const { prepared: preparation } = await prepared({
    body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content }] },
  });
  return preparation.quote?.inputTokens ?? 0;
};

describe('in chat', () => {
  const user = { role: 'user', content: `write to ${EMAIL}` };
  const written = { role: 'user', content: 'write to <EMAIL_1>' };

  it('a system message is made where there is none', async () => {
    expect(await chat([user])).toEqual([{ role: 'system', content: PLACEHOLDER_HINT }, written]);
  });

  it.each(['system', 'developer'])(
    'before the text of the first %s message, wherever it stands',
    async (role) => {
      const other = { role: 'system', content: `also from ${EMAIL}` };
      expect(await chat([user, { role, content: 'Be kind.' }, other])).toEqual([
        written,
        { role, content: `${PLACEHOLDER_HINT}\n\nBe kind.` },
        { role: 'system', content: 'also from <EMAIL_1>' },
      ]);
    },
  );

  it('before text that is itself rewritten, and before the parts of a message', async () => {
    expect(await chat([{ role: 'system', content: `Answer for ${EMAIL}.` }, user])).toEqual([
      { role: 'system', content: `${PLACEHOLDER_HINT}\n\nAnswer for <EMAIL_1>.` },
      written,
    ]);
    const part = { type: 'text', text: 'Be kind.' };
    expect(await chat([{ role: 'developer', content: [part] }, user])).toEqual([
      { role: 'developer', content: [{ type: 'text', text: PLACEHOLDER_HINT }, part] },
      written,
    ]);
  });

  it('nowhere where nothing was replaced', async () => {
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] };
    const { prepared: preparation } = await prepared({ body });
    expect(Buffer.from(preparation.bytes ?? []).toString()).not.toContain('TYPE_n');
  });

  it('is counted: what it costs is reserved', async () => {
    expect((await costs(`write to ${EMAIL}`)) - (await costs('write to ann at example com'))).toBeGreaterThan(
      30,
    );
  });
});

describe('in Responses', () => {
  const respond = async (fields: object): Promise<Record<string, unknown>> =>
    sent('/v1/responses', { model: 'gpt-4o-mini', input: `write to ${EMAIL}`, ...fields });

  it.each([
    [{}, PLACEHOLDER_HINT],
    [{ instructions: null }, PLACEHOLDER_HINT],
    [{ instructions: 'Be kind.' }, `${PLACEHOLDER_HINT}\n\nBe kind.`],
    [{ instructions: `For ${EMAIL}.` }, `${PLACEHOLDER_HINT}\n\nFor <EMAIL_1>.`],
  ])('instructions: %j', async (fields, instructions) => {
    expect(await respond(fields)).toMatchObject({ instructions, input: 'write to <EMAIL_1>' });
  });
});

it('other operations are not told', async () => {
  const body = await sent('/v1/embeddings', { model: 'text-embedding-3-small', input: `for ${EMAIL}` });
  expect(body).toEqual({ model: 'text-embedding-3-small', input: 'for <EMAIL_1>' });
});
