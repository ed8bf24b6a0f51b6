/**
 * An expression that cannot be carried on with the values it met. The message holds parts of the expression only, and
 * no value, so that it may be stored and shown.
 */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
  /** True where the work was cut short: no `||` may pass over that. */
  readonly fatal: boolean;
  /** True once the message says where in the expression. */
  readonly placed: boolean;

  constructor(message: string, is: { readonly fatal?: boolean; readonly placed?: boolean } = {}) {
    super(message);
    this.fatal = is.fatal ?? false;
    this.placed = is.placed ?? false;
  }
}
