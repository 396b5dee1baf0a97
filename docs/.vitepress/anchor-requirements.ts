import type { MarkdownRenderer } from 'vitepress'

const REQUIREMENT = /^\*\*(RA-[A-Z]{3}-\d{3})\*\*/

/** Gives each list item that is a requirement its id as an anchor, so that `file#RA-FIL-014` leads to it. */
export function anchorRequirements(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('requirement-anchors', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'list_item_open') continue
      const id = REQUIREMENT.exec(tokens[index + 2]?.content ?? '')?.[1]
      if (id !== undefined) token.attrSet('id', id)
    }
  })
}
