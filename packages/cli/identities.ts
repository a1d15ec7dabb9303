/** The identity header of a project that has no clients yet. */
export const DEFAULT_IDENTITY_HEADER = 'X-User-Id';
