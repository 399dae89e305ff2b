"""What the register says about the place of a part: who can reach it and what depends on it."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from cellwarden.advisories.triage.tables import table


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs of the decision tables that the operator's own register gives.

    ``system_exposure`` and ``publicly_exposed`` are nothing where the register is silent;
    ``human_impact`` holds every value that is still possible. ``says`` explains them in words.
    """

    system_exposure: str | None
    publicly_exposed: str | None
    human_impact: tuple[str, ...]
    says: tuple[str, ...]


@lru_cache(maxsize=1024)
def surroundings(
    exposure: str | None, asset_criticality: str | None, site_criticality: str | None
) -> Surroundings:
    """Translate register words by ``tables/exposure.csv`` and ``tables/human_impact.csv``.

    An empty or unfamiliar word is unknown and leaves every row of the table open.
    """
    reach = next((row for row in table("exposure") if row["register"] == _word(exposure)), None)
    impact = _human_impact(_word(asset_criticality), _word(site_criticality))
    if reach is None:
        reach_says = "the register does not say from where its management interface can be reached"
    else:
        reach_says = f"{reach['says']} ({reach['register']}): exposure {reach['system_exposure']}"
    impact_says = (
        f"criticality of the asset {_word(asset_criticality) or 'unknown'}, "
        f"of the site {_word(site_criticality) or 'unknown'}: human impact {' or '.join(impact)}"
    )
    return Surroundings(
        system_exposure=reach["system_exposure"] if reach else None,
        publicly_exposed=reach["publicly_exposed"] if reach else None,
        human_impact=impact,
        says=(reach_says, impact_says),
    )


def _word(text: str | None) -> str:
    return (text or "").strip().lower()


def _human_impact(asset: str, site: str) -> tuple[str, ...]:
    rows = table("human_impact")
    if asset in {row["asset"] for row in rows}:
        rows = tuple(row for row in rows if row["asset"] == asset)
    columns = [name for name in rows[0] if name != "asset"]
    if f"site {site}" in columns:
        columns = [f"site {site}"]
    possible = {row[column] for row in rows for column in columns}
    return tuple(value for value in ("low", "medium", "high", "very high") if value in possible)
