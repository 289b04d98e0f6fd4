"""The bar of command line tools: there for people, silent for programs."""

from __future__ import annotations

import io

from apps.progress.contracts import progress_bar


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar() -> None:
    terminal = Terminal()
    with progress_bar(4, "Rotating keys", stream=terminal) as bar:
        for _ in range(4):
            bar.update()
    shown = terminal.getvalue()
    assert "Rotating keys" in shown
    assert "100%" in shown
    assert "4/4" in shown


def test_a_terminal_shows_counts_where_the_total_is_unknown() -> None:
    terminal = Terminal()
    with progress_bar(None, "Reading", stream=terminal) as bar:
        bar.update(7)
    assert "Reading: 7" in terminal.getvalue()


def test_a_pipe_gets_nothing() -> None:
    pipe = io.StringIO()
    with progress_bar(4, "Rotating keys", stream=pipe) as bar:
        bar.update(4)
        bar.set_description("Done")
    assert pipe.getvalue() == ""
