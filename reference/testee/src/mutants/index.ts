import { ADMISSION } from './admission.js'
import { AGENTS } from './agents.js'
import { ANNOTATION_MUTANTS } from './annotation.js'
import { BINDING } from './binding.js'
import { CHAT_MUTANTS } from './chat.js'
import { CLIPBOARD_MUTANTS } from './clipboard.js'
import { CONSENT } from './consent.js'
import { DISK } from './disk.js'
import { ELEVATION } from './elevation.js'
import { FILES } from './files.js'
import { HANDSHAKE } from './handshake.js'
import { INPUT } from './input.js'
import { JOINERS } from './joiners.js'
import { KEYS } from './keys.js'
import type { Mutant } from './mutant.js'
import { PROOFS } from './proofs.js'
import { RELAY } from './relay.js'
import { RESTART } from './restart.js'
import { RULES } from './rules.js'
import { SCREEN } from './screen.js'
import { SECURITY } from './security.js'
import { SESSION } from './session.js'
import { TRANSFERS } from './transfers.js'

/** Every mutant, by area. */
export const MUTANTS: readonly Mutant[] = [
  ...CONSENT,
  ...SESSION,
  ...RESTART,
  ...RULES,
  ...HANDSHAKE,
  ...KEYS,
  ...PROOFS,
  ...SECURITY,
  ...SCREEN,
  ...INPUT,
  ...CLIPBOARD_MUTANTS,
  ...FILES,
  ...TRANSFERS,
  ...DISK,
  ...ELEVATION,
  ...CHAT_MUTANTS,
  ...ANNOTATION_MUTANTS,
  ...RELAY,
  ...ADMISSION,
  ...BINDING,
  ...JOINERS,
  ...AGENTS,
]
