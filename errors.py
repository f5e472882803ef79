"""The exceptions that are shown to the user, as a tree. Imports no other module of this project.

ProjectError
├── UsageError            an invalid command line                              exit 2
├── SettingsError         settings.toml is missing or invalid                  exit 2
├── ResumeError           resume.json, the theme or the site folder is invalid exit 2
├── OutputError           a file or folder cannot be read or written           exit 1
├── LintError             cfn-lint has findings in the generated template      exit 1
├── LocalCloudError       the embedded cloud failed to start, or exited        exit 1
└── CloudError            AWS, or an emulator of it, refused a request         exit 1
    ├── CredentialsError  no usable credentials, or expired ones               exit 1
    ├── StackError        the stack failed, or is in a state that blocks it    exit 1
    └── SmokeTestError    the deployed site does not work                      exit 1

Every error says where it happened, what is wrong, and what to do next. Only `main()` in cli/main.py prints one and
exits; a traceback that reaches a user is a bug.
"""

from __future__ import annotations


class ProjectError(Exception):
    """An error that the user can act on.

    where: the file, key, resource or command concerned, for instance ``settings.toml: stack.name``.
    what: one sentence, with the offending value.
    next_step: one sentence that says what to do now.
    excerpt: the line of a file with the place underlined (source_text.py), "" for none.
    """

    exit_code = 1

    def __init__(self, where: str, what: str, next_step: str, *, excerpt: str = "") -> None:
        super().__init__(where, what, next_step)
        self.where = where
        self.what = what
        self.next_step = next_step
        self.excerpt = excerpt

    def __str__(self) -> str:
        shown = f"{self.excerpt}\n" if self.excerpt else ""
        return f"{self.where}: {self.what}\n{shown}  next: {self.next_step}"


class UsageError(ProjectError):
    exit_code = 2


class SettingsError(ProjectError):
    exit_code = 2


class ResumeError(ProjectError):
    exit_code = 2


class OutputError(ProjectError):
    pass


class LintError(ProjectError):
    pass


class LocalCloudError(ProjectError):
    pass


class CloudError(ProjectError):
    pass


class CredentialsError(CloudError):
    pass


class StackError(CloudError):
    pass


class SmokeTestError(CloudError):
    pass
