/** What the platform works out in threads of its own. Loaded once, whatever is planted into the rest. */
import { Pending } from './pending.js'

/** What the platform works out in threads of its own, for whatever is played in this process: all that WebCrypto does. */
export const platform = new Pending()

for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(crypto.subtle))) {
  const own: unknown = Reflect.get(crypto.subtle, name)
  if (typeof own !== 'function' || name === 'constructor') continue
  Object.defineProperty(crypto.subtle, name, { value: (...given: unknown[]) => platform.during(Reflect.apply(own, crypto.subtle, given)) })
}
