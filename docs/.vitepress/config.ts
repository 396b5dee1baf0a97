import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { anchorRequirements } from './anchor-requirements.js'

const DOCS = fileURLToPath(new URL('..', import.meta.url))

/** Pages of the specification in reading order. */
const SPECIFICATION: DefaultTheme.SidebarItem[] = [
  { text: 'Overview', link: '/spec/overview' },
  {
    text: 'Connection',
    items: [
      { text: 'Bindings', link: '/spec/binding' },
      { text: 'Frames and records', link: '/spec/frame' },
      { text: 'Relay', link: '/spec/relay' },
      { text: 'Room', link: '/spec/room' },
      { text: 'Handshake', link: '/spec/handshake' },
      { text: 'Sealed records', link: '/spec/record' },
    ],
  },
  {
    text: 'Channels',
    items: [
      { text: 'Session', link: '/spec/session' },
      { text: 'Screen and media', link: '/spec/screen' },
      { text: 'Input', link: '/spec/input' },
      { text: 'Clipboard', link: '/spec/clipboard' },
      { text: 'File', link: '/spec/file' },
      { text: 'Elevation', link: '/spec/elevation' },
      { text: 'Chat', link: '/spec/chat' },
      { text: 'Annotation', link: '/spec/annotation' },
    ],
  },
  { text: 'Shared types', link: '/spec/types' },
]

/** The pages of a folder by file name, each under its first heading. */
function pagesOf(folder: string): DefaultTheme.SidebarItem[] {
  return readdirSync(join(DOCS, folder))
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(name => {
      const heading = /^# (.+)$/m.exec(readFileSync(join(DOCS, folder, name), 'utf8'))
      const page = name.slice(0, -'.md'.length)
      return { text: heading?.[1] ?? page, link: `/${folder}/${page}` }
    })
}

const guides = [
  { text: 'Architecture', link: '/architecture' },
  { text: 'Security', link: '/security' },
  { text: 'Performance', link: '/performance' },
  ...pagesOf('guides'),
]
const decisions = pagesOf('adr')
const navigation = (text: string, items: DefaultTheme.SidebarItem[]): DefaultTheme.NavItem[] => items.slice(0, 1).map(({ link = '/' }) => ({ text, link }))

export default defineConfig({
  title: 'Remote Assist Protocol',
  description: 'An open protocol for remote assistance: specification, schema, libraries and conformance suite',
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  cacheDir: '../.cache/vitepress',
  // Links to files of the repository outside docs/ work where the repository is browsed, not on the site.
  ignoreDeadLinks: [/^\.\/(?:\.\.\/)+/],
  markdown: { config: anchorRequirements },
  themeConfig: {
    nav: [...navigation('Specification', SPECIFICATION), ...navigation('Guides', guides), ...navigation('Decisions', decisions)],
    sidebar: {
      '/spec/': [{ text: 'Specification, version 1', items: SPECIFICATION }],
      '/guides/': [{ text: 'Guides', items: guides }],
      '/architecture': [{ text: 'Guides', items: guides }],
      '/security': [{ text: 'Guides', items: guides }],
      '/performance': [{ text: 'Guides', items: guides }],
      '/adr/': [{ text: 'Decisions', items: decisions }],
    },
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: false, next: false },
  },
})
