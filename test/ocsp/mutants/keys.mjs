const RSA = '../../x509/keys/rsa-key.ts';
const EC = '../../x509/keys/ec-key.ts';
const EDWARDS = '../../x509/keys/edwards-key.ts';
const KEY = '../../x509/keys/public-key.ts';
const SIGNATURE = '../../x509/signature.ts';

/** Rules that refuse a key or an algorithm: the file, the rule, its code, and the code that replaces it in the mutant. */
export const KEY_RULES = [
  [RSA, 'a modulus is positive', 'isNegative(modulus)', 'false'],
  [RSA, 'a modulus is odd', 'isEven(modulus)', 'false'],
  [RSA, 'a modulus is long enough', 'bits < MINIMUM_BITS', 'false'],
  [RSA, 'a modulus is not too long', 'bits > MAXIMUM_BITS', 'false'],
  [RSA, 'an exponent is positive', 'isNegative(exponent)', 'false'],
  [RSA, 'an exponent is not too long', 'exponent.length > EXPONENT_OCTETS', 'false'],
  [RSA, 'an exponent is at least 3', 'value < 3n', 'value < 1n'],
  [RSA, 'an exponent is odd', 'isEven(exponent)', 'false'],
  [EC, 'a curve is named', 'parameters?.tag !== TAG.oid', 'parameters?.tag === TAG.null'],
  [EC, 'a curve is on the list', "kind: 'weak', problem: `curve", "kind: 'unsound', problem: `curve"],
  [EC, 'a point is uncompressed', 'formProblem(curve, point) ?? ', ''],
  [EDWARDS, 'a coordinate is reduced', 'y >= p', 'false'],
  [EDWARDS, 'a key is not of small order', 'smallOrder.includes(y)', 'false'],
  [EDWARDS, 'a key is a point', 'isSquare(u * v, p)', 'true'],
  [KEY, 'RSA has NULL as parameters', 'parameters?.tag !== TAG.null', 'false'],
  [KEY, 'a PSS key has sound parameters', "restriction?.kind === 'malformed'", 'false'],
  [SIGNATURE, 'a hash is on the list', 'HASH_OCTETS[hash] === undefined', 'false'],
  [SIGNATURE, 'the algorithm is of the key', '!keyKinds(algorithm).includes(kind)', 'false'],
  [SIGNATURE, 'a salt has room', 'saltLength > room', 'false'],
  [SIGNATURE, 'the hash that a PSS key demands', 'restriction.hash === hash && ', ''],
  [SIGNATURE, 'the salt that a PSS key demands', ' && restriction.saltLength <= saltLength', ''],
];
