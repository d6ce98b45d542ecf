# The few names of Pyodide's own package that earwitness.browser uses.
