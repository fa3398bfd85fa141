/** The calls that a batch's file holds, one a line: each is what it would be if it were made by itself. */
import { Refusal } from '../base/errors.ts';
import { type Document, type JsonBody, type MultipartBody, purposeOf } from './body.ts';
import { child, isRecord } from './child.ts';
import type { Endpoint } from './endpoint.ts';
import { matchRoute } from './route.ts';

export interface BatchLine {
  readonly endpoint: Endpoint;
  /** The call's own body, with the source of the whole line; its strings are those of the line. */
  readonly body: JsonBody;
  readonly document: Document;
  /** Which part of the form it stands in. */
  readonly part: number;
}

/**
 * The lines of a form with `purpose=batch`; none for any other.
 * @throws request.invalid_field for a line that is no call of one operation with a JSON body;
 *   access.unknown_operation, access.operation_refused, request.path, request.query
 */
export function batchLines(form: MultipartBody): readonly BatchLine[] {
  if (purposeOf(form) !== 'batch') return [];
  return form.parts.flatMap((file, part) =>
    'bytes' in file ? (file.documents ?? []).map((document) => lineFrom(document, part)) : [],
  );
}

function lineFrom(document: Document, part: number): BatchLine {
  const { source, value } = document.body;
  const url = child(value, 'url');
  const body = child(value, 'body');
  if (child(value, 'method') !== 'POST' || typeof url !== 'string' || !isRecord(body)) throw invalid();
  const { endpoint, params, query } = matchRoute('POST', url);
  if (endpoint.refused !== undefined) throw new Refusal('access.operation_refused');
  const isPlain = Object.keys(params).length === 0 && query.length === 0;
  if (!isPlain || (endpoint.body !== 'json' && endpoint.body !== 'either')) throw invalid();
  return { endpoint, body: { kind: 'json', source, value: body, leaves: [] }, document, part };
}

function invalid(): Refusal {
  return new Refusal('request.invalid_field', { param: 'file' });
}
