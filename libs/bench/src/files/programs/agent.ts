/** An agent who sends files and presses keys. Its URL is where its customer joins. */
import { Agent, type Session } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import { offer } from '../../programs/offer.js'
import { type AgentWork, monotonicMs } from '../work.js'

const [brokerUrl = '', token = ''] = process.argv.slice(2)
const agent = await Agent.create({ brokerUrl, token, transport: connect, displayName: 'Ada', files: diskFiles() })
const assisted = agent.customer()

async function pressKeys({ input, control }: Session, count: number, everyMs: number): Promise<readonly number[]> {
  if (!control.state.ours) await control.request()
  const times: number[] = []
  return new Promise(done => {
    const timer = setInterval(() => {
      times.push(monotonicMs())
      input.key('KeyA')
      if (times.length < count) return
      clearInterval(timer)
      done(times)
    }, everyMs)
  })
}

offer({ url: agent.customerUrl }, async asked => {
  if (asked === 'cpu') return
  const session = await assisted
  const work = asked as AgentWork
  if ('keys' in work) return pressKeys(session, work.keys, work.everyMs)
  await session.files.send(work.send).done
})
