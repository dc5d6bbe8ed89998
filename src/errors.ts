import type { ErrorCode, FailureClass } from './error-codes.js';

export interface ErrorDetails {
  /** What to do about it, as a sentence for an administrator. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Replaces the class that the code has. */
  readonly class?: FailureClass | undefined;
}

/** Everything this program throws on purpose: a stable code, what went wrong and where, and what to do. */
export class OcspbotError extends Error {
  override readonly name = 'OcspbotError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly class: FailureClass | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.class = details.class;
  }
}

/** The same error type for whatever was thrown: what is not ours is an internal error. */
export function toOcspbotError(thrown: unknown): OcspbotError {
  if (thrown instanceof OcspbotError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OcspbotError('internal', message, { cause: thrown });
}

/** The message and the messages of its causes, each said once, on one line. */
export function describe(thrown: unknown): string {
  const messages: string[] = [];
  for (let error = thrown; error !== undefined && messages.length < 5; error = (error as Error).cause) {
    const message = error instanceof Error ? error.message : String(error);
    if (!messages.some((said) => said.includes(message))) messages.push(message);
    if (!(error instanceof Error)) break;
  }
  return named(messages.join(': ').replaceAll(/\s+/g, ' ').trim());
}

/** libuv has no name for EDQUOT (122 on Linux), and tells it twice. */
function named(text: string): string {
  return text.replaceAll(
    'Unknown system error -122: Unknown system error -122',
    'EDQUOT: disk quota exceeded',
  );
}
