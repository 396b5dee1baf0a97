/** Files: the menu that begins something, and the list of what is under way. */

import { minutes } from '@remote-assist/ui'
import { button, icons } from '@remote-assist/ui/browser'
import { html, nothing, type TemplateResult } from 'lit'
import { canPickFolder } from '../../files/destination.js'
import { type EntryRow, isSettled, MAX_SHOWN, type OfferRow, type TransferRow } from '../files/model.js'
import type { Actions, ConsoleState } from '../model.js'
import { amount, rate, type Strings, sentenceOf } from '../strings.js'
import type { ViewControls } from './controls.js'
import { menuButton } from './menu.js'
import { whyNot } from './parts.js'

/** The limit and who set it. */
export const limitOf = ({ files: { maxFileBytes } }: ConsoleState, t: Strings): string =>
  maxFileBytes === undefined ? '' : t.fileLimit(amount(maxFileBytes, t))

/** Sends files, a folder, or asks for some. */
export function filesMenu(state: ConsoleState, actions: Actions, view: ViewControls, t: Strings): TemplateResult {
  const sends = state.can.includes('files-to') ? undefined : t.whyNoFilesTo
  const gets = state.can.includes('files-from') ? (state.files.asking ? t.whyAskedForFiles : undefined) : t.whyNoFilesFrom
  const items = [
    { words: t.sendFiles, why: sends, press: () => view.pickFiles('files') },
    { words: t.sendFolder, why: sends, press: () => view.pickFiles('folder') },
    { words: t.askForFiles, why: gets, press: () => actions.files.ask(t.filesPrompt) },
  ]
  const limit = limitOf(state, t)
  const note = limit === '' ? html`` : html`<p class="note small muted">${limit}</p>`
  const why = whyNot(state, t) ?? (sends !== undefined && gets === t.whyNoFilesFrom ? t.whyNoFiles : undefined)
  return menuButton('files', { words: t.files, icon: icons.file, part: 'files', title: t.files, why }, items, note)
}

/** What is offered, what is under way, and what is over. */
export function transfersSection(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const { rows, offers, asking } = state.files
  if (rows.length === 0 && offers.length === 0 && !asking) return html``
  return html`<section class="section" part="transfers" aria-label=${t.transfers}>
    <h2>${t.transfers}</h2>
    <p class="small muted">${limitOf(state, t)}</p>
    ${asking ? html`<p class="status small" role="status"><span class="dot awaited"></span>${t.askedForFiles}</p>` : ''}
    ${offers.map(offer => offerView(offer, actions, t))} ${rows.map(row => rowView(row, actions, t))}
  </section>`
}

const called = ({ name, others }: Pick<TransferRow, 'name' | 'others'>, t: Strings): string => (others === 0 ? name : t.andOthers(name, others))

function offerView(offer: OfferRow, actions: Actions, t: Strings): TemplateResult {
  const { id, files, bytes, refused } = offer
  return html`<div class="transfer offer" part="offer" role="group" aria-label=${called(offer, t)}>
    <span class="line"><strong class="cut">${called(offer, t)}</strong></span>
    <span class="small muted figures">${t.offered(files, amount(bytes, t))}</span>
    ${refused.map(why => html`<span class="small bad">${sentenceOf(why, t).message}</span>`)}
    <div class="actions">
      ${canPickFolder() ? button({ words: t.saveToFolder, look: 'tight primary', press: () => actions.files.take(id, 'folder') }) : ''}
      ${button({ words: t.download, look: canPickFolder() ? 'tight outline' : 'tight primary', press: () => actions.files.take(id, 'downloads') })}
      ${button({ words: t.refuse, look: 'tight', press: () => actions.files.refuse(id) })}
    </div>
  </div>`
}

function rowView(row: TransferRow, actions: Actions, t: Strings): TemplateResult {
  const { id, progress, bytes, totalBytes, way, why, files } = row
  const share = progress === 'done' ? 1 : totalBytes === 0 ? 0 : bytes / totalBytes
  const told = why && sentenceOf(why, t)
  const moves = progress === 'moving' || progress === 'held' || progress === 'held-there'
  return html`<div class="transfer ${progress}" part="transfer" role="group" aria-label=${called(row, t)}>
    <span class="line">
      <span class="way muted" title=${way === 'sending' ? t.sending : t.receiving}>${way === 'sending' ? icons.up : icons.save}</span>
      <strong class="cut" title=${called(row, t)}>${called(row, t)}</strong>
      <span class="figures small muted">${moves ? `${Math.floor(share * 100)} %` : ''}</span>
      ${rowButtons(row, actions, t)}
    </span>
    ${isSettled(row) ? '' : html`<progress max="1" value=${progress === 'listing' || progress === 'asking' ? nothing : share} aria-label=${called(row, t)}></progress>`}
    <span class="small muted figures" role=${isSettled(row) ? 'status' : nothing}>${factsOf(row, t)}</span>
    ${told === undefined ? '' : html`<span class="small bad" role="alert">${[told.message, told.hint].filter(Boolean).join(' ')}</span>`}
    ${files > 1 || row.entries.some(entry => entry.failure !== undefined) ? entriesView(row, id, t) : ''}
  </div>`
}

function rowButtons(row: TransferRow, { files }: Actions, t: Strings): TemplateResult {
  const { id, progress } = row
  const small = (icon: TemplateResult, title: string, press: () => void) => button({ icon, look: 'square tight', title, press })
  if (isSettled(row))
    return html`${row.canRetry ? small(icons.renew, t.sendAgain, () => files.retry(id)) : ''}${small(icons.close, t.dismiss, () => files.forget(id))}`
  return html`
    ${progress === 'moving' || progress === 'held-there' ? small(icons.pause, t.hold, () => files.hold(id)) : ''}
    ${progress === 'held' ? small(icons.play, t.goOn, () => files.goOn(id)) : ''}
    ${progress === 'listing' ? '' : small(icons.close, t.cancel, () => files.cancel(id))}
  `
}

/** How far it is, how fast it goes, and how long it takes. */
function factsOf({ progress, bytes, totalBytes, bytesPerSecond, secondsLeft, files }: TransferRow, t: Strings): string {
  const size = files > 1 ? t.filesOf(files, amount(totalBytes, t)) : amount(totalBytes, t)
  if (progress !== 'moving') return progress === 'failed' ? '' : [t.progress[progress], size].join(' · ')
  const left = secondsLeft === undefined ? [] : [t.timeLeft(minutes(secondsLeft * 1_000))]
  return [`${amount(bytes, t)} / ${amount(totalBytes, t)}`, rate(bytesPerSecond, t), ...left].join(' · ')
}

const entriesView = ({ entries, files, progress }: TransferRow, id: number, t: Strings): TemplateResult =>
  html`<details class="entries" ?open=${progress === 'failed'} name="transfer-${id}">
    <summary class="small">${t.eachFile}</summary>
    <ul>
      ${entries.map(entry => entryView(entry, t))} ${files > MAX_SHOWN ? html`<li class="small muted">${t.andMore(files - MAX_SHOWN)}</li>` : ''}
    </ul>
  </details>`

function entryView({ path, bytes, fraction, failure }: EntryRow, t: Strings): TemplateResult {
  const mark = failure !== undefined ? icons.close : fraction === 1 ? icons.check : nothing
  const share = fraction === undefined ? '…' : fraction === 0 || fraction === 1 ? amount(bytes, t) : `${Math.floor(fraction * 100)} %`
  return html`<li class="entry small" part="entry">
    <span class="line"><span class="cut" title=${path}>${path}</span><span class="figures muted">${share}</span><span class="mark-small ${failure === undefined ? '' : 'bad'}">${mark}</span></span>
    ${failure === undefined ? '' : html`<span class="bad">${sentenceOf(failure, t).message}</span>`}
  </li>`
}
