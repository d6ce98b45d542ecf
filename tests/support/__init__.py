"""What tests share: servers, databases, browsers, recordings, and how to wait for them.

Nothing here asserts a behaviour of the product. Product code never imports it.
"""
