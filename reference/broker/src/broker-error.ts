/** The broker cannot be started, or not like this. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  constructor(
    readonly code: 'E_OPTION' | 'E_NOT_SAFE' | 'E_PORT_IN_USE' | 'E_LISTEN',
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
