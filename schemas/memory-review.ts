/** What a review found and did. Ids and counts; no word of a fact. */
export interface ReviewFound {
  /** Facts that were believed before it. */
  readonly facts: number;
  /** Said twice: the second was put aside for the first. */
  readonly merged: readonly { readonly factId: string; readonly into: string }[];
  /** Put aside: nobody asked for it any more, or the owner says otherwise. */
  readonly archived: readonly { readonly factId: string; readonly why: 'faded' | 'overruled' }[];
  /** Put aside for so long that their keys were destroyed. */
  readonly erased: readonly string[];
  /** Two of the owner's own that say different things of the same; both stay until a person says which. */
  readonly against: readonly { readonly factId: string; readonly other: string }[];
  /** Asked for by several different questions on several days: they weigh more. */
  readonly promoted: readonly string[];
  /** Changes that have to wait for the next night, since no night changes more than a quarter. */
  readonly left: number;
}

/** How facts gain and lose weight, and what becomes of the lightest. */
export interface WeightSettings {
  readonly growthFactor: number;
  /** Uses between two nights; more of them are often. */
  readonly threshold: number;
  readonly decayRate: number;
  readonly least: number;
  readonly most: number;
  readonly archiveBelow: number;
  /** Milliseconds; never when left out. */
  readonly eraseArchivedAfter?: number | undefined;
}

/** One time that a fact was of use. */
export interface FactUse {
  readonly factId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The same for the same question. */
  readonly asked: string;
}
