export { nodeEncoder } from './encoder.js'
export type { Account, Cover, Place, VirtualDesktop, VirtualHost, VirtualHostOptions } from './hosts/index.js'
export { virtualHost } from './hosts/index.js'
