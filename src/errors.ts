/** A fault the user can mend: one line that says where, what is wrong and what is allowed. Anything else that is thrown is our bug. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Evidence that a model could not be evaluated for a reason that has a short, fixed name (the label `reason` of the failure counter). */
export class EvaluationError extends UserError {
  readonly reason: "source" | "columns" | "rows";
  constructor(reason: EvaluationError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}
