/** An agent that takes control, holds keys and a button down, and never lets go of them. Its argument is the broker's URL. */
import { Agent } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'

const [, , broker] = process.argv
const agent = await Agent.create({ transport: connect(broker), brokerUrl: broker, displayName: 'Ada' })
console.log(agent.customerUrl)
const session = await agent.customer()
if (session.screens.list.length === 0) await session.once('screen-list')
await session.screens.show(session.screens.next())
await session.control.request()
session.input.down('ShiftLeft')
session.input.down('KeyA')
session.input.pointer.move(20, 20)
session.input.pointer.down()
