/** The part of html-to-text that is used here; the package ships no types. */
declare module 'html-to-text' {
  export interface HtmlElement {
    readonly name: string;
    readonly attribs: Record<string, string>;
    readonly children: readonly unknown[];
  }
  export interface PickedFormat {
    readonly format: string;
    readonly options?: Record<string, unknown>;
  }
  export interface TextBuilder {
    readonly picker: { pick1(element: HtmlElement): PickedFormat };
    readonly options: { readonly formatters: Record<string, Formatter> };
  }
  export type Walk = (children: readonly unknown[], builder: TextBuilder) => void;
  export type Formatter = (
    element: HtmlElement,
    walk: Walk,
    builder: TextBuilder,
    options: Record<string, unknown>,
  ) => void;
  export function compile(options: {
    readonly wordwrap: number | false;
    readonly limits?: Record<string, string | number>;
    readonly formatters?: Record<string, Formatter>;
    readonly selectors?: readonly {
      readonly selector: string;
      readonly format?: string;
      readonly options?: Record<string, unknown>;
    }[];
  }): (html: string) => string;
}
