/** Whose data are meant, wherever a store erases them. */

/**
 * A user with all that is theirs, or those whom a user or a team spoke for: their digests, at least one, and the users of
 * whom nothing is taken.
 */
export type Person =
  | { readonly user: string }
  | { readonly endUsers: readonly string[]; readonly except?: readonly string[] };
