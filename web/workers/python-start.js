/**
 * How Python starts: the same for the build, which keeps its memory once all is imported, and for
 * the page, which goes on from there.
 */

/** Where Python finds our package. */
const PACKAGES = '/lib/packages.zip';

/**
 * @param {Uint8Array | Promise<Uint8Array>} packages Our package and what it imports, a zip that is
 *   imported from as it is: unpacking took longer than everything else it does to start.
 * @returns {import('pyodide').PyodideConfig}
 */
export function startOptions(packages) {
  return {
    checkAPIVersion: true,
    stdout: () => {},
    fsInit: async (FS) => FS.writeFile(PACKAGES, await packages, { canOwn: true }),
    env: { HOME: '/home/pyodide', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: PACKAGES },
  };
}
