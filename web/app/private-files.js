/** Files that the library keeps in the origin's private file system. */

/**
 * @param {string} path
 * @returns {Promise<File>}
 */
export async function fileAt(path) {
  const names = path.split('/').filter(Boolean);
  let folder = await navigator.storage.getDirectory();
  for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
  return (await folder.getFileHandle(names.at(-1) ?? '')).getFile();
}
