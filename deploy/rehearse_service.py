"""Runs what docs/deploy.md says about a server, line by line, under a systemd of its own in a bare Debian.

    sudo python3 -m deploy.rehearse_service FOLDER

It needs root, debootstrap and systemd-nspawn; FOLDER gets a Debian of 2 GB, and may be deleted afterwards. It uses the
network of this machine, whose ports 8080 and 8081 must be free. `--certificates` names a file of certificate
authorities, for a network whose proxy looks into TLS; `--suite` another Debian.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.rehearse import INSIDE_CERTIFICATES, ROOT, debian, run, told

GUIDE = ROOT / "docs" / "deploy.md"
COPY, SCRIPT = "/root/parley", "/root/rehearsal.sh"
RESULT, OUTPUT = "/root/rehearsal.status", "/root/rehearsal.log"
LONGEST = 3600

UNIT = "/etc/systemd/system/parley"
OWN_CHECKS = f"""
as_service() {{
    # A command with all that the unit allows, and no more.
    sed -e "s|^ExecStart=.*|ExecStart=/opt/parley/.venv/bin/parley $1|" -e 's/^Type=.*/Type=oneshot/' \\
        -e '/^Restart/d' {UNIT}.service > {UNIT}-once.service
    systemctl daemon-reload
    systemctl start parley-once || {{ journalctl --unit parley-once --no-pager; false; }}
    journalctl --unit parley-once --no-pager --output cat
}}
unbroken() {{
    test "$(systemctl is-active parley)$(systemctl show parley --property NRestarts --value)" = active0 \\
        || {{ journalctl --unit parley --no-pager; false; }}
}}
"""


def blocks(section: str) -> list[str]:
    """The commands in a section of the guide, a text for each block."""
    text = GUIDE.read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    if not found:
        sys.exit(f"{GUIDE.name} has no section {section!r}")
    return re.findall(r"```sh\n(.*?)```", found[1], re.DOTALL)


def script() -> str:
    """All that is run, in its order: the guide's commands, and a few that look whether they have done their work."""
    install, look, shorter = blocks("On a server")
    ready = look.splitlines()[0]
    nightly = blocks("Backup")
    [restore] = blocks("Restore, or move to another server")
    [upgrade] = blocks("Upgrade")
    return "\n".join(
        (
            "set -eux",
            OWN_CHECKS,
            f"cd {COPY}",
            install,
            look,
            shorter,
            'as_service "chat What\\\\ is\\\\ a\\\\ parley?"',
            "as_service doctor | tee /root/doctor.txt",
            "grep 'plugins: installed ones are confined' /root/doctor.txt",
            "systemd-analyze verify parley.service",
            "systemd-analyze security --no-pager parley | tail -n 1",
            *nightly,
            "unbroken",
            upgrade,
            ready,
            "unbroken",
            "cd /root",
            "cp $(find /var/lib/parley/backups -name 'parley-*.tar.gz' | sort | head -n 1) BACKUP.tar.gz",
            "cp /var/lib/parley/database.key /var/lib/parley/web.key .",
            "systemctl stop parley",
            "rm -rf /var/lib/parley/*",
            "systemctl start parley",
            ready,
            restore,
            ready,
            "unbroken",
            "cmp database.key /var/lib/parley/database.key",
        )
    )


def prepared(folder: Path, suite: str, certificates: Path | None) -> Path:
    """A Debian with systemd and a copy of this repository, which runs the script when it starts."""
    root = folder / "served"
    shutil.rmtree(root, ignore_errors=True)
    run("cp", "--archive", "--reflink=auto", str(debian(folder, suite)), str(root))
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    run("chroot", str(root), "apt-get", "update")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    more = ["systemd", "systemd-sysv", "dbus"]
    run("chroot", str(root), *quiet, "apt-get", "install", "-y", "--no-install-recommends", *more)
    listed = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines():
        target = root / COPY.lstrip("/") / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    (root / SCRIPT.lstrip("/")).write_text(script(), encoding="utf-8")
    variables = ["DEBIAN_FRONTEND=noninteractive", "HOME=/root"]
    if certificates:
        shutil.copy(certificates, root / INSIDE_CERTIFICATES.lstrip("/"))
        variables += [f"{name}={INSIDE_CERTIFICATES}" for name in ("SSL_CERT_FILE", "PIP_CERT")]
    unit = root / "etc" / "systemd" / "system" / "rehearsal.service"
    unit.write_text(rehearsal_unit(variables), encoding="utf-8")
    run("chroot", str(root), "systemctl", "enable", "rehearsal.service")
    return root


def rehearsal_unit(variables: Sequence[str]) -> str:
    lines = [
        "[Service]",
        "Type=oneshot",
        *(f"Environment={one}" for one in variables),
        f"ExecStart=/bin/sh -c 'sh {SCRIPT} > {OUTPUT} 2>&1; echo $? > {RESULT}'",
        "ExecStopPost=/usr/bin/systemctl --no-block poweroff",
        f"TimeoutStartSec={LONGEST}",
        "[Install]",
        "WantedBy=multi-user.target",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--certificates", type=Path)
    parser.add_argument("--suite", default="trixie")
    asked = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("It needs root, to start a systemd of its own.")
    asked.folder.mkdir(parents=True, exist_ok=True)
    root = prepared(asked.folder.resolve(), asked.suite, asked.certificates)
    own = ["systemd-nspawn", "--register=no", "--keep-unit", "--boot", f"--directory={root}", "--console=pipe"]
    # A server allows what the filter of systemd-nspawn does not know yet.
    walls = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
    subprocess.run([*own, f"--system-call-filter={walls}"], check=False, timeout=LONGEST, stdin=subprocess.DEVNULL)
    sys.stdout.write((root / OUTPUT.lstrip("/")).read_text(encoding="utf-8", errors="replace"))
    result = root / RESULT.lstrip("/")
    status = result.read_text(encoding="utf-8").strip() if result.exists() else "it did not end"
    if status != "0":
        sys.exit(f"a command of the guide failed ({status})")
    told("all commands were run")


if __name__ == "__main__":
    main()
