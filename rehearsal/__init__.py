"""The region pair on a laptop: a local AWS, databases, services, DNS and a client that books.

What is rehearsed is what runs on AWS: the same templates, state machines and handlers. Nothing under ``lambdas``
knows that this package exists.
"""
