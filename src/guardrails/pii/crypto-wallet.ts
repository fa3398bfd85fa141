/**
 * Addresses of crypto-currencies: Base58Check and Bech32 by their checksums, Ethereum's by its form; other forms, and
 * those whose checksum fails, only beside a label.
 */
import { hash } from 'node:crypto';
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE58_VALUE = valuesOf(BASE58);
/** Ripple writes the same number with an alphabet of its own. */
const RIPPLE_VALUE = valuesOf('rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz');
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BECH32_VALUE = valuesOf(BECH32);

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/** Shortest and longest address of any kind, without what stands before `:`. */
export const WALLET_MIN = 25;
export const WALLET_MAX = 110;

const LABELLED_FORM =
  /^(?:[13LMDTXtrnm2][1-9A-HJ-NP-Za-km-z]{24,33}|[48][1-9A-HJ-NP-Za-km-z]{94,105}|(?:0x)?[0-9a-fA-F]{40}|[2-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z]{31,43}|1[1-9A-HJ-NP-Za-km-z]{45,47}|G[A-Z2-7]{55}|(?:bc|ltc|tb)1[02-9ac-hj-np-z]{6,87}|addr1[02-9ac-hj-np-z]{50,100}|cosmos1[02-9ac-hj-np-z]{38}|[qp][02-9ac-hj-np-z]{41})$/;

/** The address that is the whole run of letters and digits from `start` to `end`. */
export function walletAt(
  text: string,
  start: number,
  end: number,
  isLabelled: boolean,
): Candidate | undefined {
  const run = text.slice(start, end);
  const isCash = /^[qp][02-9ac-hj-np-z]{41}$/.test(run) && text.startsWith('bitcoincash:', start - 12);
  const isValid = isCash || hasWalletForm(run) || (isLabelled && LABELLED_FORM.test(run) && /\d/.test(run));
  if (!isValid) return undefined;
  const score = isLabelled ? CONFIDENCE.contextual : CONFIDENCE.validated;
  return { type: 'CRYPTO_WALLET', start, end, score, reason: 'an address of a crypto-currency' };
}

function hasWalletForm(run: string): boolean {
  const first = run.charAt(0);
  if (first === '0') return /^0x[0-9a-fA-F]{40}$/.test(run) && !/^0x(.)\1{15}/.test(run);
  if (/^(?:bc|tb|ltc|bcrt|addr|cosmos|osmo|BC|TB)1/.test(run)) return isBech32(run);
  if ('13LMDTXAt9'.includes(first) && run.length <= 36) return isBase58Check(run, BASE58_VALUE);
  if (first === 'G' && run.length === 56) return /^G[A-Z2-7]{55}$/.test(run) && /\d.{0,40}\d/.test(run);
  if (first === 'r' && run.length <= 36) return isBase58Check(run, RIPPLE_VALUE);
  return (
    (first === '4' || first === '8') && run.length === 95 && /^[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}$/.test(run)
  );
}

/** A version byte or two, twenty bytes, and the first four of their double SHA-256. */
function isBase58Check(run: string, values: Int8Array): boolean {
  const bytes = new Uint8Array(26);
  for (let i = 0; i < run.length; i++) {
    let carry = values[run.charCodeAt(i) & 127] ?? -1;
    if (carry < 0) return false;
    for (let j = bytes.length - 1; j >= 0; j--) {
      carry += 58 * (bytes[j] ?? 0);
      bytes[j] = carry & 255;
      carry >>= 8;
    }
    if (carry > 0) return false;
  }
  const payload = bytes.subarray(bytes[0] === 0 ? 1 : 0);
  const body = payload.subarray(0, -4);
  const digest = hash('sha256', hash('sha256', body, 'buffer'), 'buffer');
  return digest.subarray(0, 4).equals(payload.subarray(-4));
}

const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173 and BIP 350: the checksum is 1, or 0x2bc830a3 for the newer form. */
function isBech32(spelled: string): boolean {
  const run = spelled.toLowerCase();
  if (run !== spelled && spelled.toUpperCase() !== spelled) return false;
  const at = run.lastIndexOf('1');
  let sum = 1;
  const feed = (value: number): void => {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >>> i) & 1) sum ^= GENERATORS[i] ?? 0;
  };
  for (let i = 0; i < at; i++) feed(run.charCodeAt(i) >>> 5);
  feed(0);
  for (let i = 0; i < at; i++) feed(run.charCodeAt(i) & 31);
  for (let i = at + 1; i < run.length; i++) {
    const value = BECH32_VALUE[run.charCodeAt(i) & 127] ?? -1;
    if (value < 0) return false;
    feed(value);
  }
  return sum === 1 || sum === 0x2bc830a3;
}
