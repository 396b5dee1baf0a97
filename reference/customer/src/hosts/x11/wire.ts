/** The part of npm `x11` that this host uses: core requests and extensions with callbacks, as that package has them. */

/** Called once with the reply, or with an error. Returning true says that the error was taken care of. */
export type Reply<T> = (error: Error | null | undefined, value: T) => boolean

export interface XEvent {
  readonly type: number
  readonly name?: string
  readonly [field: string]: unknown
}

export interface Property {
  readonly type: number
  readonly data: Buffer
  readonly bytesAfter: number
}

export interface PointerState {
  readonly rootX: number
  readonly rootY: number
  readonly keyMask: number
}

export interface PackStream {
  put(request: Buffer): unknown
  submit(expectsReply?: boolean): unknown
}

export interface XClient {
  seq_num: number
  readonly pack_stream: PackStream
  readonly replies: Record<number, readonly unknown[]>
  readonly stream: { destroy(): void }
  on(event: 'event', listener: (event: XEvent) => void): unknown
  on(event: 'error', listener: (error: Error & { readonly error?: number; readonly majorOpcode?: number }) => void): unknown
  on(event: 'end', listener: () => void): unknown
  require(extension: string, done: (error: Error | null | undefined, extension: unknown) => void): void
  terminate(): void
  AllocID(): number
  GetInputFocus(done: Reply<unknown>): void
  GrabKeyboard(window: number, ownerEvents: 0 | 1, time: number, pointerMode: number, keyboardMode: number, done: Reply<number>): void
  QueryTree(window: number, done: Reply<{ readonly children: readonly number[] }>): void
  GetWindowAttributes(window: number, done: Reply<WindowAttributes>): void
  GetGeometry(drawable: number, done: Reply<Geometry>): void
  QueryPointer(window: number, done: Reply<PointerState>): void
  GetImage(
    format: number,
    drawable: number,
    x: number,
    y: number,
    width: number,
    height: number,
    planes: number,
    done: Reply<{ readonly depth: number; readonly data: Buffer }>,
  ): void
  GetKeyboardMapping(first: number, count: number, done: Reply<readonly (readonly number[])[]>): void
  ChangeKeyboardMapping(first: number, perKeycode: number, keysyms: readonly number[]): void
  GetPointerMapping(done: Reply<readonly number[]>): void
  CreateWindow(id: number, parent: number, x: number, y: number, width: number, height: number, ...rest: unknown[]): void
  DestroyWindow(id: number): void
  MapWindow(id: number): void
  UnmapWindow(id: number): void
  ConfigureWindow(
    id: number,
    values: { readonly x?: number; readonly y?: number; readonly width?: number; readonly height?: number; readonly stackMode?: number },
  ): void
  ClearArea(window: number, x: number, y: number, width: number, height: number, exposures: number): void
  CreatePixmap(id: number, drawable: number, depth: number, width: number, height: number): void
  FreePixmap(id: number): void
  CreateGC(id: number, drawable: number, values: GraphicsValues): void
  ChangeGC(id: number, values: GraphicsValues): void
  FreeGC(id: number): void
  PolyLine(mode: number, drawable: number, gc: number, points: readonly number[]): void
  PolyFillRectangle(drawable: number, gc: number, rectangles: readonly number[]): void
  PolyFillArc(drawable: number, gc: number, arcs: readonly number[]): void
  GrabKey(window: number, ownerEvents: boolean, modifiers: number, keycode: number, pointerMode: number, keyboardMode: number): void
  QueryKeymap(done: Reply<Buffer>): void
  ChangeWindowAttributes(window: number, values: { readonly eventMask?: number; readonly backgroundPixmap?: number }): void
  ChangeProperty(mode: number, window: number, name: number, type: number, format: number, data: Buffer | readonly number[]): void
  DeleteProperty(window: number, name: number): void
  GetProperty(del: number, window: number, name: number, type: number, longOffset: number, longLength: number, done: Reply<Property>): void
  SetSelectionOwner(window: number, selection: number, time: number): void
  GetSelectionOwner(selection: number, done: Reply<number>): void
  ConvertSelection(requestor: number, selection: number, target: number, property: number, time: number): void
  SendEvent(destination: number, propagate: boolean, mask: number, event: object): void
}

/** What a window is like. */
export interface WindowAttributes {
  /** 1 = it has pixels. */
  readonly klass: number
  /** 2 = it and everything that it is in are mapped. */
  readonly mapState: number
  /** 1 = no window manager moves it. */
  readonly overrideRedirect: number
}

/** Where a window is in its parent, and its size. */
export interface Geometry {
  readonly xPos: number
  readonly yPos: number
  readonly width: number
  readonly height: number
}

/** How something is drawn. */
export interface GraphicsValues {
  readonly foreground?: number
  readonly lineWidth?: number
  readonly capStyle?: number
  readonly joinStyle?: number
}

export interface XDisplay {
  readonly client: XClient
  readonly min_keycode: number
  readonly max_keycode: number
  readonly image_byte_order?: number
  readonly screen: readonly { readonly root: number; readonly root_depth: number; readonly pixel_width: number; readonly pixel_height: number }[]
}

export interface X11Module {
  createClient(options: { readonly display: string; readonly shm?: boolean }, done: (error: Error | null | undefined, display: XDisplay) => void): XClient
}

/** Where the requests and events of an extension begin. */
export interface Extension {
  readonly majorOpcode: number
  readonly firstEvent: number
}

export interface ShmExtension extends Extension {
  readonly fdCapable: boolean
  AttachFd(segment: number, fd: number, readOnly: boolean, done: (error: Error | null) => boolean): void
  Detach(segment: number): void
  GetImage(
    drawable: number,
    x: number,
    y: number,
    width: number,
    height: number,
    planes: number,
    format: number,
    segment: number,
    offset: number,
    done: Reply<{ readonly size: number }>,
  ): void
}

export interface DamageExtension extends Extension {
  Create(damage: number, drawable: number, level: number): void
  Subtract(damage: number, repair: number, parts: number): void
  Destroy(damage: number): void
}

export interface RandrExtension extends Extension {
  readonly major_version: number
  readonly minor_version: number
  SelectInput(window: number, mask: number): void
  GetOutputInfo(output: number, time: number, done: Reply<{ readonly crtc: number }>): void
  GetCrtcInfo(crtc: number, time: number, done: Reply<{ readonly rotation: number }>): void
}

export interface TestExtension extends Extension {
  FakeInput(type: number, detail: number, delayMs: number, window: number, x: number, y: number): void
  GrabControl(impervious: boolean): void
}

export interface FixesExtension extends Extension {
  SelectSelectionInput(window: number, selection: number, mask: number): void
  SelectCursorInput(window: number, mask: number): void
  GetCursorImage(
    done: Reply<{
      readonly width: number
      readonly height: number
      readonly xhot: number
      readonly yhot: number
      readonly cursorImage: Buffer
    }>,
  ): void
}

/** Windows that are no rectangles. */
export interface ShapeExtension extends Extension {
  Rectangles(op: number, kind: number, window: number, x: number, y: number, rectangles: readonly (readonly number[])[]): void
  Mask(op: number, kind: number, window: number, x: number, y: number, bitmap: number): void
}

export interface RecordExtension extends Extension {
  CreateContext(context: number, elementHeader: number, clients: readonly number[], ranges: readonly object[]): void
}
