/** The body of a call: read strictly, in exactly one way, and brought under the policy of its parameters. */
import { isUtf8 } from 'node:buffer';
import { Refusal } from '../../base/errors.ts';
import type { Body, Text } from '../../openai/body.ts';
import type { Endpoint } from '../../openai/endpoint.ts';
import { parseJson } from '../../openai/json.ts';
import { parseMultipart } from '../../openai/multipart.ts';
import { readParts } from '../../openai/parts.ts';
import type { ModelsSettings } from '../../openai/prices.ts';
import { applyParameters, type ParameterPolicy, type Ruled } from '../limits/parameters.ts';
import type { RequestRules } from './request-rules.ts';

/** What is read, and by which rules. */
export interface ReadJob {
  readonly query: readonly (readonly [string, string])[];
  readonly contentType: string;
  readonly bytes: Uint8Array | undefined;
  readonly rules: RequestRules;
  readonly models: ModelsSettings;
  readonly parameters?: readonly ParameterPolicy[] | undefined;
}

const MULTIPART = /^multipart\/form-data\s*;/i;
const SDP = /^application\/sdp/i;

/** The body as it is read and sent from here on. @throws request.parameter, and what reading it throws */
export function readRuled(endpoint: Endpoint, job: ReadJob): Ruled {
  const { bytes, parameters, query, models } = job;
  const body = readBody(endpoint, job);
  if (!parameters) return { body, bytes, changed: undefined };
  return applyParameters({ body, bytes }, parameters, { endpoint, query, models });
}

/** @throws request.invalid_json, request.invalid_multipart and their like */
function readBody(endpoint: Endpoint, job: ReadJob): Body | undefined {
  const bytes = job.bytes && Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength);
  if (!bytes) {
    if (endpoint.body === 'multipart') throw new Refusal('request.invalid_multipart');
    if (endpoint.model === 'required') throw new Refusal('request.missing_model', { param: 'model' });
    return undefined;
  }
  if (MULTIPART.test(job.contentType)) {
    return readParts(endpoint, parseMultipart(bytes, job.contentType), job.rules.unreadFiles);
  }
  return SDP.test(job.contentType) ? undefined : parseJson(bytes);
}

/** A session description stays what it is, and is looked at all the same. */
export function sessionDescription({ bytes, contentType }: ReadJob): readonly Text[] {
  if (!bytes || !SDP.test(contentType)) return [];
  if (!isUtf8(bytes)) throw new Refusal('request.invalid_utf8');
  const text = Buffer.from(bytes).toString('utf8');
  return [{ text, trust: 'user', class: 'token', pointer: 'sdp', index: -1, turn: -1 }];
}
