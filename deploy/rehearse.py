"""Runs the steps of the Containerfile in a bare Debian, then Parley as the container would, and checks compose.yaml.

    sudo python3 -m deploy.rehearse FOLDER

For machines without a container engine. It needs root, debootstrap and util-linux; FOLDER gets a Debian for each stage,
2.5 GB together, and may be deleted afterwards. All mounts are in a namespace of their own, and vanish with it.
`--certificates` names a file of certificate authorities, for a network whose proxy looks into TLS.
"""

import argparse
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTAINERFILE = ROOT / "deploy" / "Containerfile"
MIRROR = "http://deb.debian.org/debian"
INSIDE_CERTIFICATES = "/root/certificates.pem"
WHOLE_START = 90.0
"""Seconds in which a fresh container has to be healthy."""


@dataclass(slots=True)
class Stage:
    """A stage of the build: the folder with its file system, and what its steps have set so far."""

    name: str
    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    workdir: str = "/"
    user: str = "0:0"
    health: Sequence[str] = ()
    entrypoint: Sequence[str] = ()
    command: Sequence[str] = ()
    volumes: tuple[str, ...] = ()

    def path(self, inside: str) -> Path:
        return self.folder / str(Path(self.workdir) / inside).lstrip("/")


@dataclass(slots=True)
class Rehearsal:
    """The build of a Containerfile, step by step."""

    folder: Path
    certificates: Path | None
    stages: dict[str, Stage] = field(default_factory=dict)

    def build(self, text: str) -> Stage:
        """Run all steps. Returns the last stage."""
        stage: Stage | None = None
        for word, rest in steps(text):
            told(f"{word} {rest}")
            if word == "FROM":
                stage = self._begun(rest)
                continue
            assert stage, "the first step is FROM"
            DO[word](self, stage, rest)
        assert stage, "there is no step"
        return stage

    def _begun(self, rest: str) -> Stage:
        image, _, name = rest.partition(" AS ")
        suite = re.fullmatch(r"docker\.io/library/debian:(\w+)-slim", image)
        if not suite:
            sys.exit(f"{image}: only Debian's own slim images can be rehearsed")
        bare = debian(self.folder, suite[1])
        made = self.folder / f"stage-{name or 'last'}"
        shutil.rmtree(made, ignore_errors=True)
        run("cp", "--archive", "--reflink=auto", str(bare), str(made))
        for mounted in ("proc", "dev", "sys"):
            run("mount", "--rbind", f"/{mounted}", str(made / mounted))
        # What a container engine does, too.
        shutil.copy("/etc/resolv.conf", made / "etc" / "resolv.conf")
        stage = Stage(name or "last", made)
        self.stages[stage.name] = stage
        return stage

    def run(self, stage: Stage, rest: str) -> None:
        extra = {}
        if self.certificates:
            shutil.copy(self.certificates, stage.folder / INSIDE_CERTIFICATES.lstrip("/"))
            extra = dict.fromkeys(("SSL_CERT_FILE", "PIP_CERT"), INSIDE_CERTIFICATES)
        inside(stage, ["sh", "-ec", rest], environment={**extra, "DEBIAN_FRONTEND": "noninteractive"})

    def copy(self, stage: Stage, rest: str) -> None:
        *options, source, target = rest.split()
        origin = options[0].removeprefix("--from=") if options else ""
        into = stage.path(target)
        if origin:
            into.parent.mkdir(parents=True, exist_ok=True)
            run("cp", "--archive", str(self.stages[origin].path(source)), str(into))
            return
        into.mkdir(parents=True, exist_ok=True)
        for path in sent(ROOT, CONTAINERFILE.with_suffix(".dockerignore")):
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, into / path)


def _environment(build: Rehearsal, stage: Stage, rest: str) -> None:
    name, value = rest.split("=", 1)
    stage.environment[name] = value


def _set(name: str, read: Callable[[str], object]) -> Callable[[Rehearsal, Stage, str], None]:
    def step(build: Rehearsal, stage: Stage, rest: str) -> None:
        setattr(stage, name, read(rest))
        if name == "workdir":
            stage.path(".").mkdir(parents=True, exist_ok=True)

    return step


def _nothing(build: Rehearsal, stage: Stage, rest: str) -> None:
    """What only an engine acts on."""


DO: Mapping[str, Callable[[Rehearsal, Stage, str], None]] = {
    "RUN": Rehearsal.run,
    "COPY": Rehearsal.copy,
    "ENV": _environment,
    "WORKDIR": _set("workdir", str),
    "USER": _set("user", str),
    "VOLUME": _set("volumes", lambda rest: (rest,)),
    "HEALTHCHECK": _set("health", lambda rest: json.loads(rest.partition("CMD ")[2])),
    "ENTRYPOINT": _set("entrypoint", json.loads),
    "CMD": _set("command", json.loads),
    "EXPOSE": _nothing,
    "STOPSIGNAL": _nothing,
}


def debian(folder: Path, suite: str) -> Path:
    """A bare Debian in a folder; it is made once."""
    bare = folder / suite
    if not (bare / "etc" / "debian_version").exists():
        run("debootstrap", "--variant=minbase", suite, str(bare), MIRROR)
    return bare


def steps(text: str) -> list[tuple[str, str]]:
    """The steps of a Containerfile: each word with the rest of its line."""
    whole = re.sub(r"\\\n\s*", "", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in whole.splitlines()) if word]


def sent(root: Path, ignore: Path) -> list[Path]:
    """The files that an engine would be sent, by the list of what it is to leave out."""
    rules = [line for line in ignore.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    wanted = [rule[1:] for rule in rules if rule.startswith("!")]
    unwanted = [rule.removeprefix("**/") for rule in rules if rule.startswith("**/")]
    found = [path for name in wanted for path in (root / name, *(root / name).rglob("*"))]
    inside = (path.relative_to(root) for path in found if path.is_file())
    return [path for path in inside if not any(fnmatch.fnmatch(part, one) for part in path.parts for one in unwanted)]


def check_compose(folder: Path) -> None:
    """Let Docker Compose, as Debian has it, read both compose files. It needs no engine for that."""
    root = folder / "compose"
    shutil.rmtree(root, ignore_errors=True)
    run("cp", "--archive", "--reflink=auto", str(debian(folder, "trixie")), str(root))
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    run("chroot", str(root), "apt-get", "update")
    run("chroot", str(root), "apt-get", "install", "-y", "--no-install-recommends", "docker-compose")
    shutil.copytree(ROOT / "deploy", root / "deploy")
    (root / "deploy" / "parley.env").touch()
    (root / "deploy" / ".env").write_text("DATABASE_PASSWORD=secret\n", encoding="utf-8")
    for name in ("compose.yaml", "compose.cluster.yaml"):
        run("chroot", str(root), "docker-compose", "-f", f"/deploy/{name}", "config", "--quiet")
        told(f"{name} is well-formed")


def confined(stage: Stage) -> None:
    """Make the file system read-only, but for /tmp and the volumes, which are empty."""
    run("mount", "--bind", str(stage.folder), str(stage.folder))
    for mounted in ("proc", "dev", "sys"):
        run("mount", "--rbind", f"/{mounted}", str(stage.folder / mounted))
    owner, group = stage.user.split(":")
    for place in ("/tmp", *stage.volumes):
        mode = "1777" if place == "/tmp" else "700"
        run("mount", "-t", "tmpfs", "-o", f"mode={mode},uid={owner},gid={group}", "tmpfs", str(stage.path(place)))
    run("mount", "-o", "remount,ro,bind", str(stage.folder))


def inside(
    stage: Stage, command: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(within(stage, command, environment or {}), check=True)


def within(stage: Stage, command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The command line that runs a command in a stage, as its user, with its variables and without any capability."""
    variables = [f"{name}={value}" for name, value in {**stage.environment, **environment}.items()]
    owner, group = stage.user.split(":")
    limits = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"] if owner != "0" else []
    rights = ["setpriv", f"--reuid={owner}", f"--regid={group}", *limits, "--"] if limits else []
    place = ["env", "-i", *variables, "sh", "-c", f'cd {shlex.quote(stage.workdir)} && exec "$@"', "sh"]
    return ["chroot", str(stage.folder), *rights, *place, *command]


def live(stage: Stage) -> None:
    """Let it answer, be healthy, be backed up and stop, as people would have it do."""
    parley = list(stage.entrypoint)
    probe = subprocess.run(["chroot", str(stage.folder), "touch", "/opt/parley/probe"], capture_output=True)
    assert probe.returncode, "the file system can be written to"
    told("a question, to the model inside")
    inside(stage, [*parley, "chat", "What is a parley?"])
    told("parley doctor")
    inside(stage, [*parley, "doctor"])
    told("the service")
    running = subprocess.Popen(within(stage, [*parley, *stage.command], {}))
    try:
        until_healthy(stage, running)
        told("a backup while it runs")
        inside(stage, [*parley, "backup", "/data/kept.tar.gz"])
    finally:
        running.terminate()
        status = running.wait(timeout=30)
    assert status == 0, f"it ended with {status}"
    told("the backup in a fresh place")
    inside(stage, [*parley, "restore", "/data/kept.tar.gz"], environment={"PARLEY_HOME": "/tmp/fresh"})
    inside(stage, [*parley, "doctor"], environment={"PARLEY_HOME": "/tmp/fresh"})


def until_healthy(stage: Stage, running: "subprocess.Popen[bytes]") -> None:
    for _ in range(int(WHOLE_START)):
        if subprocess.run(within(stage, stage.health, {}), stderr=subprocess.DEVNULL).returncode == 0:
            told("it is healthy")
            return
        assert running.poll() is None, "it has ended by itself"
        time.sleep(1)
    sys.exit("it is not healthy")


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def told(what: str) -> None:
    sys.stdout.write(f"== {what}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--certificates", type=Path)
    asked = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("It needs root, to mount and to change the root folder.")
    if os.environ.get("REHEARSING") != "inside":
        own = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"]
        sys.exit(
            subprocess.run(
                [*own, sys.executable, "-m", "deploy.rehearse", *sys.argv[1:]],
                env={**os.environ, "REHEARSING": "inside"},
            ).returncode
        )
    asked.folder.mkdir(parents=True, exist_ok=True)
    check_compose(asked.folder.resolve())
    last = Rehearsal(asked.folder.resolve(), asked.certificates).build(CONTAINERFILE.read_text(encoding="utf-8"))
    confined(last)
    live(last)
    told("all steps were run")


if __name__ == "__main__":
    main()
