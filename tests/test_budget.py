"""A budget of CPU time ends what runs over it, and nothing else."""

from __future__ import annotations

import threading
import time

import pytest

from pkgguard.budget import OverBudgetError, budget, spend


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        spend()


def test_work_within_the_budget_goes_on() -> None:
    with budget(5):
        burn(0.01)


def test_work_over_the_budget_is_ended() -> None:
    with budget(0.02), pytest.raises(OverBudgetError, match=r"more than 0\.02 seconds"):
        burn(5)


def test_waiting_costs_nothing() -> None:
    with budget(0.05):
        time.sleep(0.2)
        spend()


def test_without_a_budget_nothing_ends() -> None:
    burn(0.02)


def test_a_budget_ends_with_its_block() -> None:
    with budget(0.01), pytest.raises(OverBudgetError):
        burn(1)
    burn(0.03)


@pytest.mark.parametrize(("outer", "inner"), [(0.02, 5), (5, 0.02)])
def test_of_two_budgets_the_first_to_end_holds(outer: float, inner: float) -> None:
    with budget(outer), budget(inner), pytest.raises(OverBudgetError, match=r"0\.02"):
        burn(1)


def test_each_thread_has_its_own() -> None:
    done = []

    def work() -> None:
        burn(0.03)
        done.append(True)

    with budget(0.01):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert done
