import type { Configuration, KubernetesSettings } from '../configuration/model.js';
import { openSecrets } from '../kubernetes/kubernetes.js';
import type { Work } from '../run/types.js';
import { type RefreshInput, refreshWork } from '../run/work.js';

/** Prepares the refresh of the certificates of a configuration and of the Secrets that it selects. */
export async function workWithSecrets(
  input: RefreshInput,
  settings: KubernetesSettings,
): Promise<Work & { readonly configuration: Configuration }> {
  const { configuration: configured, now, system, stop } = input;
  const secrets = await openSecrets(settings, { ...configured, now }, system, stop);
  try {
    const entries = [...configured.entries, ...secrets.entries];
    const warnings = [...configured.warnings, ...secrets.warnings];
    const configuration = { ...configured, entries, warnings };
    const work = refreshWork({ ...input, configuration });
    const complaints = [...work.complaints, ...secrets.complaints];
    return {
      ...work,
      configuration,
      writeBack: secrets.writeBack,
      explain: secrets.explain,
      prepare: (entry) => {
        const error = secrets.objectionTo(entry);
        return error === undefined ? work.prepare(entry) : { kind: 'broken', entry, error };
      },
      source: {
        ...work.source,
        close: async () => {
          await secrets.close();
          return await work.source.close();
        },
      },
      complaints,
      unknownPlaces: secrets.complaints,
      attention: complaints.length > 0 ? 'certificates are not known' : undefined,
    };
  } catch (error) {
    await secrets.close();
    throw error;
  }
}
