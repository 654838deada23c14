"""Questions at the end: what to do with the preview, and where answers are saved."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from wizard.ask.prompter import Choice, Prompter, Question, Way

Decision = Literal["apply", "change", "save", "leave"]

ASK_APPLY = Question(
    "What now?",
    "Nothing has been changed yet. The old files are kept on the router.",
    """\
Applying installs what is missing, has every new file checked by the router's
own programs before it goes live, and keeps everything as it was: unless a new
connection confirms that all is well, the router goes back to it by itself.
“Change something” returns to the review with all answers kept.""",
    back="back to the review",
)
DECISIONS: dict[Decision, str] = {
    "apply": "Apply these changes",
    "change": "Change something",
    "save": "Save the answers for later",
    "leave": "Leave; nothing is changed on the router",
}
ASK_PATH = Question(
    "Save the answers where?",
    "A text file for next time, or for --answers. It holds no password.",
)
ASK_REPLACE = Question("It is there already. Replace it?", "What is in it now would be lost.")


def confirm_preview(prompter: Prompter) -> Decision:
    """What to do with the preview; Enter applies, and going back is "change"."""
    choices = [Choice(decision, title) for decision, title in DECISIONS.items()]
    answer = prompter.choose(ASK_APPLY, choices, "apply")
    return next((decision for decision in DECISIONS if decision == answer), "change")


def ask_path(prompter: Prompter, default: Path) -> Path | None:
    """A file that can be written as far as can be seen beforehand; None where the person goes back."""
    text = str(default)
    while True:
        answer = prompter.text(ASK_PATH, text, _path_fault)
        if answer is Way.BACK:
            return None
        text = answer.strip()
        path = Path(text).expanduser()
        if not path.exists() or prompter.confirm(ASK_REPLACE, default=False) is True:
            return path


def _path_fault(text: str) -> str | None:
    if not text.strip():
        return "Type the name of a file, as answers.toml."
    try:
        path = Path(text.strip()).expanduser()
        if path.is_dir():
            return f"{path} is a folder. Add the name of a file, as {path / 'answers.toml'}."
        if not path.parent.is_dir():
            return f"There is no folder {path.parent}. Choose one that is there."
        path.exists()
    except (OSError, RuntimeError, ValueError):  # too long a name, nobody's home, a NUL
        return "No file can have this name. Type another, as answers.toml."
    return None
