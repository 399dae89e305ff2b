"""The category of a battery, by which the law of the Union divides duties; unknown where untold.

Source: Regulation (EU) 2023/1542, Article 3(1), points 9 to 14. Whoever places a battery on the
market says its category; what nobody has said is told only where the thing itself leaves no doubt.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

CATEGORIES: Final = ("industrial", "ev", "lmt", "sli", "portable")
_WORDS: Final = {
    "lmt": r"e-?bikes?|e-?scooters?|pedelecs?|cargo bikes?|light means of transport",
    "ev": r"electric (?:vehicles?|cars?|vans?|trucks?|bus(?:es)?)|\bevs?\b",
    "sli": r"starter batter(?:y|ies)|cranking|gen(?:erator)?[- ]?sets? start\w*|starter",
    "portable": r"power ?banks?|laptops?|hand-?helds?|radios?|torch(?:es)?|notebooks?|phones?",
    "industrial": r"ups|usv|uninterruptible|batter(?:y|ies) (?:cabinets?|racks?|strings?|systems?)"
    r"|cabinets?|strings?|racks?|bess|ess|energy storage|rectifiers?|inverters?|smart-ups"
    r"|fork ?lifts?|pallet trucks?|agv|switchgear|telecom",
}
"""What a thing is, as people name it; a UPS and a forklift truck hold industrial batteries."""

_HEAVY: Final = Decimal(2)
"""kWh from which no battery of today weighs 5 kg or less: it is not portable."""


def category_of(said: str | None, words: str, capacity_kwh: Decimal | None) -> str | None:
    """The category: as said, else as the thing's own words tell; None where they do not.

    ``words`` are name and model of the thing that holds the battery. Words of two categories tell
    nothing. A portable battery weighs 5 kg at most, so words alone make none of 2 kWh or more.
    """
    if said:
        return said if said in CATEGORIES else None
    lower = words.casefold()
    found = [
        name
        for name, pattern in _WORDS.items()
        if re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z])", lower)
    ]
    if len(found) != 1:
        return None
    if found == ["portable"] and (capacity_kwh is None or capacity_kwh >= _HEAVY):
        return None
    return found[0]
