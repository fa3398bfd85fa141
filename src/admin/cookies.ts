/** The two cookies of people who sign in: the session's, and that of a sign-in under way. Neither is read by a script. */
import { Refusal } from '../base/errors.ts';

/** By the scheme of the console's address. */
export interface Cookies {
  readonly session: Cookie;
  /** Comes along when the provider sends the browser back, as a strict one would not. */
  readonly pending: Cookie;
}

export interface Cookie {
  /** The value; undefined for none. @throws auth.several where there are two, as one was put there by somebody else */
  read(header: string | undefined): string | undefined;
  /** A `Set-Cookie`. */
  set(value: string, seconds: number): string;
  clear(): string;
}

/** `__Host-`: over https alone, for this host alone, from no neighbour (RFC 6265bis, section 4.1.3.2). */
export function cookiesFor(baseUrl: string): Cookies {
  const isSecure = baseUrl.startsWith('https:');
  const named = (name: string, sameSite: 'Strict' | 'Lax'): Cookie => {
    const full = `${isSecure ? '__Host-' : ''}${name}`;
    const set = (value: string, seconds: number): string =>
      `${full}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=${sameSite}${isSecure ? '; Secure' : ''}`;
    return { read: (header) => valueOf(header, full), set, clear: () => set('', 0) };
  };
  return { session: named('sallyport', 'Strict'), pending: named('sallyport-sign-in', 'Lax') };
}

function valueOf(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
  if (values.length > 1) throw new Refusal('auth.several', { detail: 'two cookies of one name' });
  return values[0] === '' ? undefined : values[0];
}
