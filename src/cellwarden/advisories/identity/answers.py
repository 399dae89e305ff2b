"""Building the three answers, each with the feature that decided."""

from __future__ import annotations

from cellwarden.advisories.identity.nouns import Answer, Feature, Identity


def other(why: str, feature: str) -> Identity:
    """Another product, and what says so."""
    return Identity(
        answer=Answer.OTHER,
        confidence=0.0,
        why=why,
        features=(Feature(feature, why, supports=False),),
    )


def candidate(
    why: str, confidence: float, features: tuple[Feature, ...] = (), specificity: int = 2
) -> Identity:
    """Perhaps this product: a person has to say."""
    return Identity(
        answer=Answer.CANDIDATE,
        confidence=confidence,
        why=why,
        features=features,
        specificity=specificity,
    )


def same(why: str, confidence: float, specificity: int, *features: Feature) -> Identity:
    """This product."""
    return Identity(
        answer=Answer.SAME, confidence=confidence, why=why, specificity=specificity,
        features=(*features, Feature("product", why, supports=True)),
    )  # fmt: skip
