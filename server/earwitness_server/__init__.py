"""The server: serves the page, transcribes for devices that cannot, searches a shared library.

May import `earwitness`, but never `earwitness.browser`; nothing imports this package. What a
transcript is and how it is made belongs in `earwitness`. The rooms from outside to inside: `cli`;
`app`, `http` and `routes`; `services`; `jobs` and `inference`; `media`, `search` and `storage`.
`jobs`, `inference`, `media`, `search`, `storage` and `observability` import nothing of HTTP.
"""
