"""What a person at a terminal, and a log, are told of long work."""

import io

from apps.web.progress import PhaseBars, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_fills_for_each_phase() -> None:
    stream = Terminal()
    bars = PhaseBars(stream)
    bars("Checking", 7)
    bars("Writing", 1, 2)
    bars("Writing", 2, 2)
    bars.end()
    counting, writing, _ = stream.getvalue().split("\n")
    assert "Checking 7 " in counting and "░" not in counting
    assert [shown.count("█") for shown in writing.split("\r")[1:]] == [15, 30]


def test_a_log_gets_a_line_at_the_end_and_none_for_each_step() -> None:
    stream = io.StringIO()
    bar = Progress("Writing", 100, stream)
    for done in range(1, 101):
        bar.show(done)
    assert stream.getvalue() == "Writing: 100/100, 0 s\n"
