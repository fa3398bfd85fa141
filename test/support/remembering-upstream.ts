/** An OpenAI that remembers: responses, conversations, stored completions; it answers with all it was ever told. */
import { isRecord } from '../../src/openai/child.ts';
import { json, type Behaviour } from './behaviour.ts';
import { chatAnswer, responsesAnswer } from './openai-answer.ts';
import type { SeenRequest } from './seen-request.ts';
import type { Script } from './upstream.ts';

/** What it remembers, by id: everything that was said there. */
export interface Memory {
  readonly script: Script;
  readonly said: ReadonlyMap<string, string>;
}

/** Ids are `resp_<n>`, `conv_<n>`, `chatcmpl-<n>`; no n comes twice. */
export function remembering(): Memory {
  const said = new Map<string, string>();
  let requests = 0;
  const script = (came: SeenRequest): Behaviour => {
    const seen = { ...came, index: ++requests };
    const [path = '', query = ''] = seen.target.split('?');
    const [group = '', id = '', more] = path.slice('/v1/'.length).split('/');
    const body = bodyOf(seen);
    if (group === 'chat') return chat(seen, path.split('/')[4]);
    if (seen.method === 'POST' && id === '') {
      if (group === 'conversations') return made(`conv_${seen.index}`, body['items']);
      return respond(seen, body);
    }
    if (seen.method === 'POST') return grown(id, body['items']);
    const text = said.get(id) ?? '';
    if (more !== undefined) return json({ object: 'list', data: [item(text)], has_more: false });
    const asked = query.includes('stream=true') ? { ...seen, json: { stream: true } } : seen;
    return responsesAnswer(asked, { words: Array.from(text), fields: { id } });
  };

  function respond(seen: SeenRequest, body: Record<string, unknown>): Behaviour {
    const { conversation, previous_response_id: before } = body;
    const text = `${said.get(String(conversation ?? before)) ?? ''}${textOf(body['input'])} | `;
    said.set(`resp_${seen.index}`, text);
    if (typeof conversation === 'string') said.set(conversation, text);
    return responsesAnswer(seen, { words: Array.from(text) });
  }

  function made(id: string, items: unknown): Behaviour {
    said.set(id, `${textOf(items)} | `);
    return json({ id, object: 'conversation', created_at: 1, metadata: {} });
  }

  function grown(id: string, items: unknown): Behaviour {
    said.set(id, `${said.get(id) ?? ''}${textOf(items)} | `);
    return json({ object: 'list', data: [item(textOf(items))], has_more: false });
  }

  function chat(seen: SeenRequest, id: string | undefined): Behaviour {
    const own = id ?? `chatcmpl-${seen.index}`;
    if (id === undefined) said.set(own, textOf(bodyOf(seen)['messages']));
    return chatAnswer(seen, { words: [said.get(own) ?? ''], fields: { id: own } });
  }

  return { script, said };
}

/** Every text of a user in what was given, one after the other. */
function textOf(given: unknown): string {
  if (typeof given === 'string') return given;
  if (Array.isArray(given)) return given.map(textOf).join(' ').trim();
  const { role, content, text } = recordOf(given);
  return role === 'system' ? '' : textOf(content ?? text ?? '');
}

function item(text: string): object {
  return { id: 'msg_1', type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}

function bodyOf({ json: body }: SeenRequest): Record<string, unknown> {
  return recordOf(body);
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
