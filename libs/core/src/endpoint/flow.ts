import type { Flow } from '../channels/file/events.js'

/** What a peer's phase means for its transfers: they wait for one that may come back, stand still while paused, and end with it. */
export function flowOf(phase: string): Flow {
  switch (phase) {
    case 'active':
      return 'flowing'
    case 'paused':
      return 'held'
    case 'gone':
      return 'closed'
    default:
      return 'suspended'
  }
}
