"""The emulator itself: all that depends on its being ministack, by name or by what is inside it.

`process` is the process that serves it. Around it stand `guard` (who may speak to it) and one module for each thing in
which it differs from AWS or is reached past its own ways; each says how ministack is, as found in the release that
requirements/run.in pins, and has a test that notices if that changes. `environment` is what the process is given.

Outside this folder an emulator is an `EmulatorType`, an address (`access`), and what it reports (`reports`). Another
one would be another folder beside this; the import of `description` in emulator.py chooses between them.
"""
