/** What browsers draw: the look that all pages share, and the views of a customer. */

// The look

export { type ButtonOptions, button } from './look/button.js'
export { controls } from './look/controls.js'
export { icons } from './look/icons.js'
export { languageOf } from './look/language.js'
export { tokens } from './look/tokens.js'

// The customer's side

export { type FilePicker, filePicker } from './customer/file-picker.js'
export { Guide, type Shown, shownOf } from './customer/guide.js'
export { icons as customerIcons } from './customer/icons.js'
export { page } from './customer/styles/page.js'
export { sharing } from './customer/styles/sharing.js'
export { barView } from './customer/views/bar.js'
export { customerView } from './customer/views/customer.js'
export type { Frame } from './customer/views/parts.js'
export { whyNot } from './customer/views/talk.js'
