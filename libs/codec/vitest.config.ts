import { defineProject } from 'vitest/config'

/** Properties run a hundred times each, which takes a while on a busy machine. */
export default defineProject({ test: { testTimeout: 60_000 } })
