"""The command line: serving, keys and models."""
