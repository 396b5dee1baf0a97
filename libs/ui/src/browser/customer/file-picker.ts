/** The system's dialog for files. */

/** A dialog, and the element that opens it, which is to be drawn. */
export interface FilePicker {
  readonly element: HTMLInputElement
  /** Opens it; for an answer to this question, if one is given. */
  open(question?: number): void
}

/** A dialog for files. `picked`: the person picked some. */
export function filePicker(document: Document, picked: (files: readonly File[], question: number | undefined) => void): FilePicker {
  let answering: number | undefined
  const element = Object.assign(document.createElement('input'), { type: 'file', multiple: true, hidden: true })
  element.addEventListener('change', () => {
    picked([...(element.files ?? [])], answering)
    // The same file may be picked again.
    element.value = ''
  })
  return {
    element,
    open: question => {
      answering = question
      element.click()
    },
  }
}
