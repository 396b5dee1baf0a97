export { LinuxElevation, type LinuxElevationOptions, linuxElevation } from './elevation.js'
