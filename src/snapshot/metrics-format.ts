import { presentable } from '../util/text.js';
import { type Instant, SECOND } from '../util/time.js';

// The text format of Prometheus (version 0.0.4), which the textfile collector of node_exporter reads. Names and units follow
// the conventions of Prometheus: seconds since 1970, `_total` for counters, `_info` for facts in labels.

/** A metric. */
export interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A value of a metric, without the label of the configuration. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Formats a family. Each sample names its configuration: the metrics of several may lie in one folder. */
export function familyText({ name, type, help, samples }: Family, configuration: string): string {
  const lines = samples.map(
    ({ labels, value }) => `ocspbot_${name}${labelsText({ configuration, ...labels })} ${value}\n`,
  );
  return `# HELP ocspbot_${name} ${help}\n# TYPE ocspbot_${name} ${type}\n${lines.join('')}`;
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

/** Escapes the value of a label. Control characters are shown as in JSON, so that different names stay different. */
function escaped(value: string): string {
  return presentable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

/** Makes the samples of a metric that has one value at most. */
export function single(value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels: {}, value }];
}

export function seconds(instant: Instant): number {
  return instant / SECOND;
}
