"""Our own API: uploads, jobs, the library, search. Thin: what is decided is decided elsewhere."""
