"""What stands for a value in help texts, and what each command is said to do: one rule for all."""

from __future__ import annotations

from typing import Any, Final

_VALUES: Final = {
    "about": "ID",
    "about_kind": "KIND",
    "actor": "NAME",
    "amount": "NUMBER",
    "approver": "NAME",
    "advisories": "PATH",
    "archive": "FILE",
    "before": "RUN",
    "after": "RUN",
    "bundle": "FILE",
    "came_from": "SOURCE",
    "classification": "CLASS",
    "clause_id": "CLAUSE",
    "conditions": "TEXT",
    "country": "CODE",
    "decisions": "FILE",
    "document": "ID",
    "document_id": "ID",
    "due": "DATE",
    "effective_from": "DATE",
    "effective_to": "DATE",
    "entry": "NUMBER",
    "expires": "DATE",
    "folder": "DIR",
    "from_on": "DATE",
    "from_": "DATE",
    "measure": "TEXT",
    "names": "FILE",
    "on": "DATE",
    "operator": "NAME",
    "output_format": "FORMAT",
    "paths": "PATH",
    "reason": "TEXT",
    "received_at": "TIME",
    "requester": "NAME",
    "retention": "CLASS",
    "seed": "NUMBER",
    "signed": "DATE",
    "target": "DIR",
    "text": "TEXT",
    "tier": "NUMBER",
    "title": "TEXT",
    "until": "DATE",
    "vendors": "VENDOR",
    "workspace": "DIR",
}
"""Where the name of a parameter does not say what to write for it; else it does, in capitals."""


def polish(command: Any) -> None:
    """Give every parameter of a command, and of those below it, a word for its value.

    ``command`` is what typer makes of an app. Commands in a list are told in full: a sentence
    that is cut off tells nothing.
    """
    for parameter in command.params:
        _name_value(parameter)
    for inner in getattr(command, "commands", {}).values():
        inner.short_help = inner.short_help or _first_sentences(inner.help or "")
        polish(inner)


def _first_sentences(text: str) -> str:
    """The first paragraph of a help text in one line."""
    return " ".join(text.strip().split("\n\n", 1)[0].split())


def _name_value(parameter: Any) -> None:
    is_argument = parameter.param_type_name == "argument"
    if getattr(parameter, "is_flag", False) or getattr(parameter.type, "choices", None):
        return
    if parameter.metavar is None:
        word = _VALUES.get(parameter.name) or _of_type(parameter)
        parameter.metavar = f"{word}..." if parameter.nargs != 1 else word
    if is_argument:
        _write_plainly(parameter)


def _of_type(parameter: Any) -> str:
    word: str = parameter.name.strip("_").replace("_", "-").upper()
    is_path = "path" in type(parameter.type).__name__.casefold()
    return "FILE" if is_path and parameter.param_type_name == "option" else word


def _write_plainly(argument: Any) -> None:
    """Write an argument as manuals do, ``FILE`` or ``[FILE]``: braces would mean a choice."""
    word = argument.metavar
    optional = word if word.startswith("[") or argument.required else f"[{word}]"

    def make_metavar(ctx: Any, *, usage: bool = False) -> str:
        del ctx
        return optional if usage else word

    argument.make_metavar = make_metavar
