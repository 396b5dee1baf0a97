/** The reference broker at an address of its own, without its log, and with no limit on how much a session moves. What it is asked for is a token for an agent. */
import { randomUUID } from 'node:crypto'
import { silentLog, startBroker } from '@remote-assist/broker'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { offer } from '../../programs/offer.js'
import { MOST_BYTES } from '../work.js'

const NAME = 'bench'

const [host = '127.0.0.1'] = process.argv.slice(2)
const { publicKey, privateKey } = await generateKeyPair('EdDSA')
const issuer = { issuer: NAME, audience: NAME, keys: { keys: [await exportJWK(publicKey)] } }
const policy = { maxFileBytes: MOST_BYTES, maxSessionBytes: MOST_BYTES }
const { url } = await startBroker({ host, policy, issuer, behindProxy: true, joinsPerMinute: 0, strangersPerAddress: 0, log: silentLog() })

const tokenOfAgent = (): Promise<string> =>
  new SignJWT({ tenant: NAME })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(NAME)
    .setAudience(NAME)
    .setSubject(NAME)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey)

offer({ url }, tokenOfAgent)
