"""Servers: their settings, their library, and texts that they have too."""
