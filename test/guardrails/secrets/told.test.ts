/**
 * Secrets told without a label and a sign right before them, and the same words where nothing is told. Tried with the
 * detectors as they were before: every value of the first table was missed, and the secret beside the access key.
 */
import { describe, expect, it } from 'vitest';
import { secretsGuardrail } from '../../../src/guardrails/secrets/secrets.ts';

const noise = (length: number, alphabet = 'aZ3kQ9xB7mT1vR5cY8nJ2wL6pD4hS0fG'): string =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + ((i * i) % 11)) % alphabet.length]).join('');
const hex = (length: number): string => noise(length, '3f9a1c7e5b0d2864');
const found = (text: string): string[] =>
  secretsGuardrail.inspect(text, 'user').map(({ start, end }) => text.slice(start, end));

const password = ['Otter', '41!quay'].join('');
const words = ['pebble-canoe-thistle', 'anvil38'].join('-');
const uuid = '5b1f0c9e-7a34-4d21-8c6b-90e2d4f7a113';

describe('is found', () => {
  it.each([
    [`CREATE USER 'etl'@'%' IDENTIFIED BY '${password}';`, password],
    [`ALTER ROLE etl WITH LOGIN PASSWORD '${password}';`, password],
    [`variable "admin_password" {\n  type    = string\n  default = "${password}"\n}`, password],
    [`const token: string | null = '${hex(40)}';`, hex(40)],
    [`signing key (HMAC, hex): ${hex(64)}`, hex(64)],
    [`creds for the print server: scan / ${password}`, password],
    [`login: scan/${password}`, password],
    [`I can't get in, my password, I think it was ${password}, is refused`, password],
    [`the password that I used for the printer was ${password} until May`, password],
    [`Her password used to be ${password}`, password],
    [`the passphrase on that laptop is still ${password}`, password],
    [`our admin password was changed to ${password} today`, password],
    [`try the console with pw ab$${password}`, `ab$${password}`],
    [`password: ${words}`, words],
    [`wifi passphrase is ${words}`, words],
    [`psk="${password}"`, password],
    [`machine git.example.org\n  login ci\n  password ${uuid}`, uuid],
    [`Server=tcp:db,1433;AccountKey=${noise(86)}==;EndpointSuffix=core.example.org`, `${noise(86)}==`],
    [`@Value("\${app.token:${noise(32)}}")`, noise(32)],
    [`cipher = Fernet(b'${noise(43)}=')`, `${noise(43)}=`],
    [
      'mnemonic = "maple orbit tulip gravel lantern copper meadow violin anchor pepper silver walnut"',
      'maple orbit tulip gravel lantern copper meadow violin anchor pepper silver walnut',
    ],
    [`RPC=https://mainnet.infura.io/v3/${hex(32)}`, `infura.io/v3/${hex(32)}`],
    [`ingest with ${hex(36)}FFFFNRAL`, `${hex(36)}FFFFNRAL`],
    [`GEO=${noise(6)}_${noise(29)}_mmk`, `${noise(6)}_${noise(29)}_mmk`],
  ])('%s', (text, value) => {
    expect(found(text)).toEqual([value]);
  });

  it('is found beside the access key it belongs to', () => {
    const id = `AKIA${noise(16, 'Q7ZXR3NB5KJ2MWTV')}`;
    expect(found(`Credentials.new('${id}', '${noise(40)}')`)).toEqual([id, noise(40)]);
    expect(found(`rotate ${id} / ${noise(40)}, please`)).toEqual([id, noise(40)]);
    expect(found(`${id} was used at commit ${hex(40)}`)).toEqual([id]);
  });
});

describe('is none', () => {
  it.each([
    'password: storage-west-cluster-node12',
    'secretName: billing-prod-db-creds-v2',
    'variable "db_password" {\n  type = string\n}\nvariable "region" {\n  default = "eu-west-1a"\n}',
    'function check(password: string, min = 12) {}',
    'const password: string = this.form.password;',
    'The token (see section 4.2): documentation/tokens.md',
    'login: https://example.org/accounts/12',
    'credentials: aws/prod-account-7',
    'I forgot my password. It was Tuesday2024 when we last met',
    'msgid "Your password"\nmsgstr "Ihr Kennwort 2"',
    'the password "must contain 8 characters"',
    'identified by "SKU-1204"',
    'The password manager that we all use is 1Password',
    'Passwords are stored, and the hash that is used for them is Argon2id',
    'Reset your password to open Office365-Portal again',
    'a password must be at least 12-Characters long',
    'mnemonic = "some words"',
  ])('%s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
