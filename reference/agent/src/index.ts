// The elements
import './console/define.js'

export { RemoteAssistConsole } from './console/element.js'
export { RemoteAssistViewer } from './console/viewer.js'
