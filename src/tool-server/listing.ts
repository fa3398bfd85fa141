/** The tools of a caller in the forms that programs pass on: OpenAI's functions, and MCP's tools. */
import type { Tool } from './way.ts';

/** For `tools` of a Chat Completions call, or, flat, of the Responses API. */
export function openaiTools(tools: readonly Tool[], isFlat: boolean): unknown {
  const data = tools.map(({ name, description, input }) => {
    const declared = { name, description, parameters: input };
    return isFlat ? { type: 'function', ...declared } : { type: 'function', function: declared };
  });
  return { object: 'list', data };
}

/** The result of MCP's `tools/list`, in one page. */
export function mcpTools(tools: readonly Tool[]): unknown {
  return {
    tools: tools.map(({ name, description, input }) => ({ name, description, inputSchema: input })),
  };
}
