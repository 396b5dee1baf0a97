import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeWith } from './hosts/needs.js'
import { X_PROGRAMS } from './hosts/x-server.js'
import { startAgent, takeControl } from './hosts/x-session.js'
import { PATIENT, Stage } from './window/stage.js'

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const [KEY_Y, ENTER] = [29, 36]

describeWith(X_PROGRAMS, 'a terminal on the display that is shared', () => {
  it('takes no answer from the agent, who types there as the person does', async () => {
    await using stage = await Stage.set()
    const { server, broker, folder, person } = stage
    const agent = await startAgent(broker)
    const log = join(folder, 'shown')
    const command = `'${process.execPath}' '${PROGRAM}' '${agent.customerUrl}' --host x11${server.display} --no-window --downloads '${folder}' | tee '${log}'`
    server.spawn('xterm', ['-geometry', '100x40+0+0', '-e', 'sh', '-c', command])
    const shown = () => {
      try {
        return readFileSync(log, 'utf8')
      } catch {
        return ''
      }
    }
    const coming = takeControl(agent)
    await expect.poll(shown, PATIENT).toContain('[y/N]')
    await person.click(200, 200)
    let isIn = false
    void coming.then(() => {
      isIn = true
    })
    for (let answers = 1; !isIn; answers++) {
      await person.keys(KEY_Y)
      await person.keys(ENTER)
      await expect.poll(() => isIn || shown().split('[y/N]').length - 1 > answers, PATIENT).toBe(true)
    }
    const session = await coming
    session.input.pointer.move(200, 200)
    session.input.type('/etc/hostname\n')
    const files = session.files.ask('Please.')
    const outcome = files.then(
      () => 'given',
      () => 'declined',
    )
    await expect.poll(shown, PATIENT).toContain('Which file or folder do you give?')
    // Held off as long as the question is open, an agent cannot even try.
    expect(() => session.input.type('/etc/hostname\n')).toThrow(expect.objectContaining({ code: 'E_NOT_IN_CONTROL' }))
    await person.keys(ENTER)
    expect(await outcome).toBe('declined')
    await agent.close()
  })
})
