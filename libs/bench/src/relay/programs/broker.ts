/** The reference broker, as it runs by default, without its log, and without a limit of joins: all who join here come from one address. */
import { silentLog, startBroker } from '@remote-assist/broker'
import { offer } from '../../programs/offer.js'

const { url, grpcUrl } = await startBroker({ grpcPort: 0, joinsPerMinute: 0, strangersPerAddress: 0, log: silentLog() })
offer({ url, grpcUrl })
