from itertools import islice

import pytest

from core.backoff import SHARE, Backoff, grown


def unlucky() -> float:
    return 0.0


def test_pauses_double_up_to_the_longest() -> None:
    assert list(islice(Backoff(0.5, 3.0, unlucky), 5)) == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_after_a_success_it_begins_anew() -> None:
    pauses = Backoff(1.0, 60.0, unlucky)
    assert list(islice(pauses, 3)) == [1.0, 2.0, 4.0]
    pauses.reset()
    assert next(pauses) == 1.0


@pytest.mark.parametrize("chance", [0.25, 0.999])
def test_chance_makes_a_pause_shorter_and_never_longer(chance: float) -> None:
    assert list(islice(Backoff(1.0, 2.0, lambda: chance), 3)) == pytest.approx(
        [pause * (1 - SHARE * chance) for pause in (1.0, 2.0, 2.0)]
    )


def test_two_that_fail_at_once_do_not_come_back_at_once() -> None:
    assert list(islice(Backoff(1.0, 60.0), 9)) != list(islice(Backoff(1.0, 60.0), 9))


def test_zeros_never_wait() -> None:
    assert set(islice(Backoff(0.0, 0.0), 2000)) == {0.0}
    assert set(islice(Backoff(0.0, 60.0), 2000)) == {0.0}


def test_a_number_of_failures_that_is_kept_elsewhere_gives_the_same_pauses() -> None:
    assert [grown(0.5, 3.0, failures) for failures in range(4)] == list(islice(Backoff(0.5, 3.0, unlucky), 4))


def test_it_goes_on_for_years() -> None:
    assert list(islice(Backoff(1.0, 60.0, unlucky), 5000))[-1] == 60.0
