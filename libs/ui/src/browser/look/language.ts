/** The language of an element: its own, or that of what it is in. */
export const languageOf = (element: Element): string => element.closest<HTMLElement>('[lang]')?.lang || 'en'
