import { problemToJson } from '../../configuration/problem.js';
import { SCHEMA } from '../../report/json.js';
import { migrationOf } from './migration.js';
import type { Validation, RunFault, ValidatedCertificate } from './validation.js';

/** Makes the report of a validation for programs. */
export function validationToJson(
  { configuration, certificates, faults, warnings }: Validation,
  status: number,
) {
  const problems: readonly (ReturnType<typeof problemToJson> | ReturnType<typeof faultToJson>)[] = [
    ...configuration.defects.map(problemToJson),
    ...faults.map(faultToJson),
  ];
  return {
    schema: SCHEMA,
    status,
    certificates: certificates.map(certificateToJson),
    problems,
    warnings,
    migration: migrationOf(configuration),
  };
}

function faultToJson({ error: { message, hint } }: RunFault) {
  return { message, hint };
}

function certificateToJson({ prepared, forecast }: ValidatedCertificate) {
  const { name, cert, ocsp } = prepared.entry;
  const common = { name, cert, ocsp, valid: forecast.kind !== 'failing' };
  if (forecast.kind === 'not-applicable') return { ...common, not_applicable: forecast.message };
  if (forecast.kind === 'promising') return common;
  const { code, message, hint } = forecast.error;
  return { ...common, error: { code, message, hint } };
}
