from bots.web.quotas import REMEMBERED, RateLimit, quotas


def test_a_rate_lets_so_many_through_and_says_how_long_to_wait() -> None:
    now = 0.0
    rate = RateLimit(3, 60.0, lambda: now)
    assert [rate.take("a") for _ in range(4)] == [0, 0, 0, 20]
    assert rate.take("b") == 0
    now = 19.0
    assert rate.take("a") == 1
    now = 20.0
    assert [rate.take("a") for _ in range(2)] == [0, 20]
    now = 1000.0
    assert [rate.take("a") for _ in range(4)] == [0, 0, 0, 20]


def test_no_limit_is_one() -> None:
    rate = quotas(0).newcomers
    assert not any(rate.take("a") for _ in range(1000))
    assert len(rate) == 0


def test_a_rate_remembers_a_bounded_number() -> None:
    rate = RateLimit(3, 60.0, lambda: 0.0)
    for number in range(REMEMBERED + 100):
        rate.take(str(number))
    assert len(rate) == REMEMBERED
