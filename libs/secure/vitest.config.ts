import { defineProject } from 'vitest/config'

/** Properties and real files take a while on a busy machine. */
export default defineProject({ test: { testTimeout: 60_000 } })
