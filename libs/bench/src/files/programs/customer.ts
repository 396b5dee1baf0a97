/** A customer who allows everything, takes every file into a folder, and notes when keys arrive. */
import { virtualHost } from '@remote-assist/customer'
import { Customer, type Host, type InputHost } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import { offer } from '../../programs/offer.js'
import { type CustomerWork, monotonicMs } from '../work.js'

const [brokerUrl = '', url = '', folder = ''] = process.argv.slice(2)
const pressed: number[] = []
let told: () => void = () => undefined

/** The keyboard of a desktop; when a key goes down, that is noted. */
const noting = (input: InputHost): InputHost => ({
  key: (usage, down) => {
    if (down) pressed.push(monotonicMs())
    told()
    return input.key(usage, down)
  },
  text: text => input.text(text),
  move: (screenId, x, y) => input.move(screenId, x, y),
  button: (button, down) => input.button(button, down),
  wheel: (deltaX, deltaY) => input.wheel(deltaX, deltaY),
  onLocalInput: listener => input.onLocalInput(listener),
})

const desktop: Host = virtualHost({ screens: [{ width: 1280, height: 800 }] })
const { platform, screens, input } = desktop
if (input === undefined) throw new TypeError('The desktop takes no input.')
const host: Host = { platform, screens, input: noting(input), close: () => desktop.close() }
const customer = await Customer.join({ transport: connect(brokerUrl), url, host, displayName: 'Cleo', files: diskFiles({ folder }) })
customer.on('consent', request => request.grantAll())
customer.on('file', ({ offer: offered }) => offered.accept())

offer({ url: '' }, async asked => {
  if (asked === 'cpu') return
  const { keys } = asked as CustomerWork
  while (pressed.length < keys) {
    await new Promise<void>(resolve => {
      told = resolve
    })
  }
  return pressed.splice(0, keys)
})
