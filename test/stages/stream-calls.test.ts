/**
 * stages/stream-calls, stages/stream-verdicts, chat-calls, response-calls, tool-call: what leaves of a stream that calls tools. Shown false by
 * letting `isUndecided` be false for open calls (rules for arguments are told too late) and by a `#settle` that decides
 * nothing (each refused row is relayed).
 */
import { describe, expect, test } from 'vitest';
import { type CallOptions, prepared } from '../support/exchange.ts';
import {
  CHAT,
  RESPOND,
  run,
  again,
  relayed,
  role,
  says,
  ALLOWED,
  REFUSED,
  bits,
  chat,
  items,
  unfinished,
  unfinishedItem,
  hosted,
  patched,
  onlyAtTheEnd,
} from '../support/call-runs.ts';
import {
  CALLED,
  callPart,
  chatCall,
  chunkOf,
  DONE,
  itemEvents,
  messageEvents,
  numbered,
  responseOf,
} from '../support/call-streams.ts';

describe('what is allowed is the same bytes', () => {
  const parts = ['{"path":"/data/\\u00', 'e9\\ud83d', '\\ude00"}'];
  const responding = numbered(responseOf(itemEvents(0, 'function_call', 'read_file', parts)).slice(1));
  const streams: readonly (readonly [string, number, CallOptions, readonly string[]])[] = [
    ['chat', 1, CHAT, [...chatCall(0, 'read_file', parts), CALLED, DONE]],
    ['Responses', 1, RESPOND, responding],
    [
      'chat, several',
      97,
      CHAT,
      chat(chatCall(0, 'read_file', bits(ALLOWED)), chatCall(1, 'search', ['{"q":', '1}'])),
    ],
    ['Responses, a text', 97, RESPOND, items([1, 'custom_tool_call', 'sql', bits('select a')])],
  ];
  test.each(streams)(
    '%s, wherever the stream is cut',
    async (_, step, call, events) => {
      const whole = Buffer.from(events.join(''));
      const first = await prepared(call);
      for (let at = 0; at <= whole.length; at += step) {
        const chunks = [whole.subarray(0, at), whole.subarray(at)];
        const { text, exchange } = await relayed(again(first), { chunks });
        expect(text === whole.toString(), `cut at ${at}`).toBe(true);
        expect(exchange.answer).toMatchObject({ complete: true, redactions: 0 });
      }
    },
    120_000,
  );

  test('where only the name counts, nothing waits for the end of the call; else all of it does', async () => {
    for (const [call, of] of [
      [CHAT, unfinished],
      [RESPOND, unfinishedItem],
    ] as const) {
      const named = await run(call, { chunks: of('search'), fault: 'broken' });
      expect(named.text.startsWith(of('search').join(''))).toBe(true);
      const held = await run(call, { chunks: of('read_file'), fault: 'broken' });
      expect(held.text).toMatch(/Let me see\.|Well\./);
      expect(held.text).not.toContain('read_file');
    }
  });
});

const refused: readonly (readonly [string, string, CallOptions, readonly string[], hidden: RegExp])[] = [
  ['a name', 'tool.denied', CHAT, chat(chatCall(0, 'execute_shell', ['{}'])), /shell/],
  ['a name in capitals', 'tool.denied', CHAT, chat(chatCall(0, 'Execute_Shell', ['{}'])), /Shell/],
  [
    'a name with look-alikes',
    'tool.denied',
    CHAT,
    chat(chatCall(0, 'ex\u0435cute_sh\u0435ll', ['{}'])),
    /cute/,
  ],
  ['a name with space about it', 'tool.denied', CHAT, chat(chatCall(0, ' search\u200b', ['{}'])), /search/],
  ['no name', 'tool.denied', CHAT, chat([callPart(0, '{}')]), /tool_calls/],
  [
    'a name that comes late',
    'tool.denied',
    CHAT,
    chat([callPart(0, '{}'), callPart(0, '', 'execute_shell')]),
    /shell/,
  ],
  ['arguments', 'tool.arguments', CHAT, chat(chatCall(0, 'read_file', bits(REFUSED))), /read_file|etc/],
  [
    'arguments of a tool in another spelling',
    'tool.arguments',
    CHAT,
    chat(chatCall(0, 'Read_File', [REFUSED])),
    /etc/,
  ],
  [
    'arguments that are no JSON',
    'tool.arguments',
    CHAT,
    chat(chatCall(0, 'read_file', ['{"path":"/data/a"'])),
    /read_file/,
  ],
  [
    'arguments with a key twice',
    'tool.arguments',
    CHAT,
    chat(chatCall(0, 'read_file', ['{"path":"/etc","path":"/data/a"}'])),
    /read_file/,
  ],
  [
    'the second call',
    'tool.denied',
    CHAT,
    chat(chatCall(0, 'search', ['{}']), chatCall(1, 'execute_shell', ['{}'])),
    /shell/,
  ],
  [
    'too many',
    'tool.calls',
    CHAT,
    chat(...[0, 1, 2, 3].map((i) => chatCall(i, `search_${i}`, ['{}']))),
    /search_3/,
  ],
  ['approval', 'tool.approval_needed', CHAT, chat(chatCall(0, 'send_money', ['{}'])), /send_money/],
  [
    'as it was before tools',
    'tool.denied',
    CHAT,
    [
      role,
      says,
      chunkOf({ function_call: { name: 'execute_shell', arguments: '{}' } }),
      chunkOf({}, { finish_reason: 'function_call' }),
      DONE,
    ],
    /shell/,
  ],
  [
    'a type nobody knows',
    'tool.denied',
    CHAT,
    chat([chunkOf({ tool_calls: [{ index: 0, id: 'c', type: 'teleport', teleport: {} }] })]),
    /teleport/,
  ],
  [
    'in another choice',
    'tool.arguments',
    CHAT,
    [role, says, callPart(0, REFUSED, 'read_file', 3), chunkOf({}, { finish_reason: 'tool_calls' }, 3), DONE],
    /read_file/,
  ],
  [
    'in one chunk with its end',
    'tool.denied',
    CHAT,
    [
      role,
      says,
      chunkOf(
        {
          tool_calls: [
            { index: 0, id: 'c', type: 'function', function: { name: 'execute_shell', arguments: '{}' } },
          ],
        },
        { finish_reason: 'tool_calls' },
      ),
      DONE,
    ],
    /shell/,
  ],
  [
    'a stream without an end',
    'tool.arguments',
    CHAT,
    [role, says, ...chatCall(0, 'read_file', [REFUSED])],
    /read_file/,
  ],
  ['a name', 'tool.denied', RESPOND, items([1, 'function_call', 'execute_shell', ['{}']]), /shell/],
  [
    'arguments',
    'tool.arguments',
    RESPOND,
    items([1, 'function_call', 'read_file', bits(REFUSED)]),
    /read_file|etc/,
  ],
  ['a text', 'tool.arguments', RESPOND, items([1, 'custom_tool_call', 'sql', ['drop ', 'table']]), /drop/],
  ['what a server did', 'tool.denied', RESPOND, items([1, 'mcp_call', 'execute_shell', ['{}']]), /shell/],
  ['a patch outside', 'tool.arguments', RESPOND, numbered(patched('/etc/passwd')), /passwd/],
  [
    'pictures',
    'tool.denied',
    RESPOND,
    numbered(responseOf(messageEvents(0, 'Well.'), hosted('image_generation_call'))),
    /image_gen/,
  ],
  [
    'a type of tomorrow',
    'tool.denied',
    RESPOND,
    numbered(responseOf(messageEvents(0, 'Well.'), hosted('teleport_call'))),
    /teleport/,
  ],
  ['what only the end tells', 'tool.denied', RESPOND, onlyAtTheEnd('execute_shell'), /shell/],
];

describe('what is not allowed ends the answer', () => {
  test.each(refused)('%s: %s', async (_, code, call, chunks, hidden) => {
    const found = await run(call, { chunks });
    expect(found.code).toBe(code);
    expect(found.text).toMatch(/Let me see\.|Well\./);
    expect(found.text).not.toMatch(hidden);
    expect(found.text).not.toContain('[DONE]');
    expect(found.text.split('\n\n').at(-2)).toContain(`"code":"${code}"`);
    expect(found.exchange.ending).toBe('refused');
  });

  test('and the call upstream', async () => {
    const { aborted } = await run(CHAT, { chunks: chat(chatCall(0, 'execute_shell', ['{}'])) });
    expect(aborted).toBe(true);
  });

  test.each([
    ['a patch inside', RESPOND, numbered(patched('/data/a'))],
    ['a search', RESPOND, numbered(responseOf(messageEvents(0, 'Well.'), hosted('web_search_call')))],
    ['what only the end tells', RESPOND, onlyAtTheEnd('search')],
    ['three calls', CHAT, chat(...[0, 1, 2].map((i) => chatCall(i, 'search', ['{}'])))],
    ['a tool of the same letters', CHAT, chat(chatCall(0, 'execute_shell_history', ['{}']))],
  ])('not %s', async (_, call, chunks) => {
    expect((await run(call, { chunks })).text).toBe(chunks.join(''));
  });
});
