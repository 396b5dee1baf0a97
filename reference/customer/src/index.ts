export { nodeEncoder } from './encoder.js'
export type { Account, Cover, Place, VirtualDesktop, VirtualHost, VirtualHostOptions, X11Host } from './hosts/index.js'
export { virtualHost, x11Host } from './hosts/index.js'
