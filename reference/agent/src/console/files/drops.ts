/** Files that are dragged over the console: on the picture they go to the customer, anywhere else nowhere. */

/** What becomes of files on the picture. */
export interface DropSink {
  /** Whether files are taken now. */
  takes(): boolean
  /** Some hover over it, or do no longer. */
  hovering(on: boolean): void
  dropped(data: DataTransfer): void
}

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true

/** Leaves no file that nobody takes to the browser, which might open it in the place of what is there. */
export function refuseDrops(place: EventTarget): void {
  const refuse = (event: Event) => {
    const drag = event as DragEvent
    if (drag.defaultPrevented || !hasFiles(drag)) return
    drag.preventDefault()
    if (drag.dataTransfer !== null) drag.dataTransfer.dropEffect = 'none'
  }
  place.addEventListener('dragover', refuse)
  place.addEventListener('drop', refuse)
}

/** Listens to files that are dragged over the picture. */
export function listenToDrops(picture: HTMLElement, sink: DropSink): void {
  picture.addEventListener('dragover', event => {
    if (!sink.takes() || !hasFiles(event) || event.dataTransfer === null) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    sink.hovering(true)
  })
  picture.addEventListener('dragleave', event => {
    const within = event.relatedTarget instanceof Node && picture.contains(event.relatedTarget)
    if (!within) sink.hovering(false)
  })
  picture.addEventListener('drop', event => {
    sink.hovering(false)
    if (!sink.takes() || event.dataTransfer === null) return
    event.preventDefault()
    sink.dropped(event.dataTransfer)
  })
}
