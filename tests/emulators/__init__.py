"""The template, the deploy and the router against several emulators of AWS: ``python -m tests.emulators``.

Each is a server in an environment of its own (`servers`). `resource_checks` creates each resource of the template with
the emulator's CloudFormation. `command_checks` runs build.py's verbs. `router_checks` runs the router's code in a
process, with the emulator's DynamoDB, its stream and S3. `service_checks` calls what the page needs besides.
docs/emulators.md has the results; `test_emulators` compares them with those of the emulators that are installed.
"""
