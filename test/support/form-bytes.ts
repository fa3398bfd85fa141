/** Multipart bytes as a test wants them: nothing is repaired, nothing quoted. */

export interface FormPart {
  readonly name: string;
  readonly content: string | Buffer;
  /** A file where it is given. */
  readonly filename?: string;
  readonly contentType?: string;
  /** Further header lines. */
  readonly headers?: readonly string[];
}

const BOUNDARY = 'a-boundary-of-the-tests';
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

export function formBytes(parts: readonly FormPart[]): Buffer {
  const chunks = parts.flatMap(({ name, content, filename, contentType, headers = [] }) => {
    const lines = [
      `Content-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`,
      ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
      ...headers,
    ];
    return [
      Buffer.from(`--${BOUNDARY}\r\n${lines.join('\r\n')}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ];
  });
  return Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

/** A value as the fields of a form: `a[b]`, `a[]`; numbers and truth values as text. */
export function fieldsOf(name: string, value: unknown): FormPart[] {
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(`${name}[]`, each));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => fieldsOf(`${name}[${key}]`, inner));
  return [{ name, content: String(value) }];
}
