"""Settings as shell variables: what scripts get from /lib/functions.sh is what uci was given."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.practice.uci_router import PROJECT, Router
from tests.shells import SHELLS

ROM = PROJECT / "wizard/practice/rom"
SCRIPTS = [ROM / "uci/lib/functions.sh", ROM / "uci/lib/config/uci.sh"]
HARD = [
    "it's",
    'a "b" \\c',
    "two\nlines\n\nmore",
    "#no comment",
    "$HOME `ls` $(ls)",
    "*",
    " a  b ",
    "-n",
    "ä;&|<>",
    "a=b",
]


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> tuple[str, ...]:
    words: tuple[str, ...] = request.param
    return words


@pytest.fixture
def router(tmp_path: Path) -> Router:
    made = Router(tmp_path).make({"x": ""})
    for script in SCRIPTS:
        place = tmp_path / script.relative_to(ROM / "uci")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(script, place)
    return made


def run(router: Router, shell: tuple[str, ...], script: str, *words: str) -> str:
    """What a script prints that begins like every start script."""
    whole = f'. "$IPKG_INSTROOT/lib/functions.sh"\n{script}'
    command = [*shell, "-c", whole, "sh", *words]
    done = subprocess.run(command, env=router.environment(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
@pytest.mark.parametrize("check", ["dash -n", "busybox ash -n", "shellcheck"])
def test_a_script_is_read_without_complaint(check: str, script: Path) -> None:
    program, *words = check.split()
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    done = subprocess.run([program, *words, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("value", HARD)
def test_hard_values_are_read_back(value: str, router: Router, shell: tuple[str, ...]) -> None:
    for command in (
        ["set", "x.s=kind"],
        ["set", f"x.s.o={value}"],
        ["add_list", f"x.s.l={value}"],
        ["add_list", "x.s.l=z"],
    ):
        assert router.uci(*command) == (0, "", "")
    script = """
        config_load x
        config_get got s o
        [ "$got" = "$1" ] && echo option
        item() { [ "$1" != "$2" ] || echo item; }
        config_list_foreach s l item "$1"
    """
    assert run(router, shell, script, value) == "option\nitem\n"


def test_sections_are_gone_through_in_their_order(router: Router, shell: tuple[str, ...]) -> None:
    router.config("x").write_text("config a one\nconfig b\n\toption o 1\nconfig a\n\tlist l 1\n\tlist l 2\n")
    script = """
        config_load x
        say() {
            config_get kind "$1" TYPE; config_get o "$1" o default; config_get l "$1" l
            echo "$1 $kind $o $2 [$l]"
        }
        config_foreach say a and
        config_foreach say
    """
    b, last = name(router, "b", 0), name(router, "a", -1)
    assert run(router, shell, script).splitlines() == [
        "one a default and []",
        f"{last} a default and [1 2]",
        "one a default  []",
        f"{b} b 1  []",
        f"{last} a default  [1 2]",
    ]


def name(router: Router, kind: str, number: int) -> str:
    """What an anonymous section is called."""
    shown = router.uci("-X", "show", f"x.@{kind}[{number}]")[1]
    return shown.partition("=")[0].removeprefix("x.")


def test_callbacks_see_everything_as_it_comes(router: Router, shell: tuple[str, ...]) -> None:
    router.config("x").write_text("config a one\n\toption o 'it is'\n\tlist l 'p q'\n")
    script = """
        config_cb() { echo "config $*"; }
        option_cb() { echo "option $1=$2"; name=$1; }
        list_cb() { echo "list $1=$2"; }
        config_load x
        echo "$name"
        reset_cb
        config_load x
    """
    assert run(router, shell, script) == "config a one\noption o=it is\nlist l=p q\nconfig \no\n"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        *((yes, "1") for yes in ("1", "on", "true", "yes", "enabled")),
        *((no, "0") for no in ("0", "off", "false", "no", "disabled")),
        *((neither, "d") for neither in ("maybe", "")),
    ],
)
def test_truth(value: str, answer: str, router: Router, shell: tuple[str, ...]) -> None:
    router.config("x").write_text(f"config a one\n\toption o '{value}'\n")
    assert run(router, shell, "config_load x; config_get_bool got one o d; echo $got; get_bool '' d") == f"{answer}\nd"


def test_another_package_replaces_the_one_before(router: Router, shell: tuple[str, ...]) -> None:
    router.config("x").write_text("config a one\n\tlist l 1\n")
    router.config("y").write_text("config a one\n\tlist l 2\nconfig a two\n")
    script = """
        config_load x; config_load y
        config_get l one l; echo "$l $CONFIG_SECTIONS"
        CONFIG_APPEND=1; config_load x; echo "$CONFIG_SECTIONS"
        config_clear two; echo "$CONFIG_SECTIONS"
        config_clear; echo "[$CONFIG_SECTIONS] $(config_get one TYPE)"
        config_load z || echo none
    """
    assert run(router, shell, script) == "2 one two\none two one\none one\n[] \nnone\n"


def test_state_is_set_read_and_forgotten(router: Router, shell: tuple[str, ...]) -> None:
    (router.root / "var/state").mkdir(parents=True)
    router.config("x").write_text("config a one\n")
    script = """
        uci_toggle_state x one o "it is"
        config_load x; config_get o one o; echo "$o"; uci_get_state x one o
    """
    assert run(router, shell, script) == "it is\nit is\n"
    script = """
        LOAD_STATE=; config_load x; config_get o one o none; echo "$o"; uci_get x one o default
        uci_revert_state x one o; uci_get_state x one o gone || :
    """
    assert run(router, shell, script) == "none\ndefault\ngone\n"


def test_uci_as_functions(router: Router, shell: tuple[str, ...]) -> None:
    script = """
        uci_add x a one; uci_set x one o 1; uci_add_list x one l p; uci_add_list x one l q; uci_remove_list x one l p
        uci_add x b; uci_set x "$CONFIG_SECTION" o 2; uci_rename x one o r; uci_rename x one uno; uci_remove x uno l
        uci_set x uno t 3; uci_commit x; uci_set x uno u 4; uci_revert x uno u
        printf 'config d\\n' | uci_set_default y || :
        uci_get x uno r
    """
    (router.config("y")).write_text("config c\n")
    assert run(router, shell, script) == "1\n"
    x = "\nconfig a 'uno'\n\toption r '1'\n\toption t '3'\n\nconfig b\n\toption o '2'\n\n"
    assert router.uci("export")[1] == f"package x\n{x}package y\n\nconfig c\n\n"


def test_words_in_variables(router: Router, shell: tuple[str, ...]) -> None:
    script = """
        append v a; append v "b c"; append v "" -; append v d ,; prepend v z; echo "$v"
        list_contains v c && ! list_contains v q && list_remove v c && echo "$v"
        echo "[$N]"; board_name
    """
    assert run(router, shell, script) == "z a b c,d\n[\n]\ngeneric\n"
    script = 'v="a b c"; list_contains v b && ! list_contains v q && list_remove v b && echo "$v"'
    assert run(router, shell, script) == "a c\n"


def test_a_folder_is_sourced(router: Router, shell: tuple[str, ...]) -> None:
    folder = router.root / "lib/some"
    folder.mkdir()
    (folder / "a.sh").write_text("echo a\n")
    (folder / "b.txt").write_text("echo b\n")
    assert run(router, shell, 'include "$IPKG_INSTROOT/lib/some"; include "$IPKG_INSTROOT/lib/none"') == "a\n"
