/** What moves on the page: theme, filter, copying. It never writes markup: it only hides, shows and marks. */
export const SCRIPT = `
'use strict'
const root = document.documentElement
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
document.getElementById('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = dark ? 'light' : 'dark'
})
for (const tools of all('.tools')) {
  const list = document.getElementById(tools.dataset.list)
  const rows = all('.row', list).map(row => ({ row, words: row.textContent.toLowerCase() }))
  const input = tools.querySelector('input')
  const buttons = all('button', tools)
  const shown = tools.querySelector('.shown')
  let verdict = ''
  const filter = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean)
    let count = 0
    for (const entry of rows) {
      const fits = (verdict === '' || entry.row.dataset.verdict === verdict) && words.every(word => entry.words.includes(word))
      entry.row.hidden = !fits
      if (fits) count += 1
    }
    shown.textContent = count === rows.length ? '' : count + ' of ' + rows.length
    list.classList.toggle('empty', count === 0)
  }
  input.addEventListener('input', filter)
  for (const button of buttons) {
    button.addEventListener('click', () => {
      verdict = button.dataset.verdict
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button))
      filter()
    })
  }
}
for (const button of all('.copy')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent)
    button.textContent = 'Copied'
  })
}
const reveal = () => {
  let element = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (element === null) return
  const target = element
  for (; element !== null; element = element.parentElement) {
    element.hidden = false
    if (element.tagName === 'DETAILS') element.open = true
  }
  target.scrollIntoView({ block: 'center' })
}
addEventListener('hashchange', reveal)
reveal()
`
