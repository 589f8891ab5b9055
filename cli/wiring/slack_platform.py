"""Slack as a platform: its settings, its connection and its check."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bots.shared.platform import Began, CheckResult, Connection, Host, Platform, in_turn
from config.sections.surfaces import SlackSettings

if TYPE_CHECKING:
    from bots.slack.options import SlackOptions
    from bots.slack.surface import SlackSurface

POLICY = (
    "Slack's developer policy forbids training models on what an app reads there. If the app is an internal one of"
    " your own organisation, it is up to you to check that, and you are responsible for it:\n"
    '  parley sources allow slack --internal-app "our own app in our own workspace; checked by NAME on DATE"'
)


def options(chosen: SlackSettings) -> "SlackOptions":
    """Make the connection options from the settings."""
    from bots.slack.options import SlackOptions

    def revealed(value: SecretStr | None) -> str:
        return value.get_secret_value() if value else ""

    return SlackOptions(
        token=revealed(chosen.token),
        app_token=revealed(chosen.app_token) if chosen.mode == "socket" else "",
        signing_secret=revealed(chosen.signing_secret),
        client_id=chosen.client_id,
        client_secret=revealed(chosen.client_secret),
        public_url=chosen.public_url,
        base_url=chosen.base_url,
        authorization_url=chosen.authorization_url,
    )


def made(chosen: SlackSettings, host: Host) -> "SlackSurface":
    """The bot, with its chat attached to the core."""
    from bots.slack.surface import SlackSurface

    chosen_options = replace(options(chosen), check=host.shared.check if host.shared else None)
    slack = SlackSurface(chosen_options, host.handle, host.records, host.keep("slack"), in_turn(host))
    host.attach("slack", slack.chat)
    return slack


def answer(chosen: SlackSettings, host: Host) -> Connection:
    """The bot's outgoing side. It is not started yet."""
    slack = made(chosen, host)
    return Connection(slack.only_answer, slack.close)


def connect(chosen: SlackSettings, host: Host) -> Connection:
    """Connect the bot. It is not started yet."""
    slack = made(chosen, host)

    async def run(began: Began) -> None:
        async def begin(name: str) -> None:
            await host.recover("slack")
            began(name)

        await slack.run(begin)

    return Connection(run, slack.close, slack.app() if chosen.listens else None)


async def examine(chosen: SlackSettings) -> list[CheckResult]:
    """Check whether Slack accepts the tokens, and which permissions the app lacks."""
    from bots.shared.setup import PlatformUnreached, WrongToken
    from bots.slack.setup import APPS, examine

    try:
        found = await examine(options(chosen))
    except WrongToken as error:
        return [CheckResult("slack", "fail", str(error), "parley slack setup")]
    except PlatformUnreached as error:
        return [CheckResult("slack", "warn", str(error), "check the connection; Parley goes on trying")]
    if found is None:
        page = f"{chosen.public_url.rstrip('/')}/slack/install"
        return [CheckResult("slack", "ok", f"an app that workspaces install at {page}")]
    if found.lacks:
        fix = f"put the manifest of `parley slack manifest` into the app at {APPS}, and install it again"
        return [CheckResult("slack", "warn", f"in {found.workspace}, lacks {', '.join(found.lacks)}", fix)]
    return [CheckResult("slack", "ok", f"in {found.workspace}")]


PLATFORM = Platform(
    section=SlackSettings,
    wanted=lambda chosen: chosen.wanted,
    connect=connect,
    answer=answer,
    examine=examine,
    address=lambda chosen: (chosen.host, chosen.port) if chosen.listens else None,
    needs=("slack_bolt", "slack-bolt"),
    exported=False,
    policy=POLICY,
)
