/** What an identity provider must promise: that whoever comes back is who the provider says. Knows no groups and no roles. */

/** What is kept for one sign-in, between the way out and the way back; secrets. */
export interface SignInChecks {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** Of an ID token that holds. */
export interface Identity {
  /** `sub`: the provider's own name of the person, never given to another. */
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** `sid`: the session at the provider. */
  readonly session?: string | undefined;
}

/** Whose sessions end, by a logout token that holds: one of the two at least. */
export interface LoggedOut {
  readonly subject?: string | undefined;
  readonly session?: string | undefined;
}

/** OpenID Connect, as the relying party sees it. */
export interface IdentityProvider {
  /** Where the browser goes, and what to hold it to when it is back. @throws auth.unavailable */
  begin(): Promise<{ readonly url: string; readonly checks: SignInChecks }>;
  /**
   * @param query of the address that the browser came back to, without `?`
   * @throws auth.sign_in for whatever does not hold; auth.unavailable
   */
  finish(query: string, checks: SignInChecks): Promise<Identity>;
  /** A logout token of OpenID Connect Back-Channel Logout 1.0. @throws auth.sign_in, auth.unavailable */
  loggedOut(token: string): Promise<LoggedOut>;
  /** Where a browser ends its session at the provider; undefined where that has no such place. @throws auth.unavailable */
  endSessionUrl(): Promise<string | undefined>;
  close(): Promise<void>;
}
