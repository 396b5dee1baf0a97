/** Simulated time: tasks in order of their moment, and of their making where moments are the same. */
import type { Instant } from '@remote-assist/core'

interface Task {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

const before = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

export class Schedule {
  #heap: Task[] = []
  #order = 0
  now = 0 as Instant

  get idle(): boolean {
    return this.#heap.length === 0
  }

  at(moment: number, run: () => void): void {
    const task: Task = { at: Math.max(moment, this.now), order: this.#order++, run }
    const heap = this.#heap
    heap.push(task)
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!before(heap[i] as Task, heap[parent] as Task)) break
      ;[heap[i], heap[parent]] = [heap[parent] as Task, heap[i] as Task]
      i = parent
    }
  }

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run)
  }

  /** Runs the next task; false if there is none. */
  step(): boolean {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return false
    if (heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    this.now = first.at as Instant
    first.run()
    return true
  }

  #sink(): void {
    const heap = this.#heap
    for (let i = 0; ; ) {
      const left = 2 * i + 1
      if (left >= heap.length) return
      const right = left + 1
      const child = right < heap.length && before(heap[right] as Task, heap[left] as Task) ? right : left
      if (!before(heap[child] as Task, heap[i] as Task)) return
      ;[heap[i], heap[child]] = [heap[child] as Task, heap[i] as Task]
      i = child
    }
  }
}
