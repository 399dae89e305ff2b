"""Romanisations that several systems spell apart, brought to one spelling of their own.

Korean: McCune-Reischauer, the Revised Romanisation and what passports say. Chinese: pinyin and
Wade-Giles without its apostrophes. South Slavic: Serbian and Macedonian letters as their own Latin
ones without marks. Each is lossy on purpose: what one system tells apart another one does not.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

KOREAN_MARK: Final = "ᵏ"
WADE_MARK: Final = "ʷ"
"""First letters of tokens in a spelling of their own: they meet only their like."""

MARKS: Final = frozenset((KOREAN_MARK, WADE_MARK))

_KOREAN: Final = (
    *(
        ("yeo", "yo"),
        ("young", "yong"),
        ("hyun", "hyon"),
        ("hyuk", "hyok"),
        ("kyung", "kyong"),
        ("eui", "ui"),
    ),
    *(("hui", "hi"), ("weo", "wo"), ("eo", "o"), ("eu", "u"), ("woo", "u"), ("oo", "u")),
    *(("ee", "i"), ("ae", "e"), ("oi", "oe"), ("sh", "s"), ("tch", "j"), ("ch", "j")),
    *(("kk", "k"), ("gg", "k"), ("tt", "t"), ("dd", "t"), ("pp", "p"), ("bb", "p"), ("ss", "s")),
    *(("jj", "j"), ("g", "k"), ("d", "t"), ("b", "p"), ("l", "r"), ("kh", "k"), ("th", "t")),
    *(("ph", "p"), ("rh", "r"), ("rr", "r")),
)
_KOREAN_FAMILY: Final = {"park": "pak", "chung": "chong", "jung": "jong", "yi": "i", "yoo": "yu"}
_KOREAN_SURNAMES: Final = (
    "kim ri pak choe jong kang jo yun jang rim han o so sin kwon hwang an song ryu hong jon ko mun"
    " yang ryang son pae paek ho nam sim no ha kwak cha ju u ku min na jin om ryom won pang kong"
    " hyon ham pyon ma ki mo tae kil yo to chae hyok"
)
_KOREAN_SYLLABLES: Final = re.compile(r"(?:[kntrmpsjh]?[yw]?[aeiou]e?(?:nk|[kntrmps])?){1,2}")
_LONGEST_KOREAN: Final = 12
_MOST_KOREAN: Final = 4

_INITIAL: Final = "zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]"
_FINAL: Final = (
    "iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ue|ui"
    "|er|a|o|e|i|u"
)
_PINYIN: Final = re.compile(f"({_INITIAL})?({_FINAL})(?![aeiou](?!$))")
_WADE: Final = re.compile(
    "(ch|hs|sh|ts|tz|ss|sz|[pmftnlkhjsyw])?(iang|iung|uang|ang|eng|ing|ung|iao|ien|uai|uan|ueh"
    "|uei|ieh|erh|ai|ei|ao|ou|an|en|in|un|ia|iu|ua|uo|ui|ih|eh|a|o|e|i|u)"
)
_WADE_INITIALS: Final = {
    **dict.fromkeys("bp", "p"),
    **dict.fromkeys("dt", "t"),
    **dict.fromkeys("gk", "k"),
    **dict.fromkeys(("zh", "ch", "j", "q"), "ch"),
    **dict.fromkeys("zc", "ts"),
    "x": "hs",
    "r": "j",
}
_WADE_FINALS: Final = {
    "ong": "ung",
    "iong": "iung",
    "ian": "ien",
    "ie": "ieh",
    "ue": "ueh",
    "uo": "o",
    "er": "erh",
}
_WITH_Y: Final = {"yan": "yen", "ye": "yeh", "you": "yu", "yi": "i", "yong": "yung", "yue": "yueh"}
_MOST_CHINESE: Final = 3
_CHINESE_SURNAMES: Final = (
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang"
    " xie song tang deng han feng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng"
    " wei su lu ding ren yao shen zhong tan jia xia fu fang zou xiong bai meng qin qiu hou yan"
    " xue lei long shi tao gu mao hao gong shao wan qian dai mo kong xiang chang hong"
)

_SOUTH_SLAVIC: Final = (
    "а a б b в v г g д d е e ж z з z и i ј j к k л l м m н n о o п p р r с s т t ћ c у u ф f х h"
    " ц c ч c џ dz ш s ђ dj љ lj њ nj ѓ gj ќ kj ѕ dz"
)
_SOUTH_SLAVIC_ONLY: Final = frozenset("ћђљњџјЋЂЉЊЏЈ")
SOUTH_SLAVIC_COUNTRIES: Final = frozenset({"RS", "BA", "ME", "MK", "HR", "SI", "XK"})
KOREAN_COUNTRIES: Final = frozenset({"KP", "KR"})
CHINESE_COUNTRIES: Final = frozenset({"CN", "HK", "TW", "MO", "SG"})


@lru_cache(maxsize=20_000)
def korean(token: str) -> str:
    """A Korean word in one spelling: hyeoksin and hyoksin are hyoksin, Ryang and Yang yank."""
    for written, plain in _KOREAN:
        token = token.replace(written, plain)
    token = token.replace("ng", "nk")
    token = re.sub(r"(?<=[aeiou])h(?![aeiou])", "", token)
    token = re.sub(r"^(?:r(?=[iy])|y(?=i))", "", token)
    return "n" + token[1:] if token.startswith("r") else token


@cache
def _korean_surnames() -> frozenset[str]:
    return frozenset(korean(name) for name in _KOREAN_SURNAMES.split())


def _korean_family(token: str) -> str:
    """A Korean family name in one spelling; empty where it is none."""
    one = korean(_KOREAN_FAMILY.get(token, token))
    return one if one in _korean_surnames() else ""


def korean_person(tokens: list[str], family_size: int) -> list[str]:
    """Family and given name of a Korean, both marked; empty where it is no Korean's name."""
    if not 1 < len(tokens) <= _MOST_KOREAN or family_size > 1:
        return []
    orders = [(tokens[0], tokens[1:])]
    if not family_size:
        orders.append((tokens[-1], tokens[:-1]))
    for first, rest in orders:
        family = _korean_family(first)
        given = [korean(token) for token in rest]
        if family and all(_KOREAN_SYLLABLES.fullmatch(token) for token in given):
            return [KOREAN_MARK + family, KOREAN_MARK + korean("".join(rest))]
    return []


def korean_company(tokens: list[str], known: dict[str, str]) -> list[str]:
    """The tokens with each run of Korean words as one, marked; ``known`` words stay as they are."""
    out: list[str] = []
    run = ""
    for token in [*tokens, ""]:
        is_word = token.isalpha() and token.isascii() and token not in known
        if is_word and len(run) + len(token) <= 2 * _LONGEST_KOREAN:
            run += token
            continue
        if run:
            out.append(KOREAN_MARK + korean(run))
        run = ""
        if token:
            out.append(token)
    return out if any(token[0] == KOREAN_MARK for token in out) else []


@lru_cache(maxsize=20_000)
def from_pinyin(token: str) -> str:
    """A pinyin word in Wade-Giles without apostrophes; empty where it is no pinyin."""
    found = list(_PINYIN.finditer(token))
    if "".join(one.group() for one in found) != token:
        return ""
    return "".join(_wade_syllable(one.group(1) or "", one.group(2)) for one in found)


def _wade_syllable(initial: str, final: str) -> str:
    whole = initial + final
    if whole in _WITH_Y:
        return _WITH_Y[whole]
    if final == "i" and initial in {"zh", "ch", "sh", "r"}:
        final = "ih"
    elif final == "i" and initial in {"z", "c", "s"}:
        final = "u"
    elif final == "e" and initial in {"g", "k", "h"}:
        final = "o"
    return _WADE_INITIALS.get(initial, initial) + _WADE_FINALS.get(final, final)


@lru_cache(maxsize=20_000)
def from_wade(token: str) -> str:
    """A word in Wade-Giles in its one spelling here; empty where it is none."""
    if not re.fullmatch(f"(?:{_WADE.pattern})+", token):
        return ""
    for written, plain in (("tz", "ts"), ("ss", "s"), ("sz", "s"), ("uei", "ui"), ("uo", "o")):
        token = token.replace(written, plain)
    return re.sub(r"([kh])e(?![a-z])", r"\1o", token)


@cache
def _chinese_surnames() -> frozenset[str]:
    return frozenset(map(from_pinyin, _CHINESE_SURNAMES.split()))


@cache
def _written_surnames() -> frozenset[str]:
    """Chinese surnames as pinyin and as Wade-Giles write them."""
    known = _chinese_surnames()
    apart = ("lo", "kuo", "kao", "chou", "chao", "hsu", "chu", "teng", "tsao", "hsieh", "tsui")
    pinyin = _CHINESE_SURNAMES.split()
    return frozenset([*pinyin, *known, *(one for one in apart if from_wade(one) in known)])


def may_be_chinese(words: list[str]) -> bool:
    """Whether two or three words begin or end with what can be a Chinese surname."""
    if not 1 < len(words) <= _MOST_CHINESE:
        return False
    known = _written_surnames()
    return words[0] in known or words[-1] in known


def chinese_persons(tokens: list[str], family_size: int) -> list[list[str]]:
    """A Chinese person's family and given name, marked: read as pinyin, and as Wade-Giles."""
    if family_size > 1 or not all(map(str.isalpha, tokens)):
        return []
    orders = ((tokens[0], tokens[1:]), (tokens[-1], tokens[:-1]))
    found = []
    for read in (from_pinyin, from_wade):
        for first, rest in orders:
            family, given = read(first), [read(token) for token in rest]
            if family in _chinese_surnames() and all(given):
                one = [WADE_MARK + family, WADE_MARK + "".join(given)]
                if one not in found:
                    found.append(one)
    return found


def south_slavic(text: str, countries: frozenset[str]) -> str:
    """Cyrillic of the Balkans in its own Latin letters without marks; empty for another text."""
    lower = text.lower()
    if not any("а" <= char <= "џ" for char in lower):
        return ""
    if _SOUTH_SLAVIC_ONLY.isdisjoint(text) and countries.isdisjoint(SOUTH_SLAVIC_COUNTRIES):
        return ""
    return lower.translate(_south_slavic_letters())


@cache
def _south_slavic_letters() -> dict[int, str]:
    cells = _SOUTH_SLAVIC.split()
    return {ord(letter): latin for letter, latin in zip(cells[::2], cells[1::2], strict=True)}


def as_heard_in_the_balkans(tokens: list[str]) -> list[str]:
    """South Slavic Latin without marks as English spells its sounds: kunarac is kunarats."""
    found = [
        re.sub(r"ic$", "ich", token.replace("lj", "ly").replace("nj", "ny").replace("j", "y"))
        for token in tokens
    ]
    return [re.sub(r"c(?!h)", "ts", token) for token in found]
