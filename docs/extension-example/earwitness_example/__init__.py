"""Two rules and a format for Earwitness: copy this folder and change it."""
