"""Where a target leads once `~/.ssh/config` has been asked, as for ssh(1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from paramiko import SSHConfig
from paramiko.config import SSHConfigDict
from paramiko.ssh_exception import SSHException

from wizard.model.door import SSH_PORT, Target
from wizard.model.errors import ExitCode, WizardError

_PROXIES = ("proxyjump", "proxycommand")


@dataclass(frozen=True, slots=True)
class Place:
    """An SSH server and how the person's configuration wants it reached."""

    target: Target
    """As the person named it."""
    host: str
    port: int
    identities: tuple[Path, ...] = ()
    """`IdentityFile`, in the order of the configuration."""
    identities_only: bool = False
    """`IdentitiesOnly`: the agent's keys are not wanted here."""

    @property
    def known_as(self) -> str:
        """How known_hosts names it (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""
        return self.host.lower() if self.port == SSH_PORT else f"[{self.host.lower()}]:{self.port}"


def place_of(target: Target, ssh_dir: Path) -> Place:
    """Look a target up: HostName, Port, IdentityFile and IdentitiesOnly are followed.

    User is not: nobody but root can change an OpenWrt router, and a `Host *` entry often names somebody else. Raises
    WizardError: not-root, proxy-not-followed, ssh-config-unreadable.
    """
    if target.user != "root":
        raise WizardError("not-root", ExitCode.USAGE, user=target.user, host=target.host)
    config = ssh_dir / "config"
    if not config.is_file():
        return Place(target, target.host, target.port)
    try:
        return _followed(target, SSHConfig.from_text(config.read_text("utf-8", "surrogateescape")).lookup(target.host))
    except (OSError, ValueError, SSHException, ImportError) as error:
        raise WizardError("ssh-config-unreadable", ExitCode.USAGE, path=config, reason=error) from error


def _followed(target: Target, options: SSHConfigDict) -> Place:
    for proxy in _PROXIES:
        if (options.get(proxy) or "none").lower() != "none":
            raise WizardError("proxy-not-followed", ExitCode.USAGE, host=target.host, command=options[proxy])
    return Place(
        target,
        host=options["hostname"],
        port=target.port if target.port != SSH_PORT else int(options.get("port", SSH_PORT)),
        identities=tuple(Path(name).expanduser() for name in options.get("identityfile", ())),
        identities_only=options.get("identitiesonly", "no").lower() == "yes",
    )
