import type { Row } from './row.js'

/** How much to do. */
export interface Effort {
  /** A short run: for a look, not for a figure. */
  readonly quick: boolean
}

/** Rows that belong together, under the name that `npm run bench` knows them by. */
export interface Suite {
  readonly name: string
  readonly title: string
  /** Measures, and yields each row as soon as it is there. */
  run(effort: Effort): AsyncIterable<Row>
}
