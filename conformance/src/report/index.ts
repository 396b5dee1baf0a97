/** What a run says, for people and for machines. */
export { renderBadge } from './badge.js'
export { renderHtml } from './html/index.js'
export { plain, readReport, renderJson, type StoredReport } from './json.js'
export { renderJunit } from './junit.js'
export { renderMarkdown } from './markdown.js'
export { byProfile, culprit, duration, isProven, reasonOf, slowOnes, unkept } from './summary.js'
