"""`parley promote` and `parley rollback`: choose the model that answers people who have chosen none."""

import asyncio
import re
from typing import TYPE_CHECKING

import click

from cli.open_database import explained, load, opened
from core.models.library.installed import BUNDLED

# The store and the settings take long to import, and the help of a command must not wait for them.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.promotion.promoting import DonePromotion, EndedPromotion, WantedPromotion

PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%?")


class Percentage(click.ParamType[float]):
    """A percentage above 0 and up to 100, as a share."""

    name = "percentage"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = PERCENT.fullmatch(str(value).strip())
        share = float(found[1].replace(",", ".")) / 100 if found else 0.0
        if not 0 < share <= 1:
            self.fail(f"{value!r} is not a percentage above 0 and up to 100, such as 10%", param, ctx)
        return share


@click.command()
@click.argument("candidate")
@click.option("--share", type=Percentage(), metavar="N%", help="Only in this share of communities, drawn at random.")
@click.option("--community", "communities", multiple=True, metavar="PLATFORM:ID", help="Only this one; repeatable.")
@click.option("--because", default="", metavar="TEXT", help="Promote for this reason, without the arena's verdict.")
def promote(candidate: str, share: float | None, communities: tuple[str, ...], because: str) -> None:
    """Let the model CANDIDATE answer wherever nobody has chosen another one.

    This needs the arena's verdict, by people whose data is never trained on, or --because. To widen a promotion, give
    the command again with a larger share or more communities. For a week, the model's answers are compared with those
    of the week before; if they are clearly worse, the promotion is rolled back automatically.
    """
    from core.promotion.promoting import WantedPromotion
    from core.store.promotions import reach, reach_in_words

    if share is not None and communities:
        raise click.UsageError("Give --share or --community; the other can be added by another `parley promote`.")
    with explained():
        named = _named(candidate)
        done = asyncio.run(_promoted(load(), WantedPromotion(named, share or 1.0, communities, because)))
    row, where = done.row, reach(done.row.reach)
    among = "" if where.everybody else f" ({done.reached} of the {done.communities} that there are now)"
    click.echo(
        f"{row.candidate} answers {reach_in_words(where)}{among} from now on, in place of {row.replaced}, unless"
        f" somebody has chosen another model there. `parley rollback {row.candidate}` takes that back."
    )
    if not done.reached and done.communities:
        click.echo("So nobody gets its answers yet: name a --community, or take a larger share.", err=True)


@click.command()
@click.argument("model", default="")
@click.option("--because", default="", metavar="TEXT", help="The reason, which is kept.")
def rollback(model: str, because: str) -> None:
    """Take the newest promotion back: the model before it answers again, at once.

    Name the MODEL that is to be taken back, and nothing else is: if it was rolled back automatically a moment ago, the
    one before it keeps answering.
    """
    with explained():
        ended = asyncio.run(_rolled_back(load(), _named(model), because))
    click.echo(f"{ended.row.candidate} is rolled back; {ended.answers} answers again where nobody has chosen a model.")
    if ended.row.replaced != ended.answers:
        click.echo(f"It had taken the place of {ended.row.replaced}, which does not answer here any more.", err=True)


def _named(model: str) -> str:
    from core.models.embedded.default import EMBEDDED

    return EMBEDDED if model == BUNDLED else model


async def _promoted(settings: "ParleySettings", wanted: "WantedPromotion") -> "DonePromotion":
    from cli.wiring.promotions import promotable
    from core.promotion.promoting import promote as begin

    models = promotable(settings)
    async with opened(settings.database.url) as store:
        return await begin(store, models, wanted)


async def _rolled_back(settings: "ParleySettings", model: str, because: str) -> "EndedPromotion":
    from cli.wiring.promotions import promotable
    from core.promotion.promoting import roll_back

    models = promotable(settings)
    async with opened(settings.database.url) as store:
        return await roll_back(store, models, because, model=model)
