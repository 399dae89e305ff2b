"""A workspace: one folder with its settings, the register that people edit, and its state."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from cellwarden.lifecycle.retention import RetentionRule
from cellwarden.model.errors import InputError, StoreError
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.model.times import format_time, parse_time
from cellwarden.store.engines import open_engine
from cellwarden.store.state import State

if TYPE_CHECKING:
    from fractions import Fraction

SETTINGS_NAME: Final = "cellwarden.toml"

Progress = Callable[[str, int, int], None]
"""Told about long work: what is done, how much of it, out of how much."""


def nobody_watches(_stage: str, _done: int, _total: int) -> None:
    """Progress of what takes no time that anybody would watch, or has no door."""


Telling = Callable[[str], None]
"""Told what people should know beside the result."""


def unheard(_: str) -> None:
    """Where nobody listens."""


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose fleet it is. ``as_of`` fixes the time that every run speaks for; else it is now."""

    operator: str
    name: str = ""
    as_of: str | None = None


class RegisterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the register's files lie, relative to the workspace."""

    paths: tuple[str, ...] = ("register",)


class SyncSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One HTTPS source. ``kind`` is csaf, kev, epss or nvd; ``name`` is its key in the state.

    ``ca_file`` holds further certificates to trust, relative to the workspace; ``api_key_env``
    names the environment variable that holds a key, so that none stands in a file.
    """

    name: str
    kind: str
    url: str
    params: dict[str, str] = {}
    ca_file: str = ""
    api_key_env: str = ""


class FeedSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where advisories are taken from at a scan, and how old each feed may be, in days.

    A scan ends with 3 where a ``required`` feed never came or is older, and with 4 where one of its
    documents is not what its digest or signature says. ``keys`` are files of OpenPGP public keys
    whose signatures count.
    """

    paths: tuple[str, ...] = ("advisories",)
    max_age_days: dict[str, int] = msgspec.field(
        default_factory=lambda: {"advisories": 30, "exploited": 7, "likelihood": 7, "ssvc": 30}
    )
    required: tuple[str, ...] = ("advisories",)
    sync: tuple[SyncSource, ...] = ()
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a required feed whose age nothing limits: it could never be too old."""
        for feed in self.required:
            if feed not in self.max_age_days:
                known = ", ".join(self.max_age_days)
                raise ValueError(f"feeds.required names {feed!r}; max_age_days has {known}")


class GateSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a scan end with 1: severities and properties, as for ``--fail-on``."""

    fail_on: tuple[str, ...] = ()


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the ledger's entries are kept; without a URL, in SQLite in the state folder.

    ``ledger`` is a PostgreSQL URL, or ``ledger_env`` names the environment variable that holds
    one, so that no password stands in a file. ``schema`` is one name for each ledger.
    """

    ledger: str = ""
    ledger_env: str = ""
    schema: str = "cellwarden"


class LedgerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who outside vouches for the ledger, so that reports can check it and not only repeat it.

    ``cosigners`` are verifier keys; ``tsa_roots`` and ``tsa_certificate`` are PEM files in the
    workspace: the roots of time-stamping authorities, and a signer's certificate that is apart.
    ``actors`` are the pseudonyms that alone may stand in entries as who acted; none given, anything
    may.
    """

    actors: tuple[str, ...] = ()
    cosigners: tuple[str, ...] = ()
    tsa_roots: str = ""
    tsa_certificate: str = ""


class CheckSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Folders with check files of your own, relative to the workspace."""

    paths: tuple[str, ...] = ()


class VendorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How vendors are assessed.

    ``banks`` are folders with questions of your own, ``answers`` folders with answered
    questionnaires that every scan records, ``threshold`` the low end from which a vendor may be
    signed, ``reassess_days`` how old an assessment may be by the criticality of the sites served.
    ``lists`` are files, or folders of files, that forbid dealings: every scan screens against them.
    ``identifiers`` are files of the Global LEI System, or folders of them: every scan imports what
    is new.
    """

    lists: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    banks: tuple[str, ...] = ()
    answers: tuple[str, ...] = ("vendors",)
    threshold: Decimal = Decimal("0.6")
    reassess_days: dict[str, int] = msgspec.field(
        default_factory=lambda: {"high": 180, "medium": 270, "low": 365}
    )
    reply_days: int = 21

    def __post_init__(self) -> None:
        """Refuse a threshold that no score can have, and periods longer than a year."""
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold {self.threshold} does not lie between 0 and 1")
        year = 366
        if not all(0 < days <= year for days in self.reassess_days.values()):
            raise ValueError("reassess_days: at least yearly, so 1 to 366 days")

    @property
    def threshold_fraction(self) -> Fraction:
        """The threshold as the score's arithmetic has it."""
        from fractions import Fraction

        return Fraction(self.threshold)


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long things are kept.

    ``classes`` are the classes that documents name in their column ``retention``; ``kinds`` are
    kinds of fact whose personal cells go.
    """

    classes: dict[str, RetentionRule] = {}
    kinds: dict[str, RetentionRule] = {}

    def __post_init__(self) -> None:
        """Refuse a rule for what holds no personal cell, or after a column that is not there."""
        for name, rule in self.classes.items():
            _must_have(f"retention.classes.{name}", "document", rule)
        for name, rule in self.kinds.items():
            if name not in kinds() or not kinds()[name].personal:
                raise ValueError(f"retention.kinds.{name}: no kind with personal columns")
            _must_have(f"retention.kinds.{name}", name, rule)


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days the records of a log have to open at once, and to be kept at all."""

    reachable_days: int = 90
    kept_days: int = 365

    def __post_init__(self) -> None:
        """Refuse what no log can keep to."""
        if not 0 < self.reachable_days <= self.kept_days:
            raise ValueError("logs: 0 < reachable_days <= kept_days does not hold")


def _must_have(place: str, kind: str, rule: RetentionRule) -> None:
    dates = [n for n in kinds()[kind].column_names if n.endswith(("_at", "_on", "_from", "_to"))]
    if rule.after not in dates:
        raise ValueError(f"{place}: after = {rule.after!r} is none of {', '.join(dates)}")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of ``cellwarden.toml``.

    ``rules`` says of the operator what rules with dates ask about; what is not there is unknown.
    """

    workspace: WorkspaceSettings
    register: RegisterSettings = RegisterSettings()
    logs: LogSettings = LogSettings()
    feeds: FeedSettings = msgspec.field(default_factory=FeedSettings)
    gate: GateSettings = GateSettings()
    checks: CheckSettings = CheckSettings()
    ledger: LedgerSettings = LedgerSettings()
    store: StoreSettings = StoreSettings()
    vendors: VendorSettings = msgspec.field(default_factory=VendorSettings)
    retention: RetentionSettings = msgspec.field(default_factory=RetentionSettings)
    rules: dict[str, bool] = msgspec.field(default_factory=dict)


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """An opened workspace: its folder and its settings."""

    folder: Path
    settings: Settings

    @property
    def state_folder(self) -> Path:
        """Where the ledger, the objects and the facts are kept."""
        return self.folder / ".state"

    @property
    def signing_keys(self) -> tuple[Path, ...]:
        """The files of public keys whose signatures over advisories count."""
        return tuple(self.folder / name for name in self.settings.feeds.keys)

    @property
    def papers_folder(self) -> Path:
        """Where files lie that lists of documents name."""
        return self.folder / "papers"

    @property
    def reports_folder(self) -> Path:
        """Where reports are written."""
        return self.folder / "reports"

    def open_state(self) -> State:
        """Open the state folder, settling what a stopped process left.

        Raises:
            IntegrityError: rows are missing or changed.
            StoreError: the ledger cannot be reached, or its rows lie on another machine.
        """
        state = self.open_unchecked()
        try:
            self._refuse_half(state)
            state.refuse_damage()
        except BaseException:
            state.log.close()
            raise
        return state

    def _refuse_half(self, state: State) -> None:
        """A ledger on a server, and none of its rows here: another machine has them."""
        on_server = self.settings.store.ledger or self.settings.store.ledger_env
        if not on_server or (self.state_folder / "facts").exists():
            return
        if any(entry.tables for _, entry in state.entries()):
            raise StoreError(
                f"the ledger on the server has {state.log.size()} entries, and"
                f" {self.state_folder} holds none of their rows",
                advice="machines that share a ledger share the state folder too; mount it there,"
                " or move the ledger with `cellwarden ledger export` and `import`",
            )

    def open_unchecked(self) -> State:
        """Open the state folder without looking for damage: for who reports all of it."""
        store = self.settings.store
        url = store.ledger
        if store.ledger_env:
            url = os.environ.get(store.ledger_env, "")
            if not url:
                raise InputError(
                    f"[store] ledger_env: the environment has no {store.ledger_env}",
                    advice="set it to the URL of the ledger, such as postgresql://user@host/name",
                )
        elif _holds_password(url):
            raise InputError(
                f"{self.folder / SETTINGS_NAME}: [store] ledger holds a password",
                advice="take it out: PGPASSWORD, ~/.pgpass or the variable that ledger_env names"
                " hold it; change it, if this file was ever shared",
            )
        engine = open_engine(self.state_folder, url=url, schema=store.schema)
        try:
            return State(self.state_folder, engine, actors=self.settings.ledger.actors)
        except BaseException:
            engine.close()
            raise

    def as_of(self, now: datetime, asked: str | None = None) -> str:
        """The time that a run speaks for: as asked, else as set, else now (RFC 3339, UTC).

        Raises:
            InputError: the time cannot be read.
        """
        chosen = asked or self.settings.workspace.as_of
        return format_time(parse_time(chosen) if chosen else now)

    def moment(
        self, now: datetime, *, as_of: str | None = None, known_at: str | None = None
    ) -> Moment:
        """The moment that a reader asks about, from words.

        ``known_at`` is a ledger size, or a time: then what was recorded by that time counts.

        Raises:
            InputError: a word is no time and no size, or the ledger never was that large.
        """
        spoken_for = self.as_of(now, as_of)
        if known_at is None:
            return Moment(as_of=spoken_for)
        with self.open_state() as state:
            if not known_at.isdigit():
                size = state.size_at(format_time(parse_time(known_at)))
                return Moment(as_of=spoken_for, known_at=size)
            size, last = int(known_at), state.log.size()
        if size > last:
            raise InputError(
                f"--known-at {size}: the ledger holds {last} entries",
                advice=f"give a size from 0 to {last}, or a time; `cellwarden ledger list` shows"
                " both",
            )
        return Moment(as_of=spoken_for, known_at=size)


def _holds_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.password) or "password" in dict(parse_qsl(parts.query))
    except ValueError:
        return False  # no URL at all: the engine says so


def open_workspace(folder: Path) -> Workspace:
    """Read the settings of a workspace.

    Raises:
        InputError: there is no workspace, or its settings cannot be read; says where and what.
    """
    path = folder / SETTINGS_NAME
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise InputError(
            f"{folder} is no workspace: it holds no {SETTINGS_NAME}",
            advice=f"make one with `cellwarden init {folder}`, or name the right folder",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read: {error}", advice="check that it is a UTF-8 text file of yours"
        ) from error
    try:
        settings = msgspec.convert(tomllib.loads(text), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(
            f"{path}: {error}", advice="mend that line; docs/workspace.md lists every setting"
        ) from error
    return Workspace(folder=folder, settings=settings)
