"""Fixtures of the report tests: the sample module and the reports that it builds."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cellwarden.model.report import Report


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The builders of ``sample.py``, which lies beside the tests and in no package."""
    name = "cellwarden_report_sample"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("sample.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def report(sample: ModuleType) -> Report:
    """Northgate, with every verdict."""
    made: Report = sample.sample_report()
    return made


@pytest.fixture(scope="session")
def empty(sample: ModuleType) -> Report:
    """A run that looked at nothing."""
    made: Report = sample.empty_report()
    return made


@pytest.fixture(scope="session")
def clear(sample: ModuleType) -> Report:
    """A run that looked at everything and found nothing."""
    made: Report = sample.clear_report()
    return made
