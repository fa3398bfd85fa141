/** What looks like a secret and is none: examples, references to variables, names in code, paths, hashes of things. */

const EXAMPLE =
  /example|sample|dummy|placeholder|changeme|change_me|redacted|your[-_]|my[-_]?(?:secret|token|key|password)|x{4,}|\*{3,}|\.{3}|-{4,}/i;
const REFERENCE =
  /^[$%{<(&*@[]|\$\{|\{\{|process\.env|import\.meta|os\.environ|getenv|^env[.:]|^vault:|^arn:|^secretref/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PATH_OR_URL =
  /^(?:[a-z]:)?[./~\\]|:\/\/|^[\w.-]+(?:\/[\w.-]+){1,}$|\.(?:pem|key|crt|json|ya?ml|txt|js|ts|py|go|env|md)$/i;
const LITERAL =
  /^(?:true|false|null|none|nil|undefined|string|number|boolean|required|optional|\d+(?:[.,:/-]\d+)*)$/i;

/** Whether a token of a vendor's shape is plainly a stand-in. */
export function isStandIn(token: string): boolean {
  return /EXAMPLE|x{5,}|\.{3}|\*{3}|your[-_]|redacted/i.test(token) || /(.)\1{7,}/.test(token);
}

/** Whether the value beside a label such as `password` is plainly no secret. */
export function isAllowedValue(value: string): boolean {
  return (
    EXAMPLE.test(value) ||
    REFERENCE.test(value) ||
    UUID.test(value) ||
    PATH_OR_URL.test(value) ||
    LITERAL.test(value) ||
    /^(.)\1*$/.test(value)
  );
}

/** Bits a character (Shannon, over the value's own characters); 0 for the empty string. */
export function entropyBits(value: string): number {
  const counts = new Uint16Array(128);
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i) & 127;
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
