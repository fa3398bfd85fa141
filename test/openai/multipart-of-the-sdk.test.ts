import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MultipartBody } from '../../src/openai/body.ts';
import { parseMultipart } from '../../src/openai/multipart.ts';

describe('what the official SDK sends', () => {
  let sent: { bytes: Buffer; type: string } | undefined;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    sent = { bytes: await buffer(request), type: request.headers['content-type'] ?? '' };
    response.setHeader('content-type', 'application/json').end('{}');
  }
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  let openai: OpenAI;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    openai = new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
  });
  afterAll(() => server.close());

  const read = (): MultipartBody => parseMultipart(sent?.bytes ?? Buffer.alloc(0), sent?.type ?? '');

  test('a transcription', async () => {
    const bytes = Buffer.from([0, 0xff, 13, 10, 45, 45]);
    await openai.audio.transcriptions.create({
      file: new File([bytes], 'ton "1".wav', { type: 'audio/wav' }),
      model: 'whisper-1',
      prompt: 'Zeile\r\nnoch eine: ö',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });
    expect(read().parts).toEqual(
      expect.arrayContaining([
        { name: 'file', filename: 'ton %221%22.wav', contentType: 'audio/wav', bytes },
        { name: 'model', value: 'whisper-1' },
        { name: 'prompt', value: 'Zeile\r\nnoch eine: ö' },
        { name: 'timestamp_granularities[]', value: 'word' },
        { name: 'timestamp_granularities[]', value: 'segment' },
      ]),
    );
  });

  test('an edit of several images', async () => {
    await openai.images.edit({
      image: [await toFile(Buffer.from('1'), 'a.png'), await toFile(Buffer.from('2'), 'b.png')],
      prompt: 'both',
      n: 2,
    });
    expect(read().parts.map((each) => each.name)).toEqual(['prompt', 'n', 'image[]', 'image[]']);
  });

  test('a file, with an object among the fields', async () => {
    await openai.files.create({
      file: await toFile(Buffer.from('{}'), 'batch.jsonl'),
      purpose: 'batch',
      expires_after: { anchor: 'created_at', seconds: 3_600 },
    });
    const names = read().parts.map((each) => each.name);
    expect(names.sort()).toEqual(['expires_after[anchor]', 'expires_after[seconds]', 'file', 'purpose']);
  });
});
