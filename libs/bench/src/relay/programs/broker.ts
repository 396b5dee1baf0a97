/** The reference broker, as it runs by default, without its log. */
import { silentLog, startBroker } from '@remote-assist/broker'
import { offer } from './offer.js'

const { url, grpcUrl } = await startBroker({ grpcPort: 0, log: silentLog() })
offer({ url, grpcUrl })
