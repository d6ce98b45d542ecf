"""The routes. Thin: every decision that is not about HTTP is made elsewhere."""
