"""The first steps in a new workspace: whatever the operator is called, it opens."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cellwarden.workflows.fleet.init import init_workspace
from cellwarden.workflows.workspace import open_workspace


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_a_workspace_opens_whatever_its_operator_is_called(operator: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        init_workspace(Path(folder) / "w", operator=operator)

        assert open_workspace(Path(folder) / "w").settings.workspace.operator == operator
