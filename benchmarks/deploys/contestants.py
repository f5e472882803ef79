"""What the users of each tool keep in a folder, change in it, and type."""

from __future__ import annotations

import io
import shutil
import sys
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from benchmarks.measure import PEERS, ROOT
from deployment.package.router_zip import build_package
from tests.local_system import copy_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.deploys.cloud import Cloud
    from benchmarks.deploys.process import Arguments

TOOLS = ROOT / "output" / "benchmarks" / "deploys"
TRANSLATOR = TOOLS / "translator"
SITE = {
    "index.html": "<h1>One</h1>",
    "404.html": "<h1>None</h1>",
    "assets/app.0123456789ab.js": "console.log(1)",
}
_PEERS = PEERS / "deploys"
_NAME = "cloud-resume"
_SETTINGS = f"""\
[stack]
name = "{_NAME}"
[site]
folder = "mysite"
[logs]
retention_days = 30
"""


@dataclass(frozen=True)
class Contestant:
    """An application in `folder`, which is deployed as the stack `stack`."""

    folder: Path
    stack: str
    cloud: Cloud
    changed: dict[Path, str] = field(default_factory=dict)
    """The original text of the files that are to be restored."""

    name: ClassVar[str]
    commands: ClassVar[int]
    """How many a user types for a deploy, the site included."""
    code: ClassVar[str]
    """The file of the function's code that a code-only deploy changes."""
    value: ClassVar[tuple[str, str, str]]
    """The file with the log's retention, the line with 30 days, and what is put before and after the number."""
    key: ClassVar[tuple[str, str, str]]
    """A file, the name of a property in it, and the same one misspelled."""

    def bootstrap(self) -> Sequence[Arguments]:
        """Return what is run once per account and Region."""
        return ()

    def deploy(self) -> Sequence[Arguments]:
        raise NotImplementedError

    def site(self) -> Sequence[Arguments]:
        """Return the commands that publish the site, unless `deploy` does."""
        return ()

    def plan(self) -> Arguments:
        raise NotImplementedError

    def lint(self) -> Arguments | None:
        """Return the tool's own check of a template, unless it is part of the deploy."""
        return None

    def show_drift(self) -> Arguments | None:
        return None

    def revert_drift(self) -> Arguments | None:
        return None

    def change_code(self, text: str) -> None:
        path = self.folder / self.code
        path.write_text(path.read_text() + f"\n# {text}\n")

    def set_retention(self, days: int) -> None:
        file, before, after = self.value
        self._replace(file, before, after.format(days))

    def misspell(self) -> None:
        self._replace(*self.key)

    def restore(self) -> None:
        """Take back every change of the template and the settings."""
        while self.changed:
            path, text = self.changed.popitem()
            path.write_text(text)

    def _replace(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert text.count(old) == 1, f"{path}: {old!r} is there {text.count(old)} times"
        self.changed.setdefault(path, text)
        path.write_text(text.replace(old, new))


class Ours(Contestant):
    name = "this project"
    commands = 1
    code = "router/handler.py"
    value = ("settings.toml", "retention_days = 30", "retention_days = {}")
    key = ("template_gen/router.py", "RetentionInDays=", "RetentionDays=")

    @classmethod
    def missing(cls) -> str:
        return ""

    @classmethod
    def written(cls) -> str:
        return _SETTINGS

    @classmethod
    def create(cls, folder: Path, stack: str, cloud: Cloud) -> Ours:
        copy_project(folder)
        _write(folder / "mysite", SITE)
        (folder / "settings.toml").write_text(_SETTINGS.replace(_NAME, stack))
        return cls(folder, stack, cloud)

    def deploy(self) -> Sequence[Arguments]:
        return (self._build("deploy", "--yes", "--no-smoke-test"),)

    def plan(self) -> Arguments:
        return self._build("diff")

    def show_drift(self) -> Arguments:
        return self._build("diff", "--drift")

    def revert_drift(self) -> Arguments:
        return self._build("deploy", "--yes", "--no-smoke-test", "--revert-drift")

    def _build(self, *arguments: str) -> Arguments:
        return (sys.executable, "build.py", *arguments, "--endpoint-url", self.cloud.url)


class _Peer(Contestant):
    commands = 3
    code = "code/router/handler.py"
    source: ClassVar[str]
    tools: ClassVar[dict[str, str]]

    @classmethod
    def missing(cls) -> str:
        """Return what has to be installed, "" if everything is."""
        return ", ".join(f"{tool}: {how}" for tool, how in cls.tools.items() if not (TOOLS / tool).exists())

    @classmethod
    def written(cls) -> str:
        """Return the text of all files that a user writes."""
        return "".join(path.read_text() for path in sorted((_PEERS / cls.source).iterdir()) if path.is_file())

    @classmethod
    def create(cls, folder: Path, stack: str, cloud: Cloud) -> _Peer:
        shutil.copytree(_PEERS / cls.source, folder)
        with zipfile.ZipFile(io.BytesIO(_package())) as archive:
            archive.extractall(folder / "code")
        _write(folder / "site", SITE)
        for path in folder.iterdir():
            if path.is_file():
                path.write_text(path.read_text().replace(f'"{_NAME}"', f'"{stack}"'))
        return cls(folder, stack, cloud)

    def site(self) -> Sequence[Arguments]:
        """Return the usual two commands. The lookup of the two names is not part of them, in favour of the peers."""
        outputs = self.cloud.outputs(self.stack)
        aws = str(TOOLS / "aws/bin/aws")
        distribution = outputs["DistributionId"]
        return (
            (aws, "s3", "sync", "--delete", "site", f"s3://{outputs['SiteBucketName']}"),
            (aws, "cloudfront", "create-invalidation", "--distribution-id", distribution, "--paths", "/*"),
        )


class Sam(_Peer):
    name = "sam deploy"
    source = "sam"
    value = ("template.yaml", "RetentionInDays: 30", "RetentionInDays: {}")
    key = ("template.yaml", "RetentionInDays:", "RetentionDays:")
    tools: ClassVar[dict[str, str]] = {
        "sam/bin/sam": "aws-sam-cli in a virtual environment `sam`",
        "aws/bin/aws": "awscli in a virtual environment `aws`",
        "translator": "`pip install --target translator aws-sam-translator`",
    }

    def deploy(self) -> Sequence[Arguments]:
        return (self._sam(),)

    def plan(self) -> Arguments:
        return self._sam("--no-execute-changeset")

    def lint(self) -> Arguments:
        return (str(TOOLS / "sam/bin/sam"), "validate", "--lint")

    def _sam(self, *arguments: str) -> Arguments:
        return (str(TOOLS / "sam/bin/sam"), "deploy", *arguments)


class Cdk(_Peer):
    name = "cdk deploy"
    source = "cdk"
    value = ("app.ts", "retention: 30", "retention: {}")
    key = ("app.ts", "retention:", "retentionDays:")
    tools: ClassVar[dict[str, str]] = {
        "cdk/node_modules/.bin/cdk": "`npm install` in `cdk`, with benchmarks/peers/deploys/cdk/package.json",
        "aws/bin/aws": "awscli in a virtual environment `aws`",
    }

    @classmethod
    def create(cls, folder: Path, stack: str, cloud: Cloud) -> _Peer:
        made = super().create(folder, stack, cloud)
        (folder / "node_modules").symlink_to((TOOLS / "cdk/node_modules").resolve())
        return made

    def bootstrap(self) -> Sequence[Arguments]:
        return (self._cdk("bootstrap"),)

    def deploy(self) -> Sequence[Arguments]:
        return (self._cdk("deploy", "--require-approval", "never"),)

    def plan(self) -> Arguments:
        return self._cdk("diff")

    def show_drift(self) -> Arguments:
        return self._cdk("drift")

    def revert_drift(self) -> Arguments:
        return self._cdk("deploy", "--require-approval", "never", "--revert-drift")

    def _cdk(self, *arguments: str) -> Arguments:
        return ("node_modules/.bin/cdk", *arguments)


CONTESTANTS: tuple[type[Ours | Sam | Cdk], ...] = (Ours, Sam, Cdk)


def lines_of(kind: type[Ours | Sam | Cdk]) -> int:
    """Return how many lines that are not empty a user writes."""
    return len([line for line in kind.written().splitlines() if line.strip()])


@cache
def _package() -> bytes:
    return build_package().content


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
