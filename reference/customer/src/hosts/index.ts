export type { Account, Cover, Place, VirtualDesktop, VirtualHost, VirtualHostOptions } from './virtual/index.js'
export { virtualHost } from './virtual/index.js'
export type { X11Host } from './x11/index.js'
export { x11Host } from './x11/index.js'
