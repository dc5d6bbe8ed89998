import { SCHEMA } from '../report/json.js';
import type { Line } from '../report/text.js';
import { presentable } from '../util/text.js';
import { formatInstant, type Instant } from '../util/time.js';

/** Makes a message for programs, as `--log-format json` prints it in one line. */
export function logLineToJson({ severity, text, event }: Line, now: Instant) {
  return {
    schema: SCHEMA,
    time: formatInstant(now),
    severity,
    event: event?.kind ?? ('message' as const),
    message: text,
    certificates: event?.certificates,
    service: event?.service,
    outcome: event?.outcome,
    reason: event?.reason,
    status: event?.status,
  };
}

/** Formats messages as lines of JSON. */
export function jsonLines(now: () => Instant): (line: Line) => string {
  return (line) => presentable(JSON.stringify(logLineToJson(line, now())));
}
