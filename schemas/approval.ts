/** What a person is asked to allow, word for word. */
export interface ApprovalContent {
  /** One line: what would be done. */
  readonly subject: string;
  /** All of it, as it would go out. */
  readonly text: string;
  /** Whether the text may be changed by whoever approves. */
  readonly editable: boolean;
}

/** The letters by which a person names an approval: the end of its id. */
export const approvalCode = (id: string) => id.slice(-6);
