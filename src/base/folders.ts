/** Folders of this machine as absolute paths without `..`, by segments; nothing is asked of the disk. */

/** Whether a path is a folder, or stands in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
