"""The local AWS of the rehearsal: one process, one endpoint, every region.

An emulator (ministack) is served behind a gateway that records every call and can break any of them. Each function
runs in its own process under its own role, whose policies are enforced. Where the emulator differs from AWS in a way
the product could notice, a small module under ``corrections`` puts it right; a contract test holds each of them.
"""
