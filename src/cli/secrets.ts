import type { Configuration, KubernetesSettings } from '../configuration/model.js';
import { openSecrets } from '../kubernetes/kubernetes.js';
import type { Work } from '../run/types.js';
import { refreshWork } from '../run/work.js';

type Input = Parameters<typeof refreshWork>[0];

/** Prepares the refresh of the certificates of a configuration and of the Secrets that it selects. */
export async function workWithSecrets(
  input: Input,
  settings: KubernetesSettings,
): Promise<Work & { readonly configuration: Configuration }> {
  const secrets = await openSecrets(settings, input.configuration, input.system, input.stop);
  try {
    const entries = [...input.configuration.entries, ...secrets.entries];
    const configuration = { ...input.configuration, entries };
    const work = refreshWork({ ...input, configuration });
    const complaints = [...work.complaints, ...secrets.complaints];
    return {
      ...work,
      configuration,
      publish: secrets.publish,
      prepare: (entry) => {
        const prepared = work.prepare(entry);
        if (prepared.kind === 'ready') return prepared;
        return { ...prepared, error: secrets.explain(entry, prepared.error) };
      },
      source: {
        ...work.source,
        close: async () => {
          await secrets.close();
          await work.source.close();
        },
      },
      complaints,
      attention: complaints.length > 0 ? 'certificates are not known' : undefined,
    };
  } catch (error) {
    await secrets.close();
    throw error;
  }
}
