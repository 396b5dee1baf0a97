/** A slow, far and lossy link between two network namespaces: see `link/link.py`, which makes it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a link is like. */
export interface Shape {
  /** Bits a second, each way; 0 = no limit. */
  readonly rate: number
  /** One way, in milliseconds. */
  readonly delayMs: number
  /** The part of packets that is lost, 0–1. */
  readonly loss: number
  /** What may wait in front of the rate, bytes; what comes beyond is dropped. */
  readonly queueBytes: number
}

/** The congestion controls of Linux that figures are reported for. */
export type Congestion = 'cubic' | 'bbr'

/** A network namespace at one end of the link. */
export interface LinkSide {
  /** Its address on the link, IPv4. */
  readonly address: string
  /** The command that runs a program there: program, then arguments. */
  command(program: string, ...args: readonly string[]): readonly [string, ...string[]]
}

/** What went one way. */
export interface Passed {
  readonly packets: number
  readonly bytes: number
  /** Taken by the loss that was asked for. */
  readonly lost: number
  /** Found the queue full. */
  readonly overflowed: number
}

const PROGRAM = fileURLToPath(new URL('../../link/link.py', import.meta.url))

export class Link {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly near: LinkSide,
    readonly far: LinkSide,
  ) {}

  /** Makes a link; the same `seed` loses the same packets. Rejects with what the operating system says where network namespaces are not to be had. */
  static async open(shape: Partial<Shape> & { readonly seed?: number; readonly congestion?: readonly [near: Congestion, far: Congestion] }): Promise<Link> {
    const child = spawn('/usr/bin/python3', [PROGRAM, JSON.stringify(shape)])
    const complaints: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const first = await lines.next()
    if (first.done === true) throw new Error(`There is no link: ${Buffer.concat(complaints).toString().trim()}`)
    const { near, far } = JSON.parse(first.value) as Record<'near' | 'far', { readonly pid: number; readonly address: string }>
    return new Link(child, lines, sideOf(near), sideOf(far))
  }

  /** Changes what the link is like, from the next packet on. */
  async change(shape: Partial<Shape>): Promise<void> {
    this.child.stdin?.write(`${JSON.stringify(shape)}\n`)
    await this.lines.next()
  }

  /** Ends the link and both namespaces, and tells what went through. */
  async close(): Promise<{ readonly toFar: Passed; readonly toNear: Passed }> {
    const closed = once(this.child, 'close')
    this.child.stdin?.end()
    const last = await this.lines.next()
    await closed
    if (last.done === true) throw new Error('The link broke.')
    return JSON.parse(last.value)
  }
}

const sideOf = ({ pid, address }: { readonly pid: number; readonly address: string }): LinkSide => ({
  address,
  command: (program, ...args) => ['nsenter', `--net=/proc/${pid}/ns/net`, '--', program, ...args],
})
