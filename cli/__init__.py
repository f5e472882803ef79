"""The command line of build.py.

A verb is a function in one of the modules of `cli.verbs`, with its arguments declared in a decorator (declaration.py).
It receives a `Context` (context.py): the parsed arguments, the console, and methods to load the settings and target.
Modules here import only the standard library and the error tree at import time; a verb imports what it needs when it
runs.
"""
