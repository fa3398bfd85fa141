/** Places are told as OpenAI tells them, and never in words of whoever sent them. Shown false by a name that is not looked at. */
import { expect, test } from 'vitest';
import { fieldAt, fieldName } from '../../src/base/field-name.ts';

test.each([
  ['/messages/0/content/1/text', 'messages[0].content[1].text'],
  ['/model', 'model'],
  ['/0/name', '[0].name'],
  ['/tools/12/function', 'tools[12].function'],
  ['/paths/*', 'paths.*'],
  ['', ''],
  ['file', 'file'],
  ['vector_store_id', 'vector_store_id'],
])('%s is %s', (pointer, name) => expect(fieldAt(pointer)).toBe(name));

test('what a caller called something is not repeated', () => {
  expect(fieldAt('/metadata/my card is 4111/x')).toBe('metadata.*.x');
  expect(fieldAt('/metadata/a~1b~0c')).toBe('metadata.*');
  expect(fieldAt(`/metadata/${'a'.repeat(65)}`)).toBe('metadata.*');
  expect(fieldName(['rules', 3, 'a"b'])).toBe('rules[3].*');
});
