/** Linux key codes (`linux/input-event-codes.h`) of HID usages 0x04 and up, as the kernel's `hid-input` has them; 0 where there is none. */
const FROM_0X04 = [
  30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21, 44, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 28, 1, 14, 15, 57, 12,
  13, 26, 27, 43, 43, 39, 40, 41, 51, 52, 53, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88, 99, 70, 119, 110, 102, 104, 111, 107, 109, 106, 105, 108, 103,
  69, 98, 55, 74, 78, 96, 79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83, 86, 127, 116, 117, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 134, 138,
  130, 132, 128, 129, 131, 137, 133, 135, 136, 113, 115, 114, 0, 0, 0, 121, 0, 89, 93, 124, 92, 94, 95, 0, 0, 0, 122, 123, 90, 91, 85,
]
const FROM_0XE0 = [29, 42, 56, 125, 97, 54, 100, 126]

/** The Linux key code of a HID usage (page 0x07); undefined if it has none. */
export function evdevCode(usage: number): number | undefined {
  const code = usage >= 0xe0 ? FROM_0XE0[usage - 0xe0] : FROM_0X04[usage - 0x04]
  return code === 0 ? undefined : code
}

/** True for Ctrl, Shift, Alt and the system keys, left and right. */
export const isModifier = (usage: number) => usage >= 0xe0 && usage <= 0xe7
