"""HELPS: serves the page, transcribes for devices that cannot, and searches a shared library.

May import `earwitness` (never `earwitness.browser`); nothing imports this package. What a
transcript is and how it is made belongs in `earwitness`: here live routes, storage and limits only.
"""
