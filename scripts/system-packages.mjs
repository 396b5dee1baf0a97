import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { run } from './lib/run.mjs'
import { say, yellow } from './lib/say.mjs'

/**
 * The Debian packages that programs and tests use beside npm's: why each is needed, and a shell command that succeeds where it is there, however installed. `deep`:
 * a deep run alone needs it.
 *
 * @type {Record<string, { why: string, present: string, deep?: boolean }>}
 */
export const SYSTEM_PACKAGES = {
  chromium: { why: 'browser tests, screenshots of the console', present: 'command -v chromium' },
  'firefox-esr': { why: 'the console in another browser', present: 'command -v firefox-esr' },
  openssl: { why: 'certificates for `npm start -- --public` and for tests of TLS', present: 'command -v openssl' },
  'fonts-dejavu-core': { why: 'letters in screenshots', present: 'test -d /usr/share/fonts/truetype/dejavu' },
  xvfb: { why: 'a real X display without a monitor', present: 'command -v Xvfb' },
  xauth: { why: 'access control of that display', present: 'command -v xauth' },
  'x11-xkb-utils': {
    why: 'setxkbmap gives the display the keyboards that people have; xkbcomp, which the display compiles them with',
    present: 'command -v setxkbmap',
  },
  'xkb-data': { why: 'those keyboards', present: 'test -e /usr/share/X11/xkb/symbols/jp' },
  xterm: { why: 'the program that is shared and typed into', present: 'command -v xterm' },
  xclip: { why: 'the other side of the clipboard in tests', present: 'command -v xclip' },
  xsel: { why: 'another one', present: 'command -v xsel' },
  'x11-xserver-utils': { why: 'xrandr makes two monitors of one display', present: 'command -v xrandr' },
  'x11-utils': { why: 'xdpyinfo and xwininfo say what the display shows', present: 'command -v xwininfo' },
  'x11-apps': { why: 'xwd reads pictures of the display, to compare with ours', present: 'command -v xwd' },
  xdotool: { why: 'local input in tests, and a look at windows', present: 'command -v xdotool' },
  sudo: { why: 'administrator powers of the X11 host, and their tests', present: 'command -v sudo' },
  'openssh-server': { why: 'what file transfers are measured beside: sshd', present: 'test -x /usr/sbin/sshd' },
  'openssh-client': { why: 'and scp', present: 'command -v scp' },
  rsync: { why: 'and rsync', present: 'command -v rsync' },
  'python3-protobuf': { why: 'an independent codec that ours is compared with', present: '/usr/bin/python3 -c "import google.protobuf"' },
  'protobuf-compiler': { why: 'its message classes', present: 'command -v protoc' },
  'python3-websockets': { why: 'the line to the broker in the example in Python', present: '/usr/bin/python3 -c "import websockets"' },
  'python3-cryptography': { why: 'AES-GCM and Ed25519 there', present: '/usr/bin/python3 -c "import cryptography"' },
  'python3-pil': { why: 'JPEG and PNG there', present: '/usr/bin/python3 -c "import PIL"' },
  'golang-go': { why: 'compiles the template of an adapter in Go', present: 'command -v go', deep: true },
  rustc: { why: 'compiles the one in Rust', present: 'command -v rustc', deep: true },
  libsodium23: { why: 'ristretto255 there', present: '/usr/bin/python3 -c "import ctypes; ctypes.CDLL(\'libsodium.so.23\')"' },
}

/** The names of what everything needs, or of what a deep run needs. */
export const systemPackagesOf = ({ deep = false } = {}) => Object.keys(SYSTEM_PACKAGES).filter(name => deep || SYSTEM_PACKAGES[name].deep !== true)

/** The names, out of `names`, of packages that are not there. */
export function missingSystemPackages(names = systemPackagesOf()) {
  return names.filter(name => spawnSync('sh', ['-c', SYSTEM_PACKAGES[name].present], { stdio: 'ignore' }).status !== 0)
}

/**
 * Installs those of the named Debian packages that are missing, saying which and why, where this user may do so; else prints the command that would.
 * Resolves with the names of those that are still missing.
 *
 * @param {string[]} [names] keys of `SYSTEM_PACKAGES`; by default those that not only a deep run needs
 * @returns {Promise<string[]>}
 */
export async function ensureSystemPackages(names) {
  const missing = missingSystemPackages(names)
  if (missing.length === 0) return []
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing]
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    say(yellow('These Debian packages are missing:'))
    listReasons(missing)
    say(`Install them with: sudo ${install.join(' ')}`)
    return missing
  }
  say('Installing Debian packages:')
  listReasons(missing)
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, onOutput: () => {} }
  await run(['apt-get', 'update', '--quiet'], options)
  const log = []
  const code = await run(install.toSpliced(1, 0, '-o', 'DPkg::Lock::Timeout=300'), { ...options, onOutput: chunk => log.push(chunk) })
  if (code !== 0) say(`apt-get failed with exit code ${code}:\n${Buffer.concat(log)}`)
  return missingSystemPackages(missing)
}

function listReasons(names) {
  for (const name of names) say(`  ${name.padEnd(20)} ${SYSTEM_PACKAGES[name].why}`)
}
