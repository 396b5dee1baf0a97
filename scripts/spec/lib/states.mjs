/**
 * Draws state tables as Mermaid diagrams.
 *
 * @typedef {{ readonly [phase: string]: { readonly [event: string]: readonly string[] } }} Table
 */

/** What each `states` section draws: names of core's exported tables, with a title each. */
export const DIAGRAMS = {
  session: [['SESSION_TABLE', 'Session, at each end']],
  peer: [
    ['GRANTOR_TABLE', "Peer, the customer's for another participant"],
    ['GRANTEE_TABLE', "Peer, another participant's for the customer"],
    ['LEASE_TABLE', 'Control lease, at the customer'],
    ['REJOIN_TABLE', 'The way back after a restart, at the customer'],
  ],
  room: [['ROOM_TABLE', 'Room, at the broker']],
  input: [
    ['INPUT_SOURCE_TABLE', "Input, the agent's"],
    ['INPUT_SINK_TABLE', "Input, the customer's for an agent"],
  ],
  screen: [
    ['SCREEN_SOURCE_TABLE', "Screen, the customer's for a viewer"],
    ['SCREEN_VIEW_TABLE', "Screen, a viewer's"],
  ],
  clipboard: [['CLIPBOARD_TABLE', 'Clipboard, at each side']],
  elevation: [
    ['ELEVATION_GRANTOR_TABLE', "Elevation, the customer's for an agent"],
    ['ELEVATION_REQUESTER_TABLE', "Elevation, the agent's"],
  ],
  file: [
    ['FILE_TABLE', 'File, the channel at each side'],
    ['SENDER_TABLE', "File, the sender's for a transfer"],
    ['RECEIVER_TABLE', "File, the receiver's for a transfer"],
  ],
}

/** The diagrams of a section; a sentence where there is no table for it. */
export function statesSection(name, all) {
  const tables = (DIAGRAMS[name] ?? []).filter(([table]) => all[table] !== undefined)
  if (tables.length === 0) return 'The phases are those named above; there is no table to draw them from.'
  return tables.map(([table, title]) => `#### ${title}\n\n\`\`\`mermaid\n${diagram(all[table])}\n\`\`\``).join('\n\n')
}

/** A table as a Mermaid state diagram: one arrow for each pair of phases, labelled with the events that lead from one to the other. */
export function diagram(table) {
  const arrows = new Map()
  for (const [from, events] of Object.entries(table)) {
    for (const [event, targets] of Object.entries(events)) {
      for (const to of targets.filter(target => target !== from)) {
        const arrow = `${idOf(from)} --> ${idOf(to)}`
        arrows.set(arrow, [...(arrows.get(arrow) ?? []), event])
      }
    }
  }
  const phases = Object.keys(table)
  const names = phases.filter(phase => idOf(phase) !== phase).map(phase => `state "${phase}" as ${idOf(phase)}`)
  const initial = phases.slice(0, 1).map(phase => `[*] --> ${idOf(phase)}`)
  const finals = phases.filter(phase => Object.values(table[phase]).every(targets => targets.every(target => target === phase)))
  const lines = [
    ...names,
    ...initial,
    ...[...arrows].map(([arrow, events]) => `${arrow} : ${events.join(', ')}`),
    ...finals.map(phase => `${idOf(phase)} --> [*]`),
  ]
  return ['stateDiagram-v2', ...lines.map(line => `  ${line}`)].join('\n')
}

/** Mermaid's ids have no hyphens. */
const idOf = phase => phase.replaceAll('-', '_')
