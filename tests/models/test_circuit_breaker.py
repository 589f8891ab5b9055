"""The circuit breaker, on a clock of the test's own."""

from dataclasses import dataclass

import pytest

from core.models.remote.circuit_breaker import CircuitBreaker


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=3, within=30, rest=15, clock=clock)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.admit()
        breaker.failed()


def test_opens_after_several_failures_in_a_short_time(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    assert breaker.admit()
    fail(breaker, 1)
    assert (breaker.state, breaker.admit(), breaker.remaining) == ("open", False, 15)


def test_failures_far_apart_do_not_open_it(breaker: CircuitBreaker, clock: Clock) -> None:
    for clock.now in (0, 20, 40, 60):
        fail(breaker, 1)
    assert breaker.admit()


def test_a_success_between_failures_keeps_it_closed(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.state == "closed"


def test_lets_one_trial_through_after_the_rest(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 15
    assert breaker.state == "trying"
    assert [breaker.admit(), breaker.admit()] == [True, False]


def test_a_good_trial_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 15
    breaker.admit()
    breaker.succeeded()
    assert [breaker.admit(), breaker.admit()] == [True, True]


def test_a_bad_trial_opens_it_again_for_the_whole_rest(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 15
    fail(breaker, 1)
    assert (breaker.state, breaker.remaining) == ("open", 15)


def test_a_trial_that_was_cancelled_leaves_the_next_one_its_chance(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 15
    breaker.admit()
    breaker.left()
    assert breaker.admit()
