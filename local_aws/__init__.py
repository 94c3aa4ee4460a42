"""A local AWS: one process, one endpoint, every region. README.md says how to start, break and extend it.

An emulator (ministack) is served behind a gateway that records every call and can break any of them. Each function
runs in its own process under its own role, whose policies are enforced. Where the emulator differs from AWS in a way
an application could notice, a small module under ``patches`` fixes it; each has a contract test.
"""
