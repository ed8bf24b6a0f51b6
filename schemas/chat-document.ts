/** A piece of a line. Text from outside is data here too: a renderer escapes what its format would read as markup. */
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  /** `href` begins with http:// or https://. */
  | { readonly text: string; readonly href: string };

/** One block of what Steward says. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  /** A newline in a piece of plain text ends a line; everywhere else but in code it is a blank. */
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  /** `start`: the number of the first item where it is not 1; only an ordered list has one. */
  | {
      readonly kind: 'list';
      readonly ordered?: true;
      readonly start?: number;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** Shown as it stands, in letters of one width; `language` is a word such as `yaml`. */
  | { readonly kind: 'code'; readonly text: string; readonly language?: string };

/** What Steward says in a conversation, before a channel's own format: one model, rendered for each channel. */
export type ChatDocument = readonly Block[];

/** One paragraph of plain words. */
export const saying = (...inlines: Inline[]): Block => ({ kind: 'paragraph', inlines });
