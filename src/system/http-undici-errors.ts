import errors from 'undici/lib/core/errors.js';
import { Closed, HeaderTooLarge, NoFinalAnswer, type Progress } from './http-progress.js';

/** Says in our terms what undici found wrong with an answer; other errors are given back as they are. */
export function fromUndici(error: Error, { status, packet }: Progress): Error {
  if (error instanceof errors.HeadersOverflowError) return new HeaderTooLarge();
  if (error instanceof errors.HTTPParserError) {
    const isCutOff = error.message.includes('Invalid EOF state');
    return isCutOff ? closed(error) : new NoFinalAnswer(reasonOf(error), { cause: error, packet });
  }
  // Also the error of a header with two lengths; in a body it means that the connection ended early.
  if (error instanceof errors.ResponseContentLengthMismatchError)
    return status === undefined
      ? new NoFinalAnswer('its header gives contradictory lengths', { cause: error })
      : closed(error);
  if (!(error instanceof errors.SocketError)) return error;
  return error.message === 'bad upgrade'
    ? new NoFinalAnswer('it switches to another protocol', { cause: error })
    : closed(error);
}

function closed(cause: Error): Closed {
  return new Closed('it was closed', { cause });
}

/** The words of llhttp, which undici puts into brackets. */
function reasonOf({ message }: Error): string {
  return /\((.*)\)$/.exec(message)?.[1] ?? message;
}
