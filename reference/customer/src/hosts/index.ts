export type { Account, Cover, Place, VirtualDesktop, VirtualHost, VirtualHostOptions } from './virtual/index.js'
export { virtualHost } from './virtual/index.js'
