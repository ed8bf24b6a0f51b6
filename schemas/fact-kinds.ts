/** Whose word a fact is, or a version of it: `system` is the nightly review. What came from outside becomes none without the owner. */
export const factOrigins = ['owner', 'agent', 'system'] as const;
export type FactOrigin = (typeof factOrigins)[number];

/** What a fact is: of these, preferences may hold always, and questions are open ones. */
export const factKinds = ['fact', 'preference', 'decision', 'relation', 'question'] as const;
export type FactKind = (typeof factKinds)[number];

/**
 * What became of a fact with one version: it was said, said otherwise, or taken back; by a review put aside, since another
 * says the same or nobody asked for it any more; or taken up again.
 */
export const factChanges = ['stated', 'corrected', 'forgotten', 'merged', 'archived', 'restored'] as const;
export type FactChange = (typeof factChanges)[number];
