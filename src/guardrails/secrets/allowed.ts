/** What looks like a secret and is none: examples, references to variables, names in code, paths, hashes of things. */

const EXAMPLE =
  /example|sample|dummy|placeholder|change[_-]?me|replace[_-]?me|redacted|removed|hidden|insert[_-]|your[-_]|(?:^|[-_])(?:my|the)[-_]?(?:secret|token|key|password)|x{4,}|\*{3,}|\.{3}|-{4,}|_{4,}|#{4,}|^<.*>$|here$/i;
const REFERENCE =
  /^(?:[$%@&]\w+$|[$%][({<]|\{\{?\w*\}|[<&@](?=[\w/])|\*\w+$|\[\w+\]$|\(\w*\)$|!\w+$)|\$\{|\{\{|process\.env|import\.meta|os\.environ|getenv|^env[.:(]|^vault:|^arn:|^urn:|^secretref|^ENC\[|^ref\+|^op:\/\/|^ssm:|^file:|^base64:$|^%\w+%$|%[sd]$|^\w+\(|^new\s|^(?:self|this|config|settings|args|opts|options|params|request|req|ctx|props|data|user|secrets|var|local|module|values|credentials|env|state|input|event|body)\.[A-Za-z_]/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PATH_OR_URL =
  /^(?:[a-z]:)?[./~\\](?=[\w./~\\-])|:\/\/|^[\w.-]+(?:\/[\w.-]+)+$|\.(?:pem|key|crt|cer|json|ya?ml|txt|js|mjs|ts|tsx|py|go|env|md|html?|php|java|rb|com|org|net|io|local)$/i;
const LITERAL =
  /^(?:true|false|null|none|nil|undefined|string|number|boolean|required|optional|\d{1,5}|\d+(?:[.,:/-]\d+)+|(?:sha|md|aes|rsa|utf|base|oauth|http|ipv?)-?\d{1,4}|sha\d{3}[-:=].*|md5:.*|0x[0-9a-f]{1,16}|v?\d+(?:\.\d+)+[\w.-]*)$/i;

/** Whether a token of a vendor's shape is plainly a stand-in. */
export function isStandIn(token: string): boolean {
  return (
    /EXAMPLE|x{5,}|X{5,}|\.{3}|\*{3}|your[-_]|redacted|HERE$|placeholder/i.test(token) ||
    /(.)\1{7,}/.test(token)
  );
}

export const isUuid = (value: string): boolean => value.length === 36 && UUID.test(value);

/** Whether the value beside a label such as `password` is plainly no secret. */
export function isAllowedValue(value: string): boolean {
  return (
    EXAMPLE.test(value) ||
    REFERENCE.test(value) ||
    isUuid(value) ||
    (PATH_OR_URL.test(value) && !isRandom(value)) ||
    LITERAL.test(value) ||
    /^(.)\1*$/.test(value)
  );
}

/** Letters of both cases and digits without an order that words and paths have; 20 characters at least. */
export function isRandom(value: string): boolean {
  if (/^[0-9a-f]{32,}$/.test(value)) return entropyBits(value) > 3;
  return (
    /^[A-Za-z0-9+/=_-]{20,}$/.test(value) &&
    /\d/.test(value) &&
    (value.match(/[a-z][A-Z]|[A-Za-z]\d/g)?.length ?? 0) > 4 &&
    entropyBits(value) > 4
  );
}

/** Names of variables, fields, files and packages: words joined by case, `.`, `_` or `-`, a short number or version behind. */
export function isIdentifier(value: string): boolean {
  return (
    (/^[A-Za-z]+(?:(?:[._:-]|::|->)[A-Za-z]+)*(?:[._-]?\d{1,2}|-v?\d+(?:\.\d+)+)?$/.test(value) &&
      /[a-z]{3}|^[A-Z_]+$/.test(value)) ||
    isNumberedName(value)
  );
}

/** The same with a number within: `addInt32PrefixedString`, `P11_KIT_URI`, `secret-2-levels`. */
export const isNumberedName = (value: string): boolean =>
  /^_?[A-Z]{0,3}[a-z]{2,24}(?:[A-Z]{1,3}[a-z]{2,24}){0,7}\d{1,3}(?:[A-Z]{1,3}[a-z]{2,24}){2,8}$/.test(
    value,
  ) ||
  /^_[A-Z]{0,3}[a-z]{2,24}(?:[A-Z]{1,3}[a-z]{2,24}){1,8}$/.test(value) ||
  /^[A-Z]{1,12}\d{0,2}(?:_[A-Z]{2,16}){2,8}$/.test(value) ||
  /^[a-z]{4,16}-\d-[a-z]{4,16}$/.test(value);

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
