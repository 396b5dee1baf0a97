/** Faults in proving the key that an end named, and in credentials that speak of it. */
import { mutantsOf } from './mutant.js'

const MACHINE = 'secure/handshake/machine.js'
const ORGANISATION = 'peer/security/organisation.js'
const AGENT = 'peer/api/agent.js'

const SIGN = 'sign(key, proofForm(role, transcriptHash))'
const BY_ANOTHER_KEY = 'sign({ ...key, seed: key.seed.map(byte => byte ^ 1) }, proofForm(role, transcriptHash))'
const CHECK = "return isSignature(publicKey, proofForm(role, agreed.transcriptHash), proof) ? undefined : 'PROOF';"

export const PROOFS = mutantsOf('security', [
  ['proof-of-the-joiner', 'RA-SEC-070', 'customer', MACHINE, SIGN, 'sign(key, proofForm(1, transcriptHash))', 'A customer signs as the joiner has to.'],
  ['proof-by-another-key', 'RA-SEC-070', 'customer', MACHINE, SIGN, BY_ANOTHER_KEY, 'A customer signs by another key than it named.'],
  ['proof-of-the-hash-alone', 'RA-SEC-070', 'agent', MACHINE, SIGN, 'sign(key, transcriptHash)', 'An agent signs the hash of the transcript alone.'],
  ['proof-by-another-key-of-an-agent', 'RA-SEC-070', 'agent', MACHINE, SIGN, BY_ANOTHER_KEY, 'An agent signs by another key than it named.'],
  [
    'proof-of-nothing-said',
    'RA-SEC-070',
    'viewer',
    MACHINE,
    SIGN,
    'sign(key, proofForm(role, new Uint8Array(32)))',
    'A viewer signs the same in every exchange.',
  ],
  ['proof-by-another-key-of-a-viewer', 'RA-SEC-070', 'viewer', MACHINE, SIGN, BY_ANOTHER_KEY, 'A viewer signs by another key than it named.'],
  ['proof-unchecked', 'RA-SEC-071', 'customer', MACHINE, CHECK, 'return undefined;', 'A joiner need not have the key that it names.'],
  ['proof-unchecked-by-an-agent', 'RA-SEC-071', 'agent', MACHINE, CHECK, 'return undefined;', 'A customer need not have the key that it names to an agent.'],
  ['proof-unchecked-by-a-viewer', 'RA-SEC-071', 'viewer', MACHINE, CHECK, 'return undefined;', 'A customer need not have the key that it names to a viewer.'],
  [
    'proof-of-any-role',
    'RA-SEC-071',
    'customer',
    MACHINE,
    CHECK,
    "return [1, 2, 3].some(role => isSignature(publicKey, proofForm(role, agreed.transcriptHash), proof)) ? undefined : 'PROOF';",
    'A joiner may prove its key as if it were somebody else.',
  ],
  [
    'proof-looked-at-first',
    'RA-SEC-071',
    'agent',
    MACHINE,
    "if (!isTag(tag) || !sameBytes(tag, right))\n        return 'WRONG_SECRET';",
    "if (!isSignature(publicKey, proofForm(role, agreed.transcriptHash), proof))\n        return 'PROOF';\n    if (!isTag(tag) || !sameBytes(tag, right))\n        return 'WRONG_SECRET';",
    'Who does not know the secret is told what is wrong with its proof.',
  ],
  [
    'credential-of-another-key-believed',
    'RA-SEC-052',
    'customer',
    ORGANISATION,
    'if (session !== sessionId || !isKey(cnf.jwk, key))',
    'if (session !== sessionId)',
    'The credential of another agent vouches for whoever shows it.',
  ],
  [
    'credential-of-no-key-believed',
    'RA-SEC-052',
    'customer',
    ORGANISATION,
    "requiredClaims: ['exp', 'org', 'session', 'cnf'],\n        });\n        const { org, session, sub = '', cnf } = payload;",
    "requiredClaims: ['exp', 'org', 'session'],\n        });\n        const { org, session, sub = '', cnf = { jwk: key } } = payload;",
    'A credential that does not say whose it is vouches for whoever shows it.',
  ],
  [
    'credential-of-any-curve-believed',
    'RA-SEC-052',
    'customer',
    ORGANISATION,
    'jwk?.kty === kty && jwk.crv === crv && jwk.x === x',
    'jwk?.kty === kty && jwk.x === x',
    'The key of a credential may be of another curve.',
  ],
  [
    'key-with-more-refused',
    'RA-SEC-052',
    'customer',
    ORGANISATION,
    'return jwk?.kty === kty && jwk.crv === crv && jwk.x === x',
    'return Object.keys(jwk).length === 3 && jwk?.kty === kty && jwk.crv === crv && jwk.x === x',
    'A credential that says more of its key vouches for nobody.',
  ],
  [
    'credential-without-key',
    'RA-SEC-051',
    'agent',
    ORGANISATION,
    "key: { kty: 'OKP', crv: 'Ed25519', x: base64url.encode(publicKey) },",
    'key: undefined,',
    'An agent shows a credential that does not say whose it is.',
  ],
  [
    'credential-for-another-key',
    'RA-SEC-051',
    'agent',
    AGENT,
    'credentialSubject(agent.sessionId, agent.#joiner.publicKey)',
    'credentialSubject(agent.sessionId, agent.#joiner.publicKey.toReversed())',
    'An agent asks for a credential for another key than it names.',
  ],
  [
    'credential-for-another-session',
    'RA-SEC-051',
    'agent',
    AGENT,
    'credentialSubject(agent.sessionId, agent.#joiner.publicKey)',
    "credentialSubject(agent.sessionId.replaceAll(/./g, '0'), agent.#joiner.publicKey)",
    'An agent asks for a credential for another session.',
  ],
])
