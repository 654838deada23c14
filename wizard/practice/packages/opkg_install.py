"""`opkg install` (opkg_install.c, opkg_configure.c): one package after the other, its dependencies in between."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.packages import versions
from wizard.practice.packages.archives import Archive, BadArchiveError
from wizard.practice.packages.opkg_checks import (
    CLASH,
    DEPENDENCIES,
    NO_CANDIDATE,
    UNKNOWN,
    bring,
    check,
    conflicts,
    room,
)
from wizard.practice.packages.opkg_conffiles import put_aside, resolve
from wizard.practice.packages.opkg_download import fetch
from wizard.practice.packages.opkg_plan import Planner
from wizard.practice.packages.opkg_remove import own, remove, remove_files, script
from wizard.practice.packages.opkg_session import Session
from wizard.practice.packages.opkg_store import Package
from wizard.practice.packages.stanzas import parse


def install(session: Session, words: list[str]) -> int:
    """The command: names, files and addresses in any number."""
    installer = Installer(session)
    names = [installer.take(word) for word in words]
    if "" in names:
        return -1
    session.store.load_feeds()
    own(session)
    if session.on("force-reinstall"):
        _remove_first(session, names)
    codes = [_install_one(session, installer, name) for name in names]
    configured = installer.configure()
    if session.age.first and not session.store.changed:
        session.say("Nothing to be done")
    session.save()
    if session.age.first:
        return codes[-1]
    return -1 if any(codes) or not configured else 0


def _remove_first(session: Session, names: list[str]) -> None:
    """Before a package is reinstalled it goes, also when others need it."""
    options = dict(session.options)
    session.options["force-depends"] = "1"
    remove(session, names)
    session.save()
    session.options = options


def _install_one(session: Session, installer: Installer, name: str) -> int:
    code = installer.by_name(name)
    if code and not session.age.first:
        session.error("opkg_install_cmd", f"Cannot install package {name}.")
    elif code == NO_CANDIDATE:
        session.more(f"Cannot find package {name}.\nCheck the spelling or perhaps run 'opkg update'\n")
    return code


def configure(session: Session, _: list[str]) -> int:
    """The command: run the scripts of what was unpacked and not configured."""
    good = Installer(session).configure()
    session.store.changed = True
    session.save()
    return 0 if good else -1


class Installer:
    """Installs what is asked for. Each step returns 0 or one of the numbers of `opkg_checks`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.store = session.store
        self.planner = Planner(session)

    def take(self, word: str) -> str:
        """The name behind a word: an address or a file is fetched and read. Empty when that failed."""
        session, place = self.session, word
        if word.startswith(("http://", "https://", "ftp://")):
            place = f"{session.work}/{os.path.basename(word)}"
            if not fetch(session, word, place):
                return ""
        elif not word.endswith((".ipk", ".opk", ".deb")):
            return word
        else:
            place = root.path(word) if word.startswith("/") else word
        return self._by_hand(word, place)

    def _by_hand(self, word: str, place: str) -> str:
        try:
            control = Archive(place).control["control"]
            package = Package(next(parse(control.decode("utf-8", "surrogateescape").splitlines())))
        except FileNotFoundError:
            self.session.error("pkg_init_from_file", f"Failed to stat {word}: No such file or directory.")
            return ""
        except (OSError, BadArchiveError, KeyError, StopIteration):
            self.session.error("pkg_init_from_file", f"Malformed package file {word}.")
            return ""
        package.archive, package.by_hand = place, True
        self.store.add(package)
        return package.name

    def by_name(self, name: str) -> int:
        """Install what has this name unless it is there in that version."""
        session = self.session
        old, new = self.store.on_router(name), self.planner.by_name(name)
        if new is None:
            if session.age.says_unknown:
                session.say(f"Unknown package '{name}'.")
            return NO_CANDIDATE
        if old is not None:
            order = versions.compare(new.version, old.version)
            if order == 0:
                session.say(f"Package {name} ({old.version}) installed in {old.dest} is up to date.")
                return 0
            if order < 0 and not session.on("force-downgrade"):
                words = f"Not downgrading package {name} on {old.dest} from {old.version} to {new.version}."
                session.say(words)
                return 0
        return self.package(new)

    def package(self, package: Package, *, asked: bool = True) -> int:
        """Install this very package and, unless told not to, what it needs."""
        session = self.session
        old = self.store.on_router(package.name)
        package.dest = old.dest if old else session.dest
        self._announce(package, old)
        for step in (conflicts, room, bring, check, self._dependencies):
            code = step(session, package)
            if code:
                package.dest = ""
                return code
        if session.on("noaction") or session.on("download-only"):
            return 0
        return self._unpack(package, old, asked=asked)

    def _announce(self, package: Package, old: Package | None) -> None:
        if self.session.on("download-only"):
            return
        if old is None:
            self.session.say(f"Installing {package.name} ({package.version}) to {package.dest}...")
        else:
            up = versions.compare(package.version, old.version) > 0
            what = "Upgrading" if up else "Downgrading"
            self.session.say(f"{what} {package.name} on {old.dest} from {old.version} to {package.version}...")

    def _dependencies(self, session: Session, package: Package) -> int:
        if session.on("nodeps"):
            return 0
        wanted, lost = self.planner.missing(package)
        if lost:
            self._complain(package, lost)
            if not session.on("force-depends"):
                return DEPENDENCIES
        for need in wanted:
            code = 0 if self.store.on_router(need.name) else self.package(need, asked=False)
            if code:
                return code
        return 0

    def _complain(self, package: Package, lost: list[str]) -> None:
        session = self.session
        text = f"Cannot satisfy the following dependencies for {package.name}:"
        if session.age.first:
            session.more(f"{'Warning' if session.on('force-depends') else 'ERROR'}: {text}\n\t")
            for need in [*lost, "\n"]:
                session.more(need if need == "\n" else f" {need}")
            return
        session.error("satisfy_dependencies_for", text)
        if session.age.counts_unresolved_once:
            lost = [need for index, need in enumerate(lost) if index == 0 or need != lost[index - 1]]
        for need in lost:
            session.more(f"\t{need}\n" if session.age.lede else f"\t{need}")
        if not session.age.lede:
            session.more("\n")

    def _unpack(self, package: Package, old: Package | None, *, asked: bool) -> int:
        session = self.session
        try:
            archive = Archive(package.archive)
        except BadArchiveError:
            session.error("opkg_install_pkg", f"Failed to unpack control files from {package.archive}.")
            return UNKNOWN
        if self._clashes(package, archive):
            return CLASH
        session.store.changed = True
        place = session.place(package)
        kept = put_aside(archive, old, place)
        try:
            self._write(package, archive, old, place)
        except OSError as error:
            os.write(2, f"opkg: write: {error.strerror}\n".encode())
            text = f"Failed to extract data files for {package.name}. Package debris may remain!"
            session.error("opkg_install_pkg", text)
            return UNKNOWN
        resolve(session, package, archive, kept, place)
        self._register(package, asked=asked)
        return 0

    def _clashes(self, package: Package, archive: Archive) -> bool:
        """Whether a file of it is somebody else's. One that is nobody's counts too, if not a configuration file."""
        if self.session.on("force-overwrite"):
            return False
        place = self.session.place(package)
        mine = [path for path in archive.files() if self.store.owners.get(path) == package.name]
        spared = {*mine, *archive.conffiles}
        clashing = [path for path in archive.files() if path not in spared and os.path.exists(place + path)]
        for path in clashing:
            self._complain_of_clash(package, path)
        return bool(clashing)

    def _complain_of_clash(self, package: Package, path: str) -> None:
        function = "" if self.session.age.first else "check_data_file_clashes: "
        text = f"Package {package.name} wants to install file {path}\n\tBut that file is already provided by package "
        self.session.more(function + text)
        nobody = "<no package>\nPlease move this file out of the way and try again."
        self.session.more(self.store.owners.get(path, nobody) + "\n")

    def _write(self, package: Package, archive: Archive, old: Package | None, place: str) -> None:
        if old is not None:
            self._withdraw(old, archive)
        info = root.path(self.store.info(package.dest, package.name).replace("//", "/"))
        os.makedirs(os.path.dirname(info), exist_ok=True)
        for name, data in archive.control.items():
            with open(f"{info}.{name}", "wb") as file:
                file.write(data)
            os.chmod(f"{info}.{name}", 0o644 if name in ("control", "conffiles") else 0o755)
        archive.unpack(place)
        with open(f"{info}.list", "w", encoding="utf-8") as file:
            file.writelines(f"{path}\n" for path in archive.files())
        self.store.owners.update(dict.fromkeys(archive.files(), package.name))

    def _withdraw(self, old: Package, archive: Archive) -> None:
        """Take out the files of an older version that the new one no longer has."""
        remove_files(self.session, old, spare=set(archive.files()))
        self.store.drop(old)

    def _register(self, package: Package, *, asked: bool) -> None:
        import time

        flag = "user" if asked else "ok"
        package.stanza["Status"] = f"install {flag} unpacked"
        package.stanza["Installed-Time"] = str(int(time.time()))
        if not asked and not self.session.age.first:
            package.stanza["Auto-Installed"] = "yes"
        package.state = "unpacked"

    def configure(self) -> bool:
        """Run the scripts of all that is unpacked, dependencies first. False when one of them failed."""
        done: set[str] = set()
        results = [self._configure(package, done) for package in list(self.store.packages) if package.there]
        return all(results)

    def _configure(self, package: Package, done: set[str]) -> bool:
        if package.name in done:
            return True
        done.add(package.name)
        good = True
        for alternatives in versions.needs(package.stanza.get("Depends", "")):
            for name, _, _ in alternatives:
                need = next((one for one in self.store.called(name) if one.there), None)
                good &= need is None or self._configure(need, done)
        if package.state != "unpacked":
            return good
        self.session.say(f"Configuring {package.name}{'' if self.session.age.first else '.'}")
        if script(self.session, package, "postinst", "configure"):
            return False
        package.state = "installed"
        package.stanza["Status"] = package.stanza["Status"].replace("unpacked", "installed")
        return good
