/** Shown false by cells that begin as they are: every formula came out as one. */
import { expect, test } from 'vitest';
import { csvText } from '../../src/base/csv.ts';

test('lines end in CRLF, and what would end a cell is quoted', () => {
  expect(
    csvText(
      ['a', 'b'],
      [
        ['x', 1],
        [undefined, 0.5],
      ],
    ),
  ).toBe('a,b\r\nx,1\r\n,0.5\r\n');
  expect(csvText(['say "hi"'], [['one,two'], ['up\ndown'], ['']])).toBe(
    '"say ""hi"""\r\n"one,two"\r\n"up\ndown"\r\n\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@sum(A1)', '\tx', '\rx'])('no text is a formula: %j', (text) => {
  const cell = csvText([], [[text]]).slice(2, -2);
  expect(cell.replace('"', '')).toMatch(/^'/);
  expect(csvText([], [[-1]])).toBe('\r\n-1\r\n');
});
